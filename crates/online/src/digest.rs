use std::io::Read;
use std::path::Path;

use sha1::Sha1;
use sha2::Sha256;

/// The expected digest of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Digest {
    /// SHA-1, which whisper.cpp publishes for its models. It guards against damage, not malice.
    Sha1([u8; 20]),
    /// SHA-256.
    Sha256([u8; 32]),
}

impl Digest {
    /// Returns the digest written as `sha1:HEX` or `sha256:HEX`, or `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("sha1", hex) => Some(Self::Sha1(bytes(hex)?)),
            ("sha256", hex) => Some(Self::Sha256(bytes(hex)?)),
            _ => None,
        }
    }
}

/// Returns whether the content of `path` has the `expected` digest.
pub fn file_digest_matches(path: &Path, expected: &Digest) -> std::io::Result<bool> {
    let mut file = std::fs::File::open(path)?;
    Ok(match expected {
        Digest::Sha1(bytes) => hash::<Sha1>(&mut file)?.as_slice() == bytes,
        Digest::Sha256(bytes) => hash::<Sha256>(&mut file)?.as_slice() == bytes,
    })
}

/// Returns bytes in lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |four: u8| char::from_digit(u32::from(four), 16).unwrap_or('0');
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(digit).collect()
}

fn hash<D: sha2::Digest>(file: &mut std::fs::File) -> std::io::Result<Vec<u8>> {
    let mut hasher = D::new();
    let mut buffer = vec![0_u8; 1 << 20];
    loop {
        let count = file.read(&mut buffer)?;
        let Some(block) = buffer.get(..count).filter(|block| !block.is_empty()) else {
            return Ok(hasher.finalize().to_vec());
        };
        hasher.update(block);
    }
}

fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    if hex.len() != 2 * N || !hex.is_ascii() {
        return None;
    }
    let mut out = [0; N];
    for (index, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(out)
}
