//! The form in which a part of an upload comes.

use super::{Refused, wrong};
use crate::strict::frame::Call;

/// Reads the two fields of a part.
pub(super) async fn form(call: &mut Call) -> Result<(usize, Vec<u8>), Refused> {
    let kind = call.header("content-type").unwrap_or_default().to_owned();
    let border = kind.strip_prefix("multipart/form-data; boundary=");
    let border = border.ok_or_else(|| wrong(format!("a part of the type {kind}")))?;
    let (first, between, end) = (
        format!("--{border}\r\n").into_bytes(),
        format!("\r\n--{border}\r\n").into_bytes(),
        format!("\r\n--{border}--\r\n").into_bytes(),
    );
    let body = call.body().await;
    let none = || wrong("a form that cannot be read");
    let inner = body
        .strip_prefix(first.as_slice())
        .and_then(|rest| rest.strip_suffix(end.as_slice()));
    let inner = inner.ok_or_else(none)?;
    let cut = find(inner, &between).ok_or_else(none)?;
    let mut fields = Vec::new();
    for field in [&inner[..cut], &inner[cut + between.len()..]] {
        let at = find(field, b"\r\n\r\n").ok_or_else(none)?;
        let head = String::from_utf8_lossy(&field[..at]).into_owned();
        fields.push((head, &field[at + 4..]));
    }
    let [(index_head, index), (media_head, media)] = &fields[..] else {
        return Err(none());
    };
    let disposition = "Content-Disposition: form-data; name=";
    if *index_head != format!("{disposition}\"segment_index\"")
        || !media_head.starts_with(&format!("{disposition}\"media\"; filename="))
        || !media_head.contains("Content-Type: application/octet-stream")
        || find(media, format!("--{border}").as_bytes()).is_some()
    {
        return Err(wrong(format!("fields {index_head} and {media_head}")));
    }
    let index = std::str::from_utf8(index)
        .ok()
        .and_then(|index| index.parse().ok());
    let index = index.ok_or_else(|| wrong("segment_index is no number"))?;
    Ok((index, media.to_vec()))
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
