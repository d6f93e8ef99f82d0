//! The model that everything edits: projects, sequences, clips, captions.
//!
//! Pure data and pure functions: no files, no clock, no randomness, so that the window (WASM) and
//! the engine compute the same results. A *reel* is a [`Sequence`](project::Sequence).
//!
//! Map: [`ids`] identities · [`time`] sequence time · [`project`] the document · [`crop`] crop
//! paths · [`caption`] captions bound to words · [`style`] style presets.

pub mod caption;
pub mod crop;
pub mod ids;
pub mod project;
pub mod style;
pub mod time;

pub use footage::time::{FrameRate, SourceRange, SourceTime, Ticks};
