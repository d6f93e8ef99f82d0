//! The real program, run as a user or a script runs it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod commands;
#[cfg(target_os = "linux")]
mod crashes;
#[cfg(unix)]
mod disturbed;
mod guards;
mod inputs;
#[cfg(target_os = "linux")]
mod notices;
mod options;
#[cfg(target_os = "linux")]
mod outbox;
#[cfg(unix)]
mod preview;
#[cfg(target_os = "linux")]
mod publishing;
mod quality;
mod reels;
#[cfg(target_os = "linux")]
mod reexport;
#[cfg(target_os = "linux")]
mod schedule;
mod studio;
mod support;
#[cfg(target_os = "linux")]
mod timer;
