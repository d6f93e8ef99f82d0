//! The only crate that opens sockets, and the keychain: downloads that resume and are verified,
//! the user's consent to act for an account, and the networks.
//!
//! Callers wait; the asynchronous runtime ends at this crate's edge. Addresses come from one
//! [`Endpoints`] value, times and choices from the caller: nothing is read from the environment.
//!
//! Map: [`Endpoints`] where the networks are · [`consent`] OAuth 2 in the browser, and tokens that are
//! renewed by one at a time · [`secrets`] where they are kept · [`upload`] how posts get to a network ·
//! [`youtube`], [`tiktok`], [`x`] what is particular to each · [`download`].
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

pub mod consent;
mod digest;
mod download;
mod endpoints;
mod error;
mod http;
mod moment;
mod networks;
mod random;
mod runtime;
pub mod secrets;

pub use digest::{Digest, file_digest_matches};
pub use download::{Download, download};
pub use endpoints::{Base, Endpoints, TikTok, X, YouTube};
pub use error::Error;
pub use networks::{tiktok, upload, x, youtube};
