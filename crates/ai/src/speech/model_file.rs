//! What a Whisper model file in ggml format holds, read before whisper.cpp sees it.
//!
//! whisper.cpp trusts its files: sizes are allocated as they are read, and a model without weights
//! counts as "empty model for testing" and then computes with nothing. So the whole structure is
//! walked here first; the weights themselves are skipped, so this takes milliseconds.
//!
//! Layout, after whisper.cpp's `whisper_model_load`: magic, 11 parameters, mel filters,
//! vocabulary, then tensors (dimensions, name length, type, shape, name, values) until the end.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::Path;

use crate::Error;

const MAGIC: u32 = 0x6767_6d6c; // "ggml"

/// Tensors of an encoder without layers, of a decoder without layers, and of one layer of each.
const ENCODER: u64 = 7;
const DECODER: u64 = 4;
const ENCODER_LAYER: u64 = 15;
const DECODER_LAYER: u64 = 24;

/// A speech model, as far as its file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeechModel {
    /// Layers of the encoder: 4 tiny, 6 base, 12 small, 24 medium, 32 large.
    pub encoder_layers: u32,
    /// Layers of the decoder; fewer than the encoder's in distilled and turbo models.
    pub decoder_layers: u32,
    /// Mel bands: 80, or 128 since large-v3.
    pub mel_bands: u32,
    /// Whether it knows languages other than English.
    pub multilingual: bool,
}

/// Reads a model's file from start to end and returns what it holds.
///
/// Fails with [`Error::ModelMissing`], [`Error::Unreadable`], or [`Error::ModelUnusable`] for a
/// file that is empty, truncated, corrupt, of another format, or without weights. The values of
/// the weights are not checked: a digest is the means for that.
pub fn verify_model(path: &Path) -> Result<SpeechModel, Error> {
    let unreadable = |source| Error::from_io(path, source);
    let file = File::open(path).map_err(unreadable)?;
    let about = file.metadata().map_err(unreadable)?;
    if about.is_dir() {
        return Err(unusable(path, "it is a folder"));
    }
    let mut reader = Reader {
        length: about.len(),
        file: BufReader::new(file),
        at: 0,
    };
    walk(&mut reader).map_err(|fault| match fault {
        Fault::Io(source) => Error::from_io(path, source),
        Fault::Content(reason) => unusable(path, &reason),
    })
}

fn unusable(path: &Path, reason: &str) -> Error {
    Error::ModelUnusable {
        path: path.to_path_buf(),
        reason: reason.to_owned(),
    }
}

enum Fault {
    Io(std::io::Error),
    Content(String),
}

fn content(reason: impl Into<String>) -> Fault {
    Fault::Content(reason.into())
}

struct Reader {
    file: BufReader<File>,
    length: u64,
    at: u64,
}

impl Reader {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        self.file
            .read_exact(&mut bytes)
            .map_err(|error| match error.kind() {
                ErrorKind::UnexpectedEof => content("it ends too early"),
                _ => Fault::Io(error),
            })?;
        self.at += N as u64;
        Ok(bytes)
    }

    fn number(&mut self) -> Result<u32, Fault> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    /// Returns a number that must lie in `1..=most`.
    fn count(&mut self, what: &str, most: u32) -> Result<u32, Fault> {
        let number = self.number()?;
        if (1..=most).contains(&number) {
            Ok(number)
        } else {
            Err(content(format!("{what} of {number}")))
        }
    }

    fn skip(&mut self, bytes: u64) -> Result<(), Fault> {
        self.at = self.at.saturating_add(bytes);
        if self.at > self.length {
            return Err(content(format!(
                "it ends too early: {} bytes of at least {}",
                self.length, self.at
            )));
        }
        let bytes = i64::try_from(bytes).map_err(|_overflow| content("it is too large"))?;
        self.file.seek_relative(bytes).map_err(Fault::Io)
    }
}

fn walk(reader: &mut Reader) -> Result<SpeechModel, Fault> {
    if reader.length == 0 {
        return Err(content("it is empty"));
    }
    let magic = reader.number()?;
    if magic != MAGIC {
        return Err(content("it is no Whisper model in ggml format"));
    }
    let vocabulary = reader.count("vocabulary", 1 << 20)?;
    reader.count("audio context", 1 << 16)?;
    reader.count("audio state", 1 << 14)?;
    reader.count("audio heads", 1 << 10)?;
    let encoder_layers = reader.count("encoder layers", 1 << 8)?;
    reader.count("text context", 1 << 16)?;
    reader.count("text state", 1 << 14)?;
    reader.count("text heads", 1 << 10)?;
    let decoder_layers = reader.count("decoder layers", 1 << 8)?;
    let mel_bands = reader.count("mel bands", 1 << 10)?;
    // The kind of the weights as a whole says nothing: each tensor names its own.
    reader.number()?;

    let filter_bands = reader.count("filter bands", 1 << 10)?;
    let filter_bins = reader.count("filter bins", 1 << 14)?;
    if filter_bands != mel_bands {
        return Err(content(format!(
            "{filter_bands} mel filters for {mel_bands} bands"
        )));
    }
    reader.skip(u64::from(filter_bands) * u64::from(filter_bins) * 4)?;

    let words = reader.number()?;
    if words > vocabulary {
        return Err(content(format!(
            "{words} words for a vocabulary of {vocabulary}"
        )));
    }
    for _ in 0..words {
        let length = reader.number()?;
        if length > 1 << 12 {
            return Err(content(format!("a word of {length} bytes")));
        }
        reader.skip(u64::from(length))?;
    }

    let mut tensors = 0;
    while reader.at < reader.length {
        tensor(reader)?;
        tensors += 1;
    }
    let expected = ENCODER
        + DECODER
        + ENCODER_LAYER * u64::from(encoder_layers)
        + DECODER_LAYER * u64::from(decoder_layers);
    if tensors == 0 {
        return Err(content("it holds no weights"));
    }
    if tensors != expected {
        return Err(content(format!(
            "it holds {tensors} of {expected} parts: it may be truncated"
        )));
    }
    Ok(SpeechModel {
        encoder_layers,
        decoder_layers,
        mel_bands,
        multilingual: vocabulary >= 51_865,
    })
}

fn tensor(reader: &mut Reader) -> Result<(), Fault> {
    let dimensions = reader.count("dimensions", 4)?;
    let name = reader.count("name", 1 << 10)?;
    let kind = reader.number()?;
    let (values, bytes) =
        block(kind).ok_or_else(|| content(format!("weights of the unknown kind {kind}")))?;
    let mut count = 1_u64;
    for _ in 0..dimensions {
        count = count.saturating_mul(u64::from(reader.count("shape", 1 << 24)?));
    }
    reader.skip(u64::from(name))?;
    reader.skip((count / values).saturating_mul(bytes))
}

/// Returns the values and the bytes of a block of a ggml type, after ggml's `type_traits`.
fn block(kind: u32) -> Option<(u64, u64)> {
    Some(match kind {
        0 => (1, 4),      // F32
        1 | 30 => (1, 2), // F16, BF16
        2 => (32, 18),    // Q4_0
        3 => (32, 20),    // Q4_1
        6 => (32, 22),    // Q5_0
        7 => (32, 24),    // Q5_1
        8 => (32, 34),    // Q8_0
        9 => (32, 36),    // Q8_1
        10 => (256, 84),  // Q2_K
        11 => (256, 110), // Q3_K
        12 => (256, 144), // Q4_K
        13 => (256, 176), // Q5_K
        14 => (256, 210), // Q6_K
        15 => (256, 292), // Q8_K
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A model of one layer each, with an `n`-word vocabulary, written as whisper.cpp reads it.
    fn model(tensors: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut put = |numbers: &[u32]| {
            for number in numbers {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
        };
        put(&[MAGIC, 51_865, 1500, 8, 2, 1, 448, 8, 2, 1, 2, 1]);
        put(&[2, 3, 0, 0, 0, 0, 0, 0]); // filters
        put(&[1, 4, u32::from_le_bytes(*b"word")]);
        for _ in 0..tensors {
            put(&[1, 4, 0, 2, u32::from_le_bytes(*b"name"), 0, 0]);
        }
        bytes
    }

    fn check(bytes: &[u8], expect: &str) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        match verify_model(file.path()) {
            Ok(model) => assert_eq!(format!("{model:?}"), expect),
            Err(Error::ModelUnusable { reason, .. }) => assert_eq!(reason, expect),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn only_whole_models_pass() {
        let whole = model(7 + 4 + 15 + 24);
        check(
            &whole,
            "SpeechModel { encoder_layers: 1, decoder_layers: 1, mel_bands: 2, multilingual: true }",
        );
        check(&[], "it is empty");
        check(b"RIFF....WAVE", "it is no Whisper model in ggml format");
        check(&whole[..2], "it ends too early");
        check(&whole[..30], "it ends too early");
        check(&model(0), "it holds no weights");
        check(&model(49), "it holds 49 of 50 parts: it may be truncated");
        let cut = whole.len() - 3;
        check(
            &whole[..cut],
            &format!("it ends too early: {cut} bytes of at least {}", whole.len()),
        );
        let mut mad = whole.clone();
        mad[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        check(&mad, "vocabulary of 4294967295");
    }

    #[test]
    fn every_cut_and_every_flipped_byte_is_survived() {
        let whole = model(50);
        let file = tempfile::NamedTempFile::new().unwrap();
        for cut in (0..whole.len()).step_by(7) {
            std::fs::write(file.path(), &whole[..cut]).unwrap();
            assert!(verify_model(file.path()).is_err(), "cut at {cut}");
        }
        for at in 0..200 {
            let mut broken = whole.clone();
            broken[at] ^= 0xff;
            std::fs::write(file.path(), &broken).unwrap();
            // Some bytes hold values that nothing depends on; no byte may do harm.
            drop(verify_model(file.path()));
        }
    }

    #[test]
    fn a_missing_file_and_a_folder_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let missing = verify_model(&folder.path().join("none.bin"));
        assert!(matches!(missing, Err(Error::ModelMissing { .. })));
        let unusable = verify_model(folder.path());
        assert!(
            matches!(
                unusable,
                Err(Error::ModelUnusable { .. } | Error::Unreadable { .. })
            ),
            "{unusable:?}"
        );
    }
}
