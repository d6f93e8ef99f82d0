//! What can go wrong.

/// Why lettering could not do as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are no font that can be read. Use a TrueType or OpenType file.
    #[error("not a TrueType or OpenType font")]
    NotAFont,
}
