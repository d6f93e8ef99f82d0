//! A text notation for sequences.
//!
//! ```text
//! V1: a[0-5]&1 b[5-9]@20      clips by track; source `a` in 0..5 s, linked by key 1;
//! A1 locked: a[0-5]&1         source `b` playing from its 20th second
//! marks: here@3
//! ```
//!
//! A clip plays its source from the clip's own start unless `@` says otherwise. More marks: `*3/2`
//! speed, `<1` fade in, `>1` fade out, `+6dB` gain, `!` does not play. Tracks are `V`ideo,
//! `O`verlay, `A` voice, `M`usic. Sources last 100 s, 1920×1080 with sound; `p` is a picture
//! without sound and `s` sound without a picture. The frame is 1080×1920.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use footage::Fingerprint;
use timeline::edit::Edit;
use timeline::ids::{ClipId, LinkId, MarkerId, MediaId, SequenceId, TrackId};
use timeline::project::{
    Clip, Format, Framing, Marker, Media, MediaVideo, Project, Sequence, Speed, Track, TrackKind,
};
use timeline::time::SequenceTime;
use timeline::violations::violations;
use timeline::{FrameRate, SourceRange, SourceTime, Ticks};

pub(crate) const RATE: FrameRate = FrameRate { num: 25, den: 1 };
pub(crate) const PORTRAIT: Format = Format {
    width: 1080,
    height: 1920,
    rate: RATE,
};
pub(crate) const PICTURE: MediaVideo = MediaVideo {
    width: 1920,
    height: 1080,
    rate: RATE,
};

/// A project with one sequence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stage {
    pub(crate) project: Project,
    pub(crate) sequence: SequenceId,
}

pub(crate) fn at(secs: f64) -> SequenceTime {
    SequenceTime::from_secs(secs)
}

pub(crate) fn secs(secs: f64) -> Ticks {
    Ticks::from_secs(secs)
}

impl Stage {
    pub(crate) fn new(text: &str) -> Self {
        let mut stage = Self {
            project: Project {
                name: "Test".into(),
                ..Project::default()
            },
            sequence: SequenceId(0),
        };
        stage.sequence = SequenceId(stage.id());
        let mut sequence = Sequence {
            id: stage.sequence,
            name: "Reel".into(),
            format: PORTRAIT,
            tracks: Vec::new(),
            captions: BTreeMap::new(),
            preset: None,
            caption_anchor: None,
            markers: Vec::new(),
        };
        let mut links = BTreeMap::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (head, items) = line.split_once(':').expect("a line is `name: items`");
            let items = items.split_whitespace();
            if head == "marks" {
                for (label, time) in items.map(|item| item.split_once('@').unwrap()) {
                    sequence.markers.push(Marker {
                        id: MarkerId(stage.id()),
                        at: at(time.parse().unwrap()),
                        label: label.into(),
                    });
                }
                continue;
            }
            let track = Track {
                id: TrackId(stage.id()),
                kind: match head.as_bytes()[0] {
                    b'V' => TrackKind::Video,
                    b'O' => TrackKind::Overlay,
                    b'A' => TrackKind::Voice,
                    b'M' => TrackKind::Music,
                    other => panic!("no kind of track is called {}", char::from(other)),
                },
                clips: items.map(|item| stage.clip_of(item, &mut links)).collect(),
                muted: head.contains("muted"),
                locked: head.contains("locked"),
            };
            sequence.tracks.push(Arc::new(track));
        }
        stage
            .project
            .sequences
            .insert(sequence.id, Arc::new(sequence));
        let found = violations(&stage.project);
        assert!(found.is_empty(), "{text} is not sound: {found:?}");
        stage
    }

    fn id(&mut self) -> u64 {
        self.project.next_id += 1;
        self.project.next_id - 1
    }

    /// Returns the source with that letter, made when it is new.
    pub(crate) fn media(&mut self, letter: char) -> MediaId {
        let path = format!("{letter}.mp4");
        if let Some(media) = self.project.media.values().find(|media| media.path == path) {
            return media.id;
        }
        let id = MediaId(self.id());
        let media = Media {
            id,
            fingerprint: Fingerprint(path.clone()),
            path,
            duration: secs(100.0),
            video: (letter != 's').then_some(PICTURE),
            audio: letter != 'p',
        };
        self.project.media.insert(id, Arc::new(media));
        id
    }

    fn clip_of(&mut self, item: &str, links: &mut BTreeMap<char, LinkId>) -> Clip {
        let number = |text: &str| -> f64 {
            let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
            text[..end.unwrap_or(text.len())].parse().unwrap()
        };
        let after = |mark: char| item.split_once(mark).map(|(_, rest)| rest);
        let (range, _) = after('[').and_then(|rest| rest.split_once(']')).unwrap();
        let (start, end) = range.split_once('-').unwrap();
        let (start, end) = (number(start), number(end));
        let speed = after('*').map_or(Speed::NORMAL, |speed| {
            let (num, den) = speed.split_once('/').unwrap();
            let [num, den] = [num, den].map(|term| number(term) as u32);
            Speed { num, den }
        });
        let source = SourceTime::from_secs(after('@').map_or(start, number));
        let length = secs(end - start).scaled(i64::from(speed.num), i64::from(speed.den));
        let link = after('&').and_then(|key| key.chars().next());
        Clip {
            media: self.media(item.chars().next().unwrap()),
            id: ClipId(self.id()),
            start: at(start),
            source: SourceRange::new(source, source + length),
            speed,
            framing: Framing::Fit,
            gain_db: after('+').map_or(0.0, number),
            fade_in: secs(after('<').map_or(0.0, number)),
            fade_out: secs(after('>').map_or(0.0, number)),
            link: link.map(|key| *links.entry(key).or_insert_with(|| LinkId(self.id()))),
            enabled: !item.contains('!'),
        }
    }

    pub(crate) fn sequence(&self) -> &Sequence {
        &self.project.sequences[&self.sequence]
    }

    /// Returns the track with a name such as `V1`.
    pub(crate) fn track(&self, name: &str) -> &Track {
        let names = names(self.sequence());
        let position = names.iter().position(|other| other == name).unwrap();
        &self.sequence().tracks[position]
    }

    /// Returns the clip at a position of a track.
    pub(crate) fn clip(&self, track: &str, position: usize) -> ClipId {
        self.track(track).clips[position].id
    }

    /// Returns the stage after an edit that must succeed, which must leave it sound.
    pub(crate) fn after(&self, edit: impl Into<Edit>) -> Self {
        let edit = edit.into();
        let project = edit.apply(&self.project);
        let project = project.unwrap_or_else(|error| panic!("{edit:?} is refused: {error}"));
        let found = violations(&project);
        assert!(found.is_empty(), "{edit:?} leaves {found:?}");
        Self {
            project,
            sequence: self.sequence,
        }
    }

    pub(crate) fn text(&self) -> String {
        let sequence = self.sequence();
        let mut links = BTreeMap::new();
        let mut text = String::new();
        for (track, name) in sequence.tracks.iter().zip(names(sequence)) {
            let muted = if track.muted { " muted" } else { "" };
            let locked = if track.locked { " locked" } else { "" };
            write!(text, "{name}{muted}{locked}:").unwrap();
            for clip in &track.clips {
                text.push(' ');
                text.push_str(&self.clip_text(clip, &mut links));
            }
            text.push('\n');
        }
        if !sequence.markers.is_empty() {
            text.push_str("marks:");
            for marker in &sequence.markers {
                write!(text, " {}@{}", marker.label, show(marker.at.secs())).unwrap();
            }
            text.push('\n');
        }
        text
    }

    fn clip_text(&self, clip: &Clip, links: &mut BTreeMap<LinkId, usize>) -> String {
        let letter = &self.project.media[&clip.media].path[..1];
        let range = clip.range();
        let mut text = format!(
            "{letter}[{}-{}]",
            show(range.start.secs()),
            show(range.end.secs())
        );
        if clip.source.start.0 != clip.start.0 {
            write!(text, "@{}", show(clip.source.start.secs())).unwrap();
        }
        if clip.speed != Speed::NORMAL {
            write!(text, "*{}/{}", clip.speed.num, clip.speed.den).unwrap();
        }
        if let Some(link) = clip.link {
            let next = links.len() + 1;
            write!(text, "&{}", links.entry(link).or_insert(next)).unwrap();
        }
        for (mark, fade) in [('<', clip.fade_in), ('>', clip.fade_out)] {
            if fade != Ticks::ZERO {
                write!(text, "{mark}{}", show(fade.secs())).unwrap();
            }
        }
        if clip.gain_db != 0.0 {
            write!(text, "+{}dB", show(clip.gain_db)).unwrap();
        }
        if !clip.enabled {
            text.push('!');
        }
        text
    }
}

/// Returns `V1`, `V2`, `A1` and so on, by kind from the bottom.
fn names(sequence: &Sequence) -> Vec<String> {
    let mut counts = BTreeMap::new();
    let mut name = |kind| {
        let letter = match kind {
            TrackKind::Video => 'V',
            TrackKind::Overlay => 'O',
            TrackKind::Voice => 'A',
            TrackKind::Music => 'M',
        };
        let count = counts.entry(letter).or_insert(0);
        *count += 1;
        format!("{letter}{count}")
    };
    sequence
        .tracks
        .iter()
        .map(|track| name(track.kind))
        .collect()
}

fn show(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Returns the notation of `before` after an edit, or the code with which it is refused.
pub(crate) fn edited(before: &str, edit: impl FnOnce(&mut Stage) -> Edit) -> String {
    let mut stage = Stage::new(before);
    let edit = edit(&mut stage);
    let json = serde_json::to_string(&edit).unwrap();
    let read: Edit = serde_json::from_str(&json).unwrap();
    assert_eq!(read, edit, "an edit survives JSON");
    match edit.apply(&stage.project) {
        Ok(_) => stage.after(edit).text(),
        Err(error) => format!("refused: {}", error.code()),
    }
}

/// Returns the tracks that were locked, still are, and play something else. Links aside: they go
/// with the last clip on the other side.
pub(crate) fn changed_while_locked(before: &Project, after: &Project) -> Vec<TrackId> {
    let unlinked = |track: &Track| -> Vec<Clip> {
        let clips = track.clips.iter().cloned();
        clips.map(|clip| Clip { link: None, ..clip }).collect()
    };
    let locked = |project: &Project| -> BTreeMap<TrackId, Vec<Clip>> {
        let sequences = project.sequences.values();
        let tracks = sequences.flat_map(|sequence| &sequence.tracks);
        let locked = tracks.filter(|track| track.locked);
        locked.map(|track| (track.id, unlinked(track))).collect()
    };
    let after = locked(after);
    let kept = locked(before).into_iter();
    kept.filter(|(id, clips)| after.get(id).is_some_and(|now| now != clips))
        .map(|(id, _)| id)
        .collect()
}
