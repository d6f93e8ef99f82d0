//! The studio's page.
fn main() {}
