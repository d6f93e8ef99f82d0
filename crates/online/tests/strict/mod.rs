//! Servers that stand in for the networks, and that refuse whatever the real ones might refuse:
//! unknown or missing fields, another order of calls, another form of a value. What they refused
//! they keep, in words, so that a test can say what was wrong with a call.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::allow_attributes,
    reason = "each test file uses its own part of this module, and a test fails by panicking"
)]

pub mod browser;
pub mod google;
pub mod oauth;
pub mod schema;
pub mod tiktok;
pub mod x;
pub mod youtube;
