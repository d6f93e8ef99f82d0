//! What every view is made of. Each has its css beside it.

pub mod icon;

pub use icon::Icon;
