//! `reels` and `render`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use engine::reels::{DOCUMENT, Existing, ReelsOrder, SequenceOrder, write_whole};
use protocol::documents::{IndexDocument, IndexEntry, Outcome, ReelsDocument, Results, VERSION};
use protocol::error::{ApiError, ErrorCode, Failure};
use protocol::progress::Step;

use super::{cancelled, combined_status, finish};
use crate::arguments::{Reels, Render, encoder};
use crate::output::{self, Style, clock};
use crate::progress::{self, Audience};
use crate::{cancel_on_signal, open_engine};

/// What lists the folders of several inputs.
const INDEX: &str = "index.json";

/// Makes reels out of every input; one that fails does not stop the others.
pub(crate) fn reels(arguments: &Reels) -> u8 {
    let style = arguments.json.into();
    match run(arguments, style) {
        Ok(status) => status,
        Err(error) => output::failure(style, &error),
    }
}

fn run(arguments: &Reels, style: Style) -> Result<u8, ApiError> {
    let options = arguments.options()?;
    engine::presets::find(options.preset.as_deref()).map_err(|error| error.to_api())?;
    let audience = Audience::of(style, arguments.quiet);
    let engine = open_engine(style)?;
    let cancel = cancel_on_signal()?;
    let listener = progress::listener(audience);
    let existing = if arguments.force {
        Existing::Replace
    } else {
        Existing::Refuse
    };
    let single = arguments.inputs.len() == 1;
    let before = if single {
        Vec::new()
    } else {
        read_index(&arguments.out, existing)?
    };
    let folders = folders(&arguments.inputs, &arguments.out);
    let mut outcomes = Vec::new();
    for (input, folder) in arguments.inputs.iter().zip(&folders) {
        if cancel.is_cancelled() {
            outcomes.push(Err(cancelled().input(input.to_string_lossy())));
            continue;
        }
        let order = ReelsOrder {
            input: input.clone(),
            folder: folder.clone(),
            options: options.clone(),
            existing,
        };
        let outcome = engine.make_reels(&order, &cancel, &listener);
        progress::clear(audience);
        let outcome = outcome.map_err(|error| error.to_api().input(input.to_string_lossy()));
        if style == Style::Text {
            match &outcome {
                Ok(document) => output::line(&words(document, folder)),
                Err(error) => output::note(&output::words(error)),
            }
        }
        outcomes.push(outcome);
    }
    let mut failures: Vec<ApiError> = outcomes
        .iter()
        .filter_map(|outcome| outcome.as_ref().err().cloned())
        .collect();
    if !single
        && !cancel.is_cancelled()
        && let Err(error) = write_index(arguments, &folders, &outcomes, before)
    {
        // The results are not lost with their index.
        output::aside(style, &error.code.name(), &error.message);
        failures.push(error);
    }
    if style == Style::Json {
        print_json(single, outcomes);
    }
    Ok(if cancel.is_cancelled() {
        130
    } else {
        combined_status(&failures)
    })
}

#[expect(
    clippy::fn_params_excessive_bools,
    reason = "the shape of the document"
)]
fn print_json(single: bool, outcomes: Vec<Result<ReelsDocument, ApiError>>) {
    let mut results = outcomes.into_iter().map(|outcome| match outcome {
        Ok(document) => Outcome::Done(document),
        Err(error) => Outcome::Failed(Failure { error }),
    });
    if single {
        if let Some(result) = results.next() {
            output::result(Style::Json, &result, String::new);
        }
    } else {
        output::result(
            Style::Json,
            &Results {
                results: results.collect(),
            },
            String::new,
        );
    }
}

/// Returns where each input's reels go: `out` for one input, else a folder per stem in it.
fn folders(inputs: &[PathBuf], out: &Path) -> Vec<PathBuf> {
    if inputs.len() == 1 {
        return vec![out.to_owned()];
    }
    let mut taken = BTreeSet::new();
    inputs
        .iter()
        .map(|input| {
            let stem = input
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let stem = if stem.is_empty() {
                "input".to_owned()
            } else {
                stem
            };
            let names = std::iter::once(stem.clone()).chain((2..).map(|n| format!("{stem}-{n}")));
            let name = names
                .into_iter()
                .find(|name| !taken.contains(name))
                .unwrap_or(stem);
            taken.insert(name.clone());
            out.join(name)
        })
        .collect()
}

/// Returns the entries of an earlier run into the same folder whose reels are still there. An index
/// that is not the program's is refused.
fn read_index(out: &Path, existing: Existing) -> Result<Vec<IndexEntry>, ApiError> {
    let path = out.join(INDEX);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let index = std::fs::read(&path)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<IndexDocument>(&bytes).ok());
    match index {
        Some(index) => Ok(index
            .inputs
            .into_iter()
            .filter(|entry| {
                let reels = entry.reels.as_ref();
                reels.is_some_and(|reels| out.join(reels).is_file())
            })
            .collect()),
        None if existing == Existing::Replace => Ok(Vec::new()),
        None => {
            let message = format!("{} is not an index of reels", path.display());
            Err(ApiError::new(ErrorCode::OutputExists, message)
                .hint("name another folder with --out, or replace it with --force"))
        }
    }
}

/// Writes the index: this run's inputs in order, then those of `before` in other folders.
fn write_index(
    arguments: &Reels,
    folders: &[PathBuf],
    outcomes: &[Result<ReelsDocument, ApiError>],
    before: Vec<IndexEntry>,
) -> Result<(), ApiError> {
    let inputs = arguments.inputs.iter().zip(folders).zip(outcomes);
    let document = |folder: &Path| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        format!("{name}/{DOCUMENT}")
    };
    let here: BTreeSet<String> = folders.iter().map(|folder| document(folder)).collect();
    let others = before.into_iter().filter(|entry| {
        entry
            .reels
            .as_ref()
            .is_none_or(|reels| !here.contains(reels))
    });
    let entries = inputs.map(|((input, folder), outcome)| IndexEntry {
        source: input.to_string_lossy().into_owned(),
        reels: outcome.is_ok().then(|| document(folder)),
        error: outcome.as_ref().err().cloned(),
    });
    let index = IndexDocument {
        version: VERSION,
        inputs: entries.chain(others).collect(),
    };
    let mut json = serde_json::to_vec_pretty(&index)
        .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
    json.push(b'\n');
    std::fs::create_dir_all(&arguments.out).map_err(|error| {
        ApiError::new(
            ErrorCode::Unwritable,
            format!("{}: {error}", arguments.out.display()),
        )
        .hint("name another folder with --out")
    })?;
    write_whole(&arguments.out.join(INDEX), &json).map_err(|error| error.to_api())
}

fn words(document: &ReelsDocument, folder: &Path) -> String {
    let mut lines = vec![format!(
        "{} reels in {}",
        document.reels.len(),
        folder.display()
    )];
    for reel in &document.reels {
        let reasons: Vec<&str> = reel
            .reasons
            .iter()
            .map(|reason| reason.text.as_str())
            .collect();
        lines.push(format!(
            "  {} {:>3.0}  {} from {}  {}",
            reel.file,
            reel.score,
            clock(reel.duration.0),
            clock(reel.start.0),
            reel.title
        ));
        if !reasons.is_empty() {
            lines.push(format!("      {}", reasons.join("; ")));
        }
        for check in reel.checks.iter().filter(|check| !check.ok) {
            lines.push(format!(
                "      {}: {} (limit {})",
                check.code, check.value, check.limit
            ));
        }
    }
    lines.extend(document.notes.iter().map(|note| format!("  {}", note.text)));
    lines.join("\n")
}

/// Renders a stored sequence.
pub(crate) fn render(arguments: &Render) -> u8 {
    let style = arguments.json.into();
    finish(style, || {
        let encoder = encoder(&arguments.encoder)?;
        if arguments.out.exists() && !arguments.force {
            let message = format!("{} exists already", arguments.out.display());
            return Err(ApiError::new(ErrorCode::OutputExists, message)
                .hint("name another file, or replace it with --force"));
        }
        let audience = Audience::of(style, arguments.quiet);
        let engine = open_engine(style)?;
        let cancel = cancel_on_signal()?;
        let name = arguments.out.to_string_lossy();
        let progress = progress::single(audience, &name, Step::Render);
        let output = std::path::absolute(&arguments.out)
            .map_err(|error| ApiError::new(ErrorCode::Unwritable, format!("{name}: {error}")))?;
        let order = SequenceOrder {
            project: arguments.project,
            sequence: arguments.sequence,
            output,
            encoder,
        };
        let rendered = engine.render_sequence(&order, &cancel, &progress);
        progress::clear(audience);
        let rendered = rendered.map_err(|error| error.to_api())?;
        output::result(style, &rendered, || {
            format!(
                "{}  {}",
                rendered.file.display(),
                clock(rendered.duration.0)
            )
        });
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_that_clash_are_numbered() {
        let inputs = ["a/talk.mp4", "b/talk.mov", "talk-2.mp4", "c/talk.mkv"].map(PathBuf::from);
        let names: Vec<PathBuf> = folders(&inputs, Path::new("out"));
        let expected = ["out/talk", "out/talk-2", "out/talk-2-2", "out/talk-3"].map(PathBuf::from);
        assert_eq!(names, expected);
        assert_eq!(
            folders(&inputs[..1], Path::new("out")),
            [PathBuf::from("out")]
        );
    }

    #[test]
    fn a_changed_index_is_refused_or_lists_reels_that_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path();
        std::fs::create_dir(out.join("talk")).unwrap();
        std::fs::write(out.join("talk/reels.json"), b"{}").unwrap();
        let whole = serde_json::json!({"version": 1, "inputs": [
            {"source": "talk.mp4", "reels": "talk/reels.json", "error": null},
            {"source": "no.mp4", "reels": null, "error": {
                "code": "not_found", "message": "m", "hint": "h", "input": "no.mp4",
            }},
        ]});
        let text = serde_json::to_vec(&whole).unwrap();
        let (mut listed, mut refused) = (0, 0);
        for seed in 0..1_000 {
            for mangled in [
                testkit::mangle::bytes(&text, seed),
                serde_json::to_vec(&testkit::mangle::document(&whole, seed)).unwrap(),
            ] {
                std::fs::write(out.join(INDEX), mangled).unwrap();
                match read_index(out, Existing::Refuse) {
                    Ok(entries) => {
                        listed += entries.len();
                        for reels in entries.iter().filter_map(|entry| entry.reels.as_ref()) {
                            assert!(out.join(reels).is_file(), "{seed}: {reels}");
                        }
                    }
                    Err(error) => {
                        assert_eq!(error.code, ErrorCode::OutputExists, "{seed}");
                        assert!(error.message.contains(INDEX), "{seed}: {error}");
                        refused += 1;
                    }
                }
                assert!(read_index(out, Existing::Replace).is_ok(), "{seed}");
            }
        }
        assert!(
            listed > 20 && refused > 500,
            "{listed} entries, {refused} refused"
        );
    }
}
