//! Measures the real window: `bench WHAT…` with the program in `CREALIA_STUDIO`, or everything.
//!
//! A bench measures and prints; it never fails because a machine is slow. Software drawing on a
//! virtual screen costs what a graphics card would take.
//!
//! Map: [`stock`] libraries that are measured, made once · [`sound`] a sound device that is heard ·
//! [`figures`] percentiles and lines · the others one row or two of the table each.

mod crash;
mod drag;
mod figures;
mod memory;
mod opening;
mod preview;
mod seek;
mod sound;
mod start;
mod stock;
mod thread;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use e2e::Setup;
use e2e::steps::{self, Tongue};

use figures::say;

/// Measures one or several rows of the table and prints them.
type Measure = fn(&Path) -> Result<()>;

/// What can be measured, in the order of the table.
const ALL: &[(&str, Measure)] = &[
    ("start", start::measure),
    ("preview", preview::measure),
    ("seek", seek::measure),
    ("drag", drag::measure),
    ("opening", opening::measure),
    ("thread", thread::measure),
    ("memory", memory::measure),
    ("crash", crash::measure),
];

fn main() -> Result<()> {
    let program = std::env::var_os("CREALIA_STUDIO").context("CREALIA_STUDIO names no program")?;
    let program = PathBuf::from(program);
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    for name in &wanted {
        if ALL.iter().all(|(known, _)| known != name) {
            let names: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
            bail!("bench window takes: {}", names.join(", "));
        }
    }
    say("what                                                              goal        measured");
    for (name, measure) in ALL {
        if wanted.is_empty() || wanted.iter().any(|one| one == name) {
            measure(&program).with_context(|| (*name).to_owned())?;
        }
    }
    Ok(())
}

/// Returns a session in English: what is measured does not depend on the language. Software drawing keeps
/// the programs that it compiled, as it does in a user's home from the second start on.
fn setup(program: &Path) -> Setup {
    let shaders = steps::kept().join("shaders");
    Setup::new(program)
        .locale(Tongue::English.locale())
        .variable("MESA_SHADER_CACHE_DIR", shaders.to_string_lossy())
}
