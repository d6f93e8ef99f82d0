//! The real program, run as a user or a script runs it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod commands;
#[cfg(target_os = "linux")]
mod crashes;
mod guards;
mod inputs;
mod options;
#[cfg(unix)]
mod preview;
#[cfg(target_os = "linux")]
mod publishing;
mod quality;
mod reels;
mod studio;
mod support;
