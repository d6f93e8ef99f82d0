//! story

pub mod cards;
pub mod export;
pub mod framing;
pub mod tracking;
pub mod typography;
