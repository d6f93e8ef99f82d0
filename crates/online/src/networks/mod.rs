//! One module per network: what is particular to it.

pub mod tiktok;
pub mod upload;
pub mod x;
pub mod youtube;
