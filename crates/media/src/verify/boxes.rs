//! The order of an MP4's top-level boxes (ISO/IEC 14496-12, 4.2).

use std::io::{Read, Result, Seek, SeekFrom};

/// Returns the types of the top-level boxes in order.
pub(super) fn top_level(file: &mut (impl Read + Seek)) -> Result<Vec<String>> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut found = Vec::new();
    let mut at = 0;
    while at + 8 <= end {
        file.seek(SeekFrom::Start(at))?;
        let mut word = [0; 4];
        file.read_exact(&mut word)?;
        let short = u32::from_be_bytes(word);
        file.read_exact(&mut word)?;
        found.push(String::from_utf8_lossy(&word).into_owned());
        let size = match short {
            // The last box: to the end of the file.
            0 => end - at,
            1 => {
                let mut long = [0; 8];
                file.read_exact(&mut long)?;
                u64::from_be_bytes(long)
            }
            short => u64::from(short),
        };
        // A size that covers not even its own header would loop for ever.
        at = at.saturating_add(size.max(8));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_listed_in_order_whatever_their_sizes() {
        let mut file = Vec::new();
        file.extend_from_slice(b"\0\0\0\x0cftypmp42");
        file.extend_from_slice(b"\0\0\0\x01moov\0\0\0\0\0\0\0\x14....");
        file.extend_from_slice(b"\0\0\0\0mdat...........");
        let order = top_level(&mut std::io::Cursor::new(file)).unwrap();
        assert_eq!(order, ["ftyp", "moov", "mdat"]);
    }
}
