//! Media files in and out: what a file holds, one-pass analysis, rendering.
//!
//! The only crate that links GStreamer. It knows paths and pictures, not projects on disk, jobs or
//! models: pictures and sound for the models leave through an observer.
//!
//! Terms: a *source* is a file of the user, read only; *source time* and *picture space* are those
//! of the crate `footage`. *Chosen streams* are the one video and the one audio stream that
//! [`probe`] picks.
//!
//! Map: [`error`] all that can go wrong.

pub mod error;

pub use error::{Error, Result};

pub mod captions;
pub mod encode;
pub mod reframe;
pub mod render;
pub mod verify;

pub use encode::capabilities;
pub use render::render;
