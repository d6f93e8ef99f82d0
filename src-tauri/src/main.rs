//! The studio's window.
fn main() {}
