//! Names, media, presets and sequences: what refers to what.

use std::sync::Arc;

use footage::Fingerprint;
use footage::words::TranscriptRevision;
use timeline::Ticks;
use timeline::edit::*;
use timeline::ids::{MediaId, PresetId, SequenceId};
use timeline::project::{Framing, Project, Speed, TrackKind};
use timeline::time::SequenceTime;
use timeline::violations::violations;
use timeline::{FrameRate, SourceRange};

use crate::stage::{PICTURE, PORTRAIT, Stage, at};
use crate::unsound::style;

fn refused(stage: &Stage, edit: impl Into<Edit>) -> &'static str {
    let edit = edit.into();
    let error = edit.apply(&stage.project);
    error.expect_err("the edit is refused").code()
}

fn preset(name: &str) -> NewPreset {
    NewPreset {
        name: name.into(),
        description: "For tests.".into(),
        caption: style(),
    }
}

#[test]
fn a_source_stays_while_clips_play_it() {
    let mut stage = Stage::new("V1: a[0-4]");
    let (media, sequence) = (stage.media('a'), stage.sequence);
    let revision = TranscriptRevision("r1".into());
    let stage = stage.after(AttachCaptions {
        sequence,
        media,
        revision,
    });
    assert_eq!(refused(&stage, RemoveMedia { media }), "media_in_use");
    let clips = vec![stage.clip("V1", 0)];
    let stage = stage
        .after(Lift { sequence, clips })
        .after(RemoveMedia { media });
    assert!(stage.project.media.is_empty());
    assert!(
        stage.sequence().captions.is_empty(),
        "its captions go with it"
    );
    assert_eq!(refused(&stage, RemoveMedia { media }), "no_media");
}

#[test]
fn a_source_is_whole() {
    let stage = Stage::new("V1:");
    let source = NewMedia {
        path: "x.mp4".into(),
        fingerprint: Fingerprint("x".into()),
        duration: Ticks::ZERO,
        video: Some(PICTURE),
        audio: true,
    };
    assert_eq!(refused(&stage, AddMedia { source }), "media_whole");
}

#[test]
fn a_preset_stays_while_sequences_use_it_and_its_name_is_its_own() {
    let stage = Stage::new("V1: a[0-4]").after(AddPreset {
        preset: preset(" bold "),
    });
    let (sequence, id) = (
        stage.sequence,
        *stage.project.presets.keys().next().unwrap(),
    );
    assert_eq!(stage.project.presets[&id].name, "bold");
    assert_eq!(
        refused(
            &stage,
            AddPreset {
                preset: preset("bold")
            }
        ),
        "names"
    );
    assert_eq!(
        refused(
            &stage,
            AddPreset {
                preset: preset(" ")
            }
        ),
        "blank_text"
    );
    let huge = NewPreset {
        caption: timeline::style::CaptionStyle {
            font_size: -1.0,
            ..style()
        },
        ..preset("huge")
    };
    assert_eq!(
        refused(&stage, UpdatePreset { id, preset: huge }),
        "style_drawable"
    );

    let stage = stage.after(SetSequencePreset {
        sequence,
        preset: Some(id),
    });
    assert_eq!(refused(&stage, RemovePreset { id }), "preset_in_use");
    let stage = stage
        .after(UpdatePreset {
            id,
            preset: preset("loud"),
        })
        .after(SetSequencePreset {
            sequence,
            preset: None,
        })
        .after(RemovePreset { id });
    assert!(stage.project.presets.is_empty());
    let gone = SetSequencePreset {
        sequence,
        preset: Some(PresetId(404)),
    };
    assert_eq!(refused(&stage, gone), "no_preset");

    let at = |anchor| SetCaptionAnchor { sequence, anchor };
    let stage = stage.after(at(Some(0.2)));
    let anchor = |stage: &Stage| stage.sequence().caption_style(&style()).anchor;
    assert!(
        (anchor(&stage) - 0.2).abs() < 1e-9,
        "in place of the style's"
    );
    let stage = stage.after(at(None));
    assert!((anchor(&stage) - style().anchor).abs() < 1e-9);
    assert_eq!(refused(&stage, at(Some(1.01))), "style_drawable");
}

#[test]
fn a_copy_of_a_sequence_shares_no_identity() {
    let stage = Stage::new("V1: a[0-4]&1\nA1: a[0-4]&1\nmarks: x@1");
    let name = "Copy".to_owned();
    let sequence = stage.sequence;
    let applied = Edit::from(DuplicateSequence { sequence, name }).apply_with(&stage.project);
    let applied = applied.unwrap();
    assert_eq!(
        violations(&applied.project),
        [],
        "identities and links are its own"
    );
    let copy = Stage {
        sequence: applied.created.sequences[0],
        project: applied.project,
    };
    assert_eq!(copy.text(), stage.text(), "it is the same cut");
    let stage = copy.after(RemoveSequence { sequence });
    assert_eq!(stage.project.sequences.len(), 1);
    assert_eq!(refused(&stage, RemoveSequence { sequence }), "no_sequence");
}

#[test]
fn names_are_trimmed_and_never_blank() {
    let stage = Stage::new("V1:");
    let sequence = stage.sequence;
    let rename = |name: &str| RenameSequence {
        sequence,
        name: name.into(),
    };
    assert_eq!(stage.after(rename(" Short ")).sequence().name, "Short");
    assert_eq!(refused(&stage, rename("\t")), "blank_text");
    let project = RenameProject { name: " P ".into() };
    assert_eq!(stage.after(project).project.name, "P");
    let odd = SetSequenceFormat {
        sequence,
        format: timeline::project::Format {
            width: 1081,
            ..PORTRAIT
        },
    };
    assert_eq!(refused(&stage, odd), "format_even");
}

/// The engine's way: each edit is tried on a copy to learn its identities, then all are one step.
#[test]
fn a_reel_is_made_in_one_step() {
    let mut copy = Project::default();
    let mut edits: Vec<Edit> = Vec::new();
    let mut step = |edit: Edit| {
        let applied = edit.apply_with(&copy).unwrap();
        copy = applied.project;
        edits.push(edit);
        applied.created
    };
    let rate = FrameRate { num: 25, den: 1 };
    let media = step(
        AddMedia {
            source: NewMedia {
                path: "talk.mp4".into(),
                fingerprint: Fingerprint("f".into()),
                duration: Ticks::from_secs(600.0),
                video: Some(PICTURE),
                audio: true,
            },
        }
        .into(),
    )
    .media[0];
    let reel = step(
        AddSequence {
            name: "Reel 1".into(),
            format: timeline::project::Format { rate, ..PORTRAIT },
            tracks: vec![TrackKind::Video, TrackKind::Voice],
        }
        .into(),
    );
    let sequence = reel.sequences[0];
    let segments = [(12.0, 20.0), (25.0, 31.0)];
    let mut start = SequenceTime::ZERO;
    for (from, to) in segments {
        let source = SourceRange::from_secs(from, to);
        let clips = step(
            InsertClip {
                sequence,
                tracks: reel.tracks.clone(),
                at: start,
                media,
                source,
                speed: Speed::NORMAL,
                framing: Framing::Fit,
                mode: InsertMode::Vacant,
            }
            .into(),
        );
        assert_eq!(
            (clips.clips.len(), clips.links.len()),
            (2, 1),
            "a linked pair"
        );
        start = start + source.duration();
    }
    let revision = TranscriptRevision("r1".into());
    step(
        AttachCaptions {
            sequence,
            media,
            revision,
        }
        .into(),
    );
    let style = step(
        AddPreset {
            preset: preset("bold"),
        }
        .into(),
    )
    .presets[0];
    step(
        SetSequencePreset {
            sequence,
            preset: Some(style),
        }
        .into(),
    );

    let batch = Batch {
        label: Label::MakeReel,
        edits,
    };
    let mut history = timeline::history::History::new(Project::default());
    let created = history.edit(&batch.into()).unwrap();
    assert_eq!(
        history.present().as_ref(),
        &copy,
        "the batch makes the same project"
    );
    assert_eq!(created.media, [MediaId(0)]);
    assert_eq!(created.sequences, [SequenceId(1)]);
    assert_eq!(
        history.past().collect::<Vec<_>>(),
        [Label::MakeReel],
        "in one step"
    );
    let made = Arc::clone(&history.present().sequences[&sequence]);
    assert_eq!(made.duration(), at(14.0).since_start());
}
