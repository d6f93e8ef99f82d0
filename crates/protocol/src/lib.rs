//! The contract with everything outside the engine: error codes, progress events, documents.
//!
//! Scripts read the documents of `crealia … --json`; the window reads the same errors and events.
//! A field that is here stays. Times are seconds with six decimals, boxes are left, top, width and
//! height; what is unknown or silent is null, never NaN or Infinity.
//!
//! Map: [`error`] codes and [`ApiError`](error::ApiError) · [`progress`] events · [`documents`]
//! what `probe`, `analyse` and `reels` print · [`publishing`] what `accounts`, `post` and `outbox`
//! print · [`seconds`] times as numbers · [`studio`] what the
//! window asks and hears.
//!
//! ```
//! use protocol::error::{ApiError, ErrorCode};
//!
//! let error = ApiError::new(ErrorCode::NotFound, "no file talk.mp4").hint("check the path");
//! assert_eq!(
//!     serde_json::to_string(&error).unwrap(),
//!     r#"{"code":"not_found","message":"no file talk.mp4","hint":"check the path","input":null}"#
//! );
//! ```

pub mod documents;
pub mod error;
pub mod progress;
pub mod publishing;
pub mod seconds;
pub mod studio;

pub use seconds::Seconds;
