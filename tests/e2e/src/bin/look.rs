//! Takes a picture of the real window: `look OUT.png [--size 1280x800] [--locale en_GB.UTF-8]
//! [--wait SECONDS] [--script FILE.js] [--library FOLDER] [--set NAME=VALUE] [FILES…]`, with the program in
//! `CREALIA_STUDIO` and a copy of the library.
//!
//! The script runs in the page before the picture is taken, for example to click something.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use e2e::{Setup, steps};

#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn main() -> Result<()> {
    let program = std::env::var_os("CREALIA_STUDIO").context("CREALIA_STUDIO names no program")?;
    let mut setup = Setup::new(program);
    let mut arguments = std::env::args().skip(1);
    let out = PathBuf::from(arguments.next().context("look OUT.png …")?);
    let (mut wait, mut scripts, mut library) = (2.0, Vec::new(), None);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().context("an option lacks its value");
        match argument.as_str() {
            "--size" => {
                let value = value()?;
                let (width, height) = value.split_once('x').context("--size 1280x800")?;
                setup = setup.size(width.parse()?, height.parse()?);
            }
            "--locale" => setup = setup.locale(&value()?),
            "--wait" => wait = value()?.parse()?,
            "--script" => scripts.push(std::fs::read_to_string(value()?)?),
            "--library" => library = Some(PathBuf::from(value()?)),
            "--set" => {
                let value = value()?;
                let (name, value) = value.split_once('=').context("--set NAME=VALUE")?;
                setup = setup.variable(name, value);
            }
            file => setup = setup.file(std::path::absolute(file)?),
        }
    }
    let mut session = setup.start()?;
    if let Some(library) = library {
        steps::fill(&session, &library)?;
    }
    let window = session.open()?;
    std::thread::sleep(Duration::from_secs_f64(wait));
    for script in scripts {
        println!("{}", window.run(&script, &[])?);
        std::thread::sleep(Duration::from_secs_f64(wait));
    }
    window.picture(&out)?;
    println!("{}\n── words\n{}", out.display(), window.words()?);
    println!("── log\n{}", session.log()?);
    Ok(())
}
