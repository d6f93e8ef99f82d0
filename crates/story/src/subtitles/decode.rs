//! Bytes of a subtitle file to text.

use super::SubtitleError;

/// What Windows-1252 has at 0x80..=0x9f; the other bytes are as in Latin-1. Unused positions map
/// to the control characters that the WHATWG encoding standard gives them.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Returns the text of a file: UTF-8, UTF-16 by its byte order mark or its zero bytes, else
/// Windows-1252, which many French subtitle files are in. Where UTF-8 is damaged in a few places,
/// each has the replacement character U+FFFD.
pub fn decode_text(bytes: &[u8]) -> Result<String, SubtitleError> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok(utf8_or_western(rest)),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // Without a mark: the first character of a subtitle file is a digit, `W` or a line end.
        [1..=0x7f, 0, 1..=0x7f, 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, 1..=0x7f, 0, 1..=0x7f, ..] => utf16(bytes, u16::from_be_bytes),
        _ => match bytes.iter().position(|byte| *byte == 0) {
            Some(offset) => Err(SubtitleError::NotText { offset }),
            None => Ok(utf8_or_western(bytes)),
        },
    }
}

fn utf8_or_western(bytes: &[u8]) -> String {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return text.to_owned(),
        Err(error) => error,
    };
    let (mut letters, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    // Accented letters of Windows-1252 almost never form valid sequences, so a majority of valid
    // ones means UTF-8 with a few damaged bytes. A file cut off in its last character is that too.
    if letters < broken || (letters == broken && error.error_len().is_some()) {
        return bytes.iter().map(|byte| western(*byte)).collect();
    }
    let cut_off = error.error_len().is_none();
    let whole = if cut_off {
        bytes.get(..error.valid_up_to()).unwrap_or_default()
    } else {
        bytes
    };
    String::from_utf8_lossy(whole).into_owned()
}

fn western(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252
            .get(usize::from(byte - 0x80))
            .copied()
            .unwrap_or('\u{fffd}'),
        _ => char::from(byte),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, SubtitleError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(SubtitleError::BrokenUtf16);
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .map_err(|_broken| SubtitleError::BrokenUtf16)
}
