//! Timed text that a file carries.

use std::path::Path;

use footage::streams::StreamKind;
use footage::time::{SourceRange, SourceTime, Ticks};
use task::Cancel;

use super::{StreamChoice, choose, describe};
use crate::error::Result;
use crate::reader::check_file;
use crate::reader::scan::{Extent, TextPacket, scan};

/// Returns the captions of the first readable text stream in source time, the default one first;
/// markup is removed. Empty when the file has no readable text.
pub fn read_text_stream(path: &Path) -> Result<Vec<(SourceRange, String)>> {
    check_file(path)?;
    let mut found = scan(path, Extent::Whole, &Cancel::new())?;
    let mut streams = describe::streams(&mut found);
    choose(&mut streams, &found, &StreamChoice::default())?;
    let chosen: Vec<usize> = [streams.video, streams.audio]
        .into_iter()
        .flatten()
        .collect();
    let origin = found.origin(&chosen);
    let text = streams
        .all
        .iter()
        .enumerate()
        .filter(|(_, stream)| stream.kind == StreamKind::Text { readable: true })
        .filter_map(|(position, stream)| Some((found.streams.get(position)?, stream.default)))
        .filter(|(seen, _)| !seen.texts.is_empty())
        // Stable: among equals the first stays first.
        .min_by_key(|(_, default)| !default);
    let Some((seen, _)) = text else {
        return Ok(Vec::new());
    };
    Ok(captions(&seen.texts, origin, seen.media_type()))
}

fn captions(packets: &[TextPacket], origin: i64, media_type: &str) -> Vec<(SourceRange, String)> {
    let mut packets: Vec<&TextPacket> = packets.iter().collect();
    packets.sort_by_key(|packet| packet.start);
    let at = |nanos: i64| SourceTime(Ticks::from_nanos(nanos - origin).0);
    packets
        .iter()
        .enumerate()
        .filter_map(|(position, packet)| {
            let text = plain(&packet.text, media_type);
            if text.is_empty() {
                return None;
            }
            let next = packets.get(position + 1).map(|next| next.start);
            // Without an end a caption stays until the next one, at most 4 s.
            let end = packet
                .end
                .filter(|&end| end > packet.start)
                .unwrap_or_else(|| {
                    next.unwrap_or(i64::MAX)
                        .min(packet.start.saturating_add(4_000_000_000))
                });
            let range = SourceRange::new(at(packet.start), at(end));
            (!range.is_empty()).then_some((range, text))
        })
        .collect()
}

/// Returns `raw` without markup: Pango and WebVTT tags, ASS overrides and event fields, entities.
fn plain(stored: &str, media_type: &str) -> String {
    let raw = stored.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let body = if media_type.ends_with("x-ass") || media_type.ends_with("x-ssa") {
        // Matroska stores: ReadOrder, Layer, Style, Name, MarginL, MarginR, MarginV, Effect, Text.
        raw.splitn(9, ',').nth(8).unwrap_or(raw)
    } else if media_type.ends_with("x-subtitle-unknown") {
        // WebVTT as WebM stores it, which GStreamer 1.22 does not name: identifier and settings
        // are the first two lines, often empty.
        stored.splitn(3, '\n').nth(2).unwrap_or(raw)
    } else {
        raw
    };
    let mut text = String::with_capacity(body.len());
    let mut closer = None;
    let mut rest = body;
    while let Some(character) = rest.chars().next() {
        let after = rest.get(character.len_utf8()..).unwrap_or_default();
        if let Some(end) = closer {
            if character == end {
                closer = None;
            }
        } else if character == '<' && after.contains('>') {
            closer = Some('>');
        } else if character == '{' && after.starts_with('\\') && after.contains('}') {
            closer = Some('}');
        } else if character == '\\' && (after.starts_with('N') || after.starts_with('n')) {
            text.push('\n');
            rest = after.get(1..).unwrap_or_default();
            continue;
        } else {
            text.push(character);
        }
        rest = after;
    }
    // The ampersand last: `&amp;lt;` means the text `&lt;`.
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&#39;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&");
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_removed() {
        for (raw, media_type, expect) in [
            ("<i>Hello</i> &amp; you", "text/x-raw", "Hello & you"),
            ("3 < 4", "text/x-raw", "3 < 4"),
            ("<v Ann>Yes</v>", "application/x-subtitle-vtt", "Yes"),
            (
                "0,0,Default,,0,0,0,,{\\b1}One,\\Ntwo",
                "application/x-ass",
                "One,\ntwo",
            ),
            ("\n\nOne\ntwo", "application/x-subtitle-unknown", "One\ntwo"),
            ("\0 \n", "text/x-raw", ""),
        ] {
            assert_eq!(plain(raw, media_type), expect);
        }
    }
}
