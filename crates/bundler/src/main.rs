//! Turns the page's WebAssembly into files.
fn main() {}
