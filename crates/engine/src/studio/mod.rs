//! The use-cases of the window.

pub mod preview;
