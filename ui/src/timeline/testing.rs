//! Sequences for tests, written as text: `V1: a[0-5] b[5-9]  A1: c[0-5]`.
//!
//! `V` video, `O` overlay, `A` voice, `M` music; a clip plays its source from ten seconds on, so that
//! it can grow by that much. Clips of one letter, in either case, are linked: `a` and `A`.

use std::collections::{BTreeMap, BTreeSet};

use timeline::edit::{
    AddMedia, AddSequence, Edit, InsertClip, InsertMode, LinkClips, NewMedia, SetTrackLocked,
};
use timeline::ids::{ClipId, MediaId, SequenceId, TrackId};
use timeline::project::{Format, Framing, MediaVideo, Project, Sequence, Speed, TrackKind};
use timeline::time::SequenceTime;
use timeline::violations::violations;
use timeline::{FrameRate, SourceRange, Ticks};

pub(crate) const RATE: FrameRate = FrameRate { num: 25, den: 1 };

/// A project of one sequence.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) project: Project,
    pub(crate) id: SequenceId,
    pub(crate) media: MediaId,
    names: BTreeMap<ClipId, String>,
    tracks: BTreeMap<String, TrackId>,
}

pub(crate) fn secs(at: f64) -> SequenceTime {
    SequenceTime::from_secs(at)
}

impl Scene {
    pub(crate) fn sequence(&self) -> &Sequence {
        &self.project.sequences[&self.id]
    }

    pub(crate) fn clip(&self, name: &str) -> ClipId {
        let found = self.names.iter().find(|(_, own)| *own == name);
        *found.unwrap_or_else(|| panic!("no clip {name}")).0
    }

    pub(crate) fn track(&self, name: &str) -> TrackId {
        self.tracks[name]
    }

    pub(crate) fn apply(&mut self, edit: impl Into<Edit>) {
        let edit = edit.into();
        self.project = edit
            .apply(&self.project)
            .unwrap_or_else(|error| panic!("{edit:?}: {error}"));
        assert_eq!(violations(&self.project), [], "after {edit:?}");
    }

    /// Adds a source of sound alone, 60 s long.
    pub(crate) fn add_song(&mut self) -> MediaId {
        let source = NewMedia {
            path: "song.mp3".into(),
            fingerprint: footage::Fingerprint("5095".into()),
            duration: Ticks::from_secs(60.0),
            video: None,
            audio: true,
        };
        let added = Edit::from(AddMedia { source }).apply_with(&self.project);
        let added = added.unwrap();
        self.project = added.project;
        added.created.media[0]
    }

    pub(crate) fn lock(&mut self, track: &str) {
        let edit = SetTrackLocked {
            sequence: self.id,
            track: self.track(track),
            locked: true,
        };
        self.apply(edit);
    }

    /// Returns the sequence as text; clips that a test did not name are `·`.
    pub(crate) fn text(&self) -> String {
        self.text_of(&self.project)
    }

    pub(crate) fn text_of(&self, project: &Project) -> String {
        let shown = |at: f64| {
            let text = format!("{at:.2}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let sequence = &project.sequences[&self.id];
        let rows = sequence.tracks.iter().map(|track| {
            let name = self.tracks.iter().find(|(_, id)| **id == track.id);
            let name = name.map_or("?", |(name, _)| name.as_str());
            let clips = track.clips.iter().map(|clip| {
                let name = self.names.get(&clip.id).map_or("·", String::as_str);
                let range = clip.range();
                let (start, end) = (shown(range.start.secs()), shown(range.end.secs()));
                format!(" {name}[{start}-{end}]")
            });
            format!("{name}:{}", clips.collect::<String>())
        });
        rows.collect::<Vec<_>>().join("  ")
    }
}

pub(crate) fn reel(text: &str) -> Scene {
    let source = NewMedia {
        path: "talk.mp4".into(),
        fingerprint: footage::Fingerprint("0a1b".into()),
        duration: Ticks::from_secs(100.0),
        video: Some(MediaVideo {
            width: 1920,
            height: 1080,
            rate: RATE,
        }),
        audio: true,
    };
    let made = Edit::from(AddMedia { source })
        .apply_with(&Project::default())
        .unwrap();
    let media = made.created.media[0];
    let rows: Vec<(&str, Vec<&str>)> = text
        .split("  ")
        .filter_map(|row| row.split_once(':'))
        .map(|(name, clips)| (name.trim(), clips.split_whitespace().collect()))
        .collect();
    let kinds = rows.iter().map(|(name, _)| match &name[..1] {
        "V" => TrackKind::Video,
        "O" => TrackKind::Overlay,
        "A" => TrackKind::Voice,
        "M" => TrackKind::Music,
        other => panic!("no track {other}"),
    });
    let made = Edit::from(AddSequence {
        name: "Reel".into(),
        format: Format {
            width: 1080,
            height: 1920,
            rate: RATE,
        },
        tracks: kinds.collect(),
    })
    .apply_with(&made.project)
    .unwrap();
    let mut scene = Scene {
        id: made.created.sequences[0],
        media,
        names: BTreeMap::new(),
        tracks: BTreeMap::new(),
        project: made.project,
    };
    for ((name, clips), track) in rows.into_iter().zip(made.created.tracks) {
        scene.tracks.insert(name.to_owned(), track);
        for clip in clips {
            let (name, range) = clip.trim_end_matches(']').split_once('[').unwrap();
            let (start, end) = range.split_once('-').unwrap();
            let (start, end): (f64, f64) = (start.parse().unwrap(), end.parse().unwrap());
            let inserted = Edit::from(InsertClip {
                sequence: scene.id,
                tracks: vec![track],
                at: secs(start),
                media,
                source: SourceRange::from_secs(10.0 + start, 10.0 + end),
                speed: Speed::NORMAL,
                framing: Framing::Fit,
                mode: InsertMode::Vacant,
            })
            .apply_with(&scene.project)
            .unwrap();
            scene
                .names
                .insert(inserted.created.clips[0], name.to_owned());
            scene.project = inserted.project;
        }
    }
    let letters: BTreeSet<String> = scene
        .names
        .values()
        .map(|name| name.to_lowercase())
        .collect();
    for letter in letters {
        let named = |(id, name): (&ClipId, &String)| (name.to_lowercase() == letter).then_some(*id);
        let clips: Vec<ClipId> = scene.names.iter().filter_map(named).collect();
        if clips.len() > 1 {
            let sequence = scene.id;
            scene.apply(LinkClips { sequence, clips });
        }
    }
    scene
}
