//! Renders one stretch of a file as a reel and prints how long it took: a tool for measuring.
//!
//! `render_bench SOURCE FROM TO OUT.mp4 [--words] [--fit]`; the source as in [`talk::sources`].

#![expect(clippy::print_stdout, reason = "a measuring tool prints wall time")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use footage::time::SourceRange;
use media::render::{Cover, EncoderChoice, RenderRequest};
use task::{Cancel, Progress};
use timeline::project::Framing;

mod talk;

fn main() -> talk::Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [source, from, to, output, options @ ..] = arguments.as_slice() else {
        return Err("SOURCE FROM TO OUT.mp4 [--words] [--fit]".into());
    };
    let range = SourceRange::from_secs(from.parse()?, to.parse()?);
    let has = |name: &str| options.iter().any(|option| option == name);
    let framing = if has("--fit") {
        Framing::Fit
    } else {
        talk::middle()
    };
    let request = RenderRequest {
        cards: if has("--words") {
            talk::cards(range.duration())
        } else {
            Vec::new()
        },
        sequence: talk::sequence(&[range], &framing)?,
        sources: talk::sources(Path::new(source)),
        caption_style: talk::caption_style(),
        output: PathBuf::from(output),
        cover: Some(Cover {
            path: PathBuf::from(output).with_extension("jpg"),
            at: None,
        }),
        encoder: EncoderChoice::Auto,
    };
    let start = Instant::now();
    let rendered = media::render(&request, &Cancel::new(), &Progress::silent())?;
    println!(
        "{:.2} s with {}",
        start.elapsed().as_secs_f64(),
        rendered.encoder
    );
    println!("{:?}", rendered.loudness);
    for check in rendered.checks {
        println!(
            "{} {}: {} (limit {})",
            check.ok, check.code, check.value, check.limit
        );
    }
    Ok(())
}
