//! `probe` and `analyse`.

use std::path::{Path, PathBuf};

use engine::{Engine, Streams};
use protocol::documents::{AnalysisDocument, Outcome, ProbeDocument, Results};
use protocol::error::{ApiError, Failure};
use protocol::progress::Step;
use serde::Serialize;
use task::Cancel;

use super::{cancelled, combined_status};
use crate::arguments::{Analyse, Probe};
use crate::output::{self, Style, clock};
use crate::progress::{self, Audience};
use crate::{cancel_on_signal, open_engine};

/// Shows what files hold.
pub(crate) fn probe(arguments: &Probe) -> u8 {
    let style = arguments.json.into();
    each(
        style,
        &arguments.inputs,
        probe_words,
        |engine, path, cancel| {
            let source = path.to_string_lossy();
            let looked = engine.look(path, Streams::default(), cancel);
            looked
                .map(|looked| looked.result.document(&source))
                .map_err(|error| error.to_api())
        },
    )
}

/// Measures files.
pub(crate) fn analyse(arguments: &Analyse) -> u8 {
    let style = arguments.json.into();
    let audience = Audience::of(style, arguments.quiet);
    let choice = Streams {
        video: arguments.video_stream,
        audio: arguments.audio_stream,
    };
    each(
        style,
        &arguments.inputs,
        analysis_words,
        |engine, path, cancel| {
            let source = path.to_string_lossy();
            let outcome = engine.look(path, choice, cancel).and_then(|looked| {
                let progress = progress::single(audience, &source, Step::Analyse);
                engine.listen(looked.result, cancel, &progress)
            });
            progress::clear(audience);
            outcome
                .map(|found| found.result.document(&source))
                .map_err(|error| error.to_api())
        },
    )
}

/// Does `work` for every input; one that fails does not stop the others.
fn each<T: Serialize>(
    style: Style,
    inputs: &[PathBuf],
    words: impl Fn(&T) -> String,
    work: impl Fn(&Engine, &Path, &Cancel) -> Result<T, ApiError>,
) -> u8 {
    let opened = open_engine(style).and_then(|engine| Ok((engine, cancel_on_signal()?)));
    let (engine, cancel) = match opened {
        Ok(opened) => opened,
        Err(error) => return output::failure(style, &error),
    };
    let mut failures = Vec::new();
    let mut results = Vec::new();
    for input in inputs {
        let outcome = if cancel.is_cancelled() {
            Err(cancelled())
        } else {
            work(&engine, input, &cancel)
        };
        match outcome {
            Ok(document) => {
                if style == Style::Text {
                    output::line(&words(&document));
                }
                results.push(Outcome::Done(document));
            }
            Err(error) => {
                let error = error.input(input.to_string_lossy());
                if style == Style::Text {
                    output::note(&output::words(&error));
                }
                failures.push(error.clone());
                results.push(Outcome::Failed(Failure { error }));
            }
        }
    }
    if style == Style::Json {
        if inputs.len() == 1 {
            for result in &results {
                output::result(style, result, String::new);
            }
        } else {
            output::result(style, &Results { results }, String::new);
        }
    }
    if cancel.is_cancelled() {
        130
    } else {
        combined_status(&failures)
    }
}

fn probe_words(document: &ProbeDocument) -> String {
    let mut lines = vec![format!(
        "{}: {}, {}",
        document.source,
        clock(document.duration.0),
        document.container.as_deref().unwrap_or("unknown container")
    )];
    for stream in &document.streams {
        let mut facts = vec![stream.codec.clone()];
        if let (Some(width), Some(height)) = (stream.width, stream.height) {
            facts.push(format!("{width}×{height}"));
        }
        facts.extend(stream.fps.map(|fps| format!("{fps:.3} fps")));
        facts.extend(stream.sample_rate.map(|rate| format!("{rate} Hz")));
        facts.extend(
            stream
                .channels
                .map(|channels| format!("{channels} channels")),
        );
        facts.extend(stream.language.clone());
        let mark = if stream.chosen { "*" } else { " " };
        lines.push(format!(
            "{mark} {} {}: {}",
            stream.kind,
            stream.index,
            facts.join(", ")
        ));
    }
    lines.join("\n")
}

fn analysis_words(document: &AnalysisDocument) -> String {
    let spoken: f64 = document
        .speech
        .iter()
        .map(|[start, end]| end.0 - start.0)
        .sum();
    let tracks: std::collections::BTreeSet<u32> = document
        .faces
        .iter()
        .flat_map(|sample| &sample.boxes)
        .map(|face| face.track)
        .collect();
    let loudness = document
        .loudness
        .integrated_lufs
        .map_or_else(|| "silent".to_owned(), |lufs| format!("{lufs:.1} LUFS"));
    format!(
        "{}: {}, {loudness}, {} of speech, {} silences, {} shots, {} faces",
        document.source,
        clock(document.duration.0),
        clock(spoken),
        document.silences.len(),
        document.shots.len(),
        tracks.len()
    )
}
