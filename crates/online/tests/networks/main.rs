//! Posts on each network: a strict local server that can fail at every step, and that counts posts.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bench;
mod safety;
mod tiktok;
mod x;
mod youtube;
