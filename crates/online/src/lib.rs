//! The only crate that opens sockets. Today: downloads that resume and are verified.
//!
//! [`download`] fetches one file to its final place. What is there so far lies beside it as
//! `NAME.part`; a later call goes on where that ends. The final name appears only when length and
//! digest are right.
//!
//! ```no_run
//! use online::{Digest, Download, download};
//! use task::{Cancel, Progress};
//!
//! # fn main() -> Result<(), online::Error> {
//! let wanted = Download {
//!     url: "https://models.example/tiny.bin".into(),
//!     target: "models/tiny.bin".into(),
//!     size: Some(77_691_713),
//!     digest: Digest::parse("sha1:bd577a113a864445d4c299885e0cb97d4ba92b5f"),
//! };
//! download(&wanted, &Cancel::new(), &Progress::silent())?;
//! # Ok(())
//! # }
//! ```

mod digest;
mod download;
mod error;

pub use digest::{Digest, file_digest_matches};
pub use download::{Download, download};
pub use error::Error;
