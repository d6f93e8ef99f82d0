//! Prints how well the program sees and hears: `cargo xtask bench quality [ROW…]`.
//!
//! Every figure comes from the real analysis of a real file, in a worker process and an empty
//! folder of the program's own, so that it is what a user gets. What is judged against is read by
//! [`testkit::truth`] or made by ffmpeg here, seeded, and kept for the next run.
//!
//! Map: [`bench`] the analysis · [`table`] figures and goals · one file per row.

mod bench;
mod crop;
mod faces;
mod joins;
mod loudness;
mod persons;
mod shots;
mod speaker;
mod speed;
mod table;
mod tracks;
mod voice;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};

use bench::Bench;
use speed::Rivals;
use table::Figure;

/// What makes this program a worker.
const WORKER: &str = "worker";

/// A row measures one or more figures.
type Row = fn(&Bench) -> Result<Vec<Figure>>;

/// The rows, in the order in which they are printed.
const ROWS: &[(&str, Row)] = &[
    ("shots", shots::measure),
    ("joins", joins::measure),
    ("faces", faces::measure),
    ("tracks", tracks::measure),
    ("crop", crop::measure),
    ("voice", voice::measure),
    ("loudness", loudness::measure),
    ("speaker", speaker::measure),
    ("speed", speed::measure),
];

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == WORKER) {
        return Ok(ExitCode::from(engine::serve_worker()));
    }
    let (rivals, rows) = match arguments.as_slice() {
        [talk, scene_detector, rows @ ..] if talk.contains('=') => {
            let path = |text: &String| text.split_once('=').map(|(_, path)| PathBuf::from(path));
            let rivals = path(talk).zip(path(scene_detector));
            let rivals = rivals.map(|(talk, scene_detector)| Rivals {
                talk,
                scene_detector,
            });
            (rivals, rows)
        }
        rows => (None, rows),
    };
    if let Some(unknown) = rows.iter().find(|name| !is_row(name)) {
        let names: Vec<&str> = ROWS.iter().map(|(name, _)| *name).collect();
        bail!("no row “{unknown}”; rows: {}", names.join(", "));
    }
    let bench = Bench::open(rivals)?;
    let mut figures = Vec::new();
    let wanted = ROWS
        .iter()
        .filter(|(name, _)| rows.is_empty() || rows.iter().any(|asked| asked == name));
    for (name, measure) in wanted {
        table::heading(name);
        figures.extend(measure(&bench)?.into_iter().map(|figure| (*name, figure)));
    }
    table::print(&figures);
    Ok(ExitCode::SUCCESS)
}

fn is_row(name: &str) -> bool {
    ROWS.iter().any(|(known, _)| *known == name)
}
