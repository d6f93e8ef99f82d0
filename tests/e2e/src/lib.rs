//! The real window, driven through WebDriver on a screen and in a session of its own.
//!
//! A [`Session`] is a machine for one test: an X server, a session bus, a fresh program folder, a
//! language. Its [`Window`] is found by what a user perceives: role and accessible name
//! ([`Window::named`]); where there is no name, by the `data-part` attribute ([`Window::part`]).
//! Nothing waits for a fixed time: each look repeats until it succeeds or patience ends.
//!
//! Tests call [`studio`] first: without a built program (`cargo xtask test` builds it) they say so
//! and end.
//!
//! Map: [`session`] processes · [`window`] what is seen and done · [`desktop`] what other programs of the
//! desktop do to it · `script` what runs in the page ·
//! [`probe`] questions to the engine and measures · [`steps`] what several journeys do · [`edits`] a reel
//! edited by mouse and by keys · [`drawn`] the timeline as it is drawn · [`keys`] the keyboard alone ·
//! [`posting`] a window with a network of its own · [`views`] a walk through all views ·
//! [`material`] videos · [`film`] what an exported file holds.

pub mod desktop;
pub mod drawn;
pub mod edits;
pub mod film;
pub mod keys;
pub mod material;
pub mod posting;
pub mod probe;
mod script;
pub mod session;
pub mod steps;
pub mod views;
mod wait;
pub mod window;

use std::path::PathBuf;

pub use desktop::Desktop;
pub use session::{Session, Setup};
pub use window::{Part, Window};

/// Returns the program to test; `None`, with a printed line, where it is not built. In CI that is
/// an error.
///
/// # Panics
/// In CI without a program.
#[expect(clippy::print_stderr, reason = "the reason of a skipped test")]
pub fn studio() -> Option<PathBuf> {
    let named = std::env::var_os("CREALIA_STUDIO").map(PathBuf::from);
    let found = named.filter(|program| program.is_file());
    if found.is_none() {
        let why = "no built studio: `cargo xtask test` builds it and sets CREALIA_STUDIO";
        assert!(std::env::var_os("CI").is_none(), "{why}");
        eprintln!("skipped: {why}");
    }
    found
}
