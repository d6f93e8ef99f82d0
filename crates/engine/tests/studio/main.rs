//! The window's side of the engine below the window: real databases, no media.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod copies;
#[cfg(unix)]
mod crashes;
mod imports;
mod notices;
mod projects;
mod replicas;
mod rooms;
mod sessions;
mod support;
