//! What posting costs and survives, with the real program in release against the networks' strict
//! servers: `cargo xtask bench outbox` and `cargo xtask bench upload`.
//!
//! Map: [`matrix`] the fault matrix · [`cell`] one post with one trouble · [`table`] how it is shown ·
//! [`upload`] a large file · [`studio`] the program with a network of its own
#![expect(
    clippy::print_stdout,
    reason = "the figures are what this program is for"
)]

mod cell;
mod matrix;
mod studio;
mod table;
mod upload;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

fn main() -> Result<()> {
    let program = std::env::var_os("CREALIA").context("CREALIA names the program")?;
    let program = PathBuf::from(program);
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["outbox", wanted @ ..] => matrix::run(&program, wanted),
        ["upload"] => upload::run(&program),
        _ => bail!("`cargo xtask bench outbox` or `cargo xtask bench upload`"),
    }
}
