//! Servers that stand in for the networks, and that refuse whatever the real ones might refuse:
//! unknown or missing fields, another order of calls, another form of a value. What they refused
//! they keep, in words, so that a test can say what was wrong with a call. They count what was
//! published: nothing else tells whether something was posted twice.
//!
//! Each network's [`Server`] is its whole network on one address: consent, tokens and API. It may
//! be told what goes wrong next ([`Server::fail`]).
//!
//! Map: [`Server`], [`Step`] and [`Fault`] what all have in common · [`Door`] the way in · [`oauth`]
//! consent and tokens · [`google`], [`youtube`], [`x`], [`tiktok`] the networks · [`matrix`] what may go
//! wrong where · [`schema`] official descriptions as oracles · [`secrets`] where
//! none may be · [`browser`] the user's browser.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::format_collect,
    clippy::format_push_string,
    reason = "a stand-in that panics fails its test"
)]

pub mod browser;
mod door;
mod frame;
pub mod google;
pub mod matrix;
pub mod oauth;
pub mod schema;
pub mod secrets;
pub mod tiktok;
pub mod x;
pub mod youtube;

pub use door::Door;
pub use frame::{Desk, ELSEWHERE, Fault, Held, Posting, Server, Step};
