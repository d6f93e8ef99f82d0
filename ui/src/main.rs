//! The studio's page.

mod timeline;

fn main() {}
