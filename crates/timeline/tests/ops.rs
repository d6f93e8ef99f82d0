//! Any sequence of edits keeps every invariant.
//!
//! Each verb has a line in [`verbs!`]; a new verb without one does not compile.

use std::collections::BTreeMap;
use std::sync::Arc;

use footage::Fingerprint;
use footage::picture::PixelBox;
use footage::words::{TranscriptRevision, WordId};
use proptest::prelude::*;
use timeline::crop::{CropKey, CropPath};
use timeline::edit::*;
use timeline::history::History;
use timeline::ids::{ClipId, MarkerId, MediaId, PresetId, SequenceId, TrackId};
use timeline::journal::{Entry, EntryKind, hash, replay};
use timeline::project::{Format, Framing, MediaVideo, Project, Sequence, Speed, TrackKind};
use timeline::style::{CaptionStyle, Color, Highlight};
use timeline::time::{SequenceRange, SequenceTime};
use timeline::violations::violations;
use timeline::{FrameRate, SourceRange, SourceTime, Ticks};

use crate::stage::{Stage, changed_while_locked};

/// Numbers that look random and follow from a seed (SplitMix64, Steele et al. 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        let position = self.roll(of.len().max(1) as u64) as usize;
        of.get(position).cloned()
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }
}

/// A project to make an edit for. What it names exists most of the time.
struct Scene<'a> {
    dice: Dice,
    project: &'a Project,
    sequence: SequenceId,
}

impl<'a> Scene<'a> {
    fn new(project: &'a Project, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let sequences: Vec<SequenceId> = project.sequences.keys().copied().collect();
        let sequence = dice.pick(&sequences).unwrap_or(SequenceId(404));
        Self {
            dice,
            project,
            sequence,
        }
    }

    fn known(&self) -> Option<&'a Sequence> {
        self.project.sequences.get(&self.sequence).map(Arc::as_ref)
    }

    fn media(&mut self) -> MediaId {
        let ids: Vec<MediaId> = self.project.media.keys().copied().collect();
        self.dice.pick(&ids).unwrap_or(MediaId(404))
    }

    fn preset(&mut self) -> PresetId {
        let ids: Vec<PresetId> = self.project.presets.keys().copied().collect();
        self.dice.pick(&ids).unwrap_or(PresetId(404))
    }

    fn track(&mut self) -> TrackId {
        let tracks = self.known().map_or(&[][..], |sequence| &sequence.tracks);
        self.dice
            .pick(tracks)
            .map_or(TrackId(404), |track| track.id)
    }

    fn clip(&mut self) -> ClipId {
        let tracks = self.known().map_or(&[][..], |sequence| &sequence.tracks);
        let clips: Vec<ClipId> = tracks.iter().flat_map(|t| &t.clips).map(|c| c.id).collect();
        self.dice.pick(&clips).unwrap_or(ClipId(404))
    }

    fn clips(&mut self) -> Vec<ClipId> {
        (0..self.dice.roll(4)).map(|_| self.clip()).collect()
    }

    fn marker(&mut self) -> MarkerId {
        let markers = self.known().map_or(&[][..], |sequence| &sequence.markers);
        self.dice
            .pick(markers)
            .map_or(MarkerId(404), |marker| marker.id)
    }

    /// Lengths that meet, that round, and that would overflow.
    fn ticks(&mut self) -> Ticks {
        match self.dice.roll(24) {
            0 => Ticks(i64::MAX),
            1 => Ticks(i64::MIN),
            2 => Ticks((1 << 53) - 1),
            3 => Ticks(-1),
            4 => Ticks::ZERO,
            5..=8 => Ticks(self.dice.roll(1 << 33) as i64),
            9 => Ticks(self.dice.roll(300) as i64),
            10..=12 => -Ticks::from_secs(self.dice.roll(8) as f64 / 2.0),
            _ => Ticks::from_secs(self.dice.roll(24) as f64 / 2.0),
        }
    }

    fn time(&mut self) -> SequenceTime {
        SequenceTime(self.ticks().0)
    }

    fn source_time(&mut self) -> SourceTime {
        SourceTime(self.ticks().0)
    }

    fn source(&mut self) -> SourceRange {
        let start = self.source_time();
        let end = SourceTime(start.0.saturating_add(self.ticks().0));
        SourceRange { start, end }
    }

    fn speed(&mut self) -> Speed {
        let mut term = || {
            self.dice
                .pick(&[0, 1, 1, 1, 1, 1, 1, 2, 3, 7, 9999, u32::MAX])
                .unwrap()
        };
        Speed {
            num: term(),
            den: term(),
        }
    }

    fn name(&mut self) -> String {
        self.dice
            .pick(&["", " ", "One", "Two ", "Three", "Four"])
            .unwrap()
            .into()
    }

    fn kind(&mut self) -> TrackKind {
        use TrackKind::{Music, Overlay, Video, Voice};
        self.dice.pick(&[Video, Overlay, Voice, Music]).unwrap()
    }

    fn format(&mut self) -> Format {
        let sizes = [
            (1080, 1920),
            (1920, 1080),
            (1080, 1080),
            (1080, 1350),
            (0, 2),
            (1081, 1920),
        ];
        let (width, height) = self.dice.pick(&sizes).unwrap();
        Format {
            width,
            height,
            rate: self.rate(),
        }
    }

    fn rate(&mut self) -> FrameRate {
        let rates = [(25, 1), (25, 1), (30_000, 1001), (60, 1), (0, 1)];
        let (num, den) = self.dice.pick(&rates).unwrap();
        FrameRate { num, den }
    }

    fn new_media(&mut self) -> NewMedia {
        let (width, height) = self
            .dice
            .pick(&[(1920, 1080), (1080, 1920), (64, 48)])
            .unwrap();
        let rate = self.rate();
        NewMedia {
            path: self.name(),
            fingerprint: Fingerprint(self.name()),
            duration: if self.dice.one_in(4) {
                self.ticks()
            } else {
                Ticks::from_secs(60.0)
            },
            video: (!self.dice.one_in(5)).then_some(MediaVideo {
                width,
                height,
                rate,
            }),
            audio: !self.dice.one_in(5),
        }
    }

    fn new_preset(&mut self) -> NewPreset {
        NewPreset {
            name: self.name(),
            description: String::new(),
            caption: CaptionStyle {
                font_family: "Sans".into(),
                font_weight: if self.dice.one_in(9) { 50 } else { 800 },
                font_size: if self.dice.one_in(9) { f64::NAN } else { 72.0 },
                line_height: 1.2,
                text_color: Color::rgb(255, 255, 255),
                highlight: Highlight::Box,
                highlight_color: Color::rgb(255, 200, 0),
                emphasis_color: Color::rgb(0, 200, 255),
                outline_color: Color::rgb(0, 0, 0),
                outline: 6.0,
                background: None,
                uppercase: true,
                anchor: 0.7,
                max_lines: 2,
                max_chars: 24,
            },
        }
    }

    /// A box of the frame's shape in a 1920×1080 picture, mostly.
    fn pixels(&mut self) -> PixelBox {
        let aspect = self
            .known()
            .and_then(|sequence| sequence.format.aspect())
            .unwrap_or(1.0);
        let h = (1080.0_f64).min(1920.0 / aspect) * (self.dice.roll(90) + 10) as f64 / 100.0;
        let mut pixels = PixelBox {
            x: (1920.0 - h * aspect) * self.dice.roll(100) as f64 / 100.0,
            y: 0.0,
            w: h * aspect,
            h,
        };
        match self.dice.roll(12) {
            0 => pixels.x = f64::NAN,
            1 => pixels.w *= 2.0,
            2 => pixels.y = -10.0,
            _ => {}
        }
        pixels
    }

    fn framing(&mut self) -> Framing {
        if self.dice.one_in(2) {
            return Framing::Fit;
        }
        let mut path = CropPath::still(self.pixels());
        for _ in 0..self.dice.roll(3) {
            path.keys.push(CropKey {
                at: self.source_time(),
                pixels: self.pixels(),
            });
        }
        Framing::Crop(path)
    }

    fn word(&mut self) -> WordId {
        WordId(self.dice.roll(6) as u32)
    }

    fn words(&mut self) -> Vec<WordId> {
        (0..self.dice.roll(4)).map(|_| self.word()).collect()
    }

    fn revision(&mut self) -> TranscriptRevision {
        TranscriptRevision(self.dice.pick(&["", "r1", "r1", "r2"]).unwrap().into())
    }

    fn later(&mut self) -> Later {
        self.dice.pick(&[Later::Stays, Later::Moves]).unwrap()
    }

    fn coin(&mut self) -> bool {
        self.dice.one_in(2)
    }
}

macro_rules! verbs {
    ($($verb:ident => |$s:ident, $sequence:ident| $payload:expr;)+) => {
        /// The ways to make an edit, one per verb.
        const VERBS: &[fn(&mut Scene<'_>) -> Edit] = &[$(|$s| {
            let $sequence = $s.sequence;
            Edit::$verb($payload)
        }),+];

        /// Exhaustive, so that a verb without a line above does not compile.
        fn name(edit: &Edit) -> &'static str {
            match edit {
                $(Edit::$verb(_) => stringify!($verb),)+
            }
        }
    };
}

verbs! {
    RenameProject => |s, _q| RenameProject { name: s.name() };
    AddMedia => |s, _q| AddMedia { source: s.new_media() };
    RelinkMedia => |s, _q| RelinkMedia { media: s.media(), source: s.new_media() };
    RemoveMedia => |s, _q| RemoveMedia { media: s.media() };
    AddPreset => |s, _q| AddPreset { preset: s.new_preset() };
    UpdatePreset => |s, _q| UpdatePreset { id: s.preset(), preset: s.new_preset() };
    RemovePreset => |s, _q| RemovePreset { id: s.preset() };
    AddSequence => |s, _q| AddSequence {
        name: s.name(),
        format: s.format(),
        tracks: (0..s.dice.roll(4)).map(|_| s.kind()).collect(),
    };
    RemoveSequence => |s, sequence| RemoveSequence { sequence };
    RenameSequence => |s, sequence| RenameSequence { sequence, name: s.name() };
    DuplicateSequence => |s, sequence| DuplicateSequence { sequence, name: s.name() };
    SetSequenceFormat => |s, sequence| SetSequenceFormat { sequence, format: s.format() };
    SetSequencePreset => |s, sequence| {
        let preset = s.coin().then(|| s.preset());
        SetSequencePreset { sequence, preset }
    };
    SetCaptionAnchor => |s, sequence| SetCaptionAnchor {
        sequence,
        anchor: s.dice.pick(&[None, Some(0.0), Some(0.4), Some(1.1), Some(f64::NAN)]).unwrap(),
    };
    AddTrack => |s, sequence| AddTrack {
        sequence,
        kind: s.kind(),
        position: s.dice.roll(5) as usize,
    };
    RemoveTrack => |s, sequence| RemoveTrack { sequence, track: s.track() };
    SetTrackMuted => |s, sequence| SetTrackMuted { sequence, track: s.track(), muted: s.coin() };
    SetTrackLocked => |s, sequence| SetTrackLocked {
        sequence,
        track: s.track(),
        locked: s.dice.one_in(4),
    };
    AddMarker => |s, sequence| AddMarker { sequence, at: s.time(), label: s.name() };
    MoveMarker => |s, sequence| MoveMarker { sequence, marker: s.marker(), to: s.time() };
    RenameMarker => |s, sequence| RenameMarker { sequence, marker: s.marker(), label: s.name() };
    RemoveMarker => |s, sequence| RemoveMarker { sequence, marker: s.marker() };
    InsertClip => |s, sequence| InsertClip {
        sequence,
        tracks: (0..=s.dice.roll(2)).map(|_| s.track()).collect(),
        at: s.time(),
        media: s.media(),
        source: s.source(),
        speed: s.speed(),
        framing: s.framing(),
        mode: s.dice.pick(&[InsertMode::Vacant, InsertMode::Overwrite, InsertMode::Ripple]).unwrap(),
    };
    MoveClips => |s, sequence| MoveClips {
        sequence,
        clips: s.clips(),
        by: s.ticks(),
        lanes: s.dice.pick(&[0, 0, 0, 1, -1, i32::MIN]).unwrap(),
        mode: s.dice.pick(&[MoveMode::Vacant, MoveMode::Overwrite]).unwrap(),
    };
    Split => |s, sequence| Split {
        sequence,
        at: s.time(),
        scope: if s.coin() { SplitScope::Everything } else { SplitScope::Track(s.track()) },
    };
    Lift => |s, sequence| Lift { sequence, clips: s.clips() };
    RippleDelete => |s, sequence| RippleDelete { sequence, clips: s.clips() };
    RippleDeleteRange => |s, sequence| RippleDeleteRange {
        sequence,
        range: SequenceRange { start: s.time(), end: s.time() },
    };
    Trim => |s, sequence| Trim {
        sequence,
        clip: s.clip(),
        edge: s.dice.pick(&[Edge::Start, Edge::End]).unwrap(),
        to: s.time(),
        later: s.later(),
    };
    Roll => |s, sequence| Roll { sequence, clip: s.clip(), to: s.time() };
    Slip => |s, sequence| Slip { sequence, clip: s.clip(), by: s.ticks() };
    SetSpeed => |s, sequence| SetSpeed {
        sequence,
        clip: s.clip(),
        speed: s.speed(),
        later: s.later(),
    };
    SetFraming => |s, sequence| SetFraming { sequence, clip: s.clip(), framing: s.framing() };
    SetCropKey => |s, sequence| SetCropKey {
        sequence,
        clip: s.clip(),
        at: s.source_time(),
        pixels: s.pixels(),
    };
    RemoveCropKey => |s, sequence| {
        let clip = s.clip();
        let found = s.known().and_then(|sequence| sequence.clip(clip));
        let keys = match found.map(|(_, clip)| &clip.framing) {
            Some(Framing::Crop(path)) => &path.keys[..],
            Some(Framing::Fit) | None => &[],
        };
        let at = s.dice.pick(keys).map_or(s.source_time(), |key| key.at);
        RemoveCropKey { sequence, clip, at }
    };
    SetGain => |s, sequence| SetGain {
        sequence,
        clip: s.clip(),
        gain_db: s.dice.pick(&[0.0, -60.0, 24.0, 25.0, f64::NAN]).unwrap(),
    };
    SetFades => |s, sequence| SetFades {
        sequence,
        clip: s.clip(),
        fade_in: s.ticks(),
        fade_out: s.ticks(),
    };
    SetEnabled => |s, sequence| SetEnabled { sequence, clips: s.clips(), enabled: s.coin() };
    LinkClips => |s, sequence| LinkClips { sequence, clips: s.clips() };
    UnlinkClips => |s, sequence| UnlinkClips { sequence, clips: s.clips() };
    AttachCaptions => |s, sequence| AttachCaptions {
        sequence,
        media: s.media(),
        revision: s.revision(),
    };
    DetachCaptions => |s, sequence| DetachCaptions { sequence, media: s.media() };
    RemapCaptions => |s, sequence| RemapCaptions {
        sequence,
        media: s.media(),
        revision: s.revision(),
        words: (0..4).map(|_| (s.word(), s.word())).collect(),
    };
    CorrectWord => |s, sequence| CorrectWord {
        sequence,
        media: s.media(),
        word: s.word(),
        text: s.coin().then(|| s.name()),
    };
    SetWordsHidden => |s, sequence| SetWordsHidden {
        sequence,
        media: s.media(),
        words: s.words(),
        hidden: s.coin(),
    };
    SetWordsEmphasis => |s, sequence| SetWordsEmphasis {
        sequence,
        media: s.media(),
        words: s.words(),
        emphasis: s.coin(),
    };
    SetCardBreaks => |s, sequence| SetCardBreaks {
        sequence,
        media: s.media(),
        words: s.words(),
        breaks: s.coin(),
    };
    DeleteWords => |s, sequence| DeleteWords {
        sequence,
        media: s.media(),
        ranges: (0..=s.dice.roll(2)).map(|_| s.source()).collect(),
    };
    RestoreRange => |s, sequence| RestoreRange { sequence, media: s.media(), range: s.source() };
    Batch => |s, _q| {
        let others = VERBS.len() as u64 - 1;
        let edits = (0..s.dice.roll(3)).map(|_| VERBS[s.dice.roll(others) as usize](s));
        Batch { label: Label::EditSelection, edits: edits.collect() }
    };
}

/// One turn of a session. A verb is a position in [`VERBS`].
#[derive(Debug, Clone)]
enum Turn {
    Edit { verb: usize, seed: u64 },
    Undo,
    Redo,
    Keep,
    Restore,
}

fn turns(most: usize) -> impl Strategy<Value = Vec<Turn>> {
    let turn = prop_oneof![
        12 => (0..VERBS.len(), any::<u64>()).prop_map(|(verb, seed)| Turn::Edit { verb, seed }),
        1 => Just(Turn::Undo),
        1 => Just(Turn::Redo),
        1 => Just(Turn::Keep),
        1 => Just(Turn::Restore),
    ];
    prop::collection::vec(turn, 1..most)
}

/// A project in which most verbs find something to do.
fn opening() -> Project {
    let mut stage = Stage::new(
        "V1: a[0-4]&1 a[4-6]&2@8 b[6-8]*2/1@10 a[8-12]&3@20
         O1: p[1-3]
         A1: a[0-4]&1 a[4-6]&2@8 b[6-8]*2/1@10 a[8-12]&3@20
         M1: s[0-9]<1>2
         marks: x@2 y@6",
    );
    let media = stage.media('a');
    let sequence = stage.sequence;
    let revision = TranscriptRevision("r1".into());
    let attach = AttachCaptions {
        sequence,
        media,
        revision,
    };
    let (clip, shape) = (stage.clip("V1", 0), |x| PixelBox {
        x,
        y: 0.0,
        w: 607.5,
        h: 1080.0,
    });
    let key = |at, x| CropKey {
        at: SourceTime::from_secs(at),
        pixels: shape(x),
    };
    let keys = vec![key(1.0, 0.0), key(2.0, 300.0), key(2.0, 900.0)];
    let crop = SetFraming {
        sequence,
        clip,
        framing: Framing::Crop(CropPath { keys }),
    };
    stage.after(attach).after(crop).project
}

/// NaN is not equal to itself, and JSON has no way to write it.
fn crosses_json(edit: &Edit) -> bool {
    edit == &edit.clone()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn edits_keep_every_invariant(turns in turns(40)) {
        let mut history = History::new(opening());
        let mut versions = BTreeMap::new();
        let mut journal: Vec<Entry> = Vec::new();
        for turn in turns {
            let before = history.clone();
            let kind = match turn {
                Turn::Edit { verb, seed } => {
                    let edit = VERBS[verb](&mut Scene::new(history.present(), seed));
                    if history.edit(&edit).is_err() {
                        prop_assert_eq!(&history, &before, "{} was refused", name(&edit));
                        continue;
                    }
                    let found = violations(history.present());
                    prop_assert!(found.is_empty(), "{edit:?} leaves {found:?}");
                    let changed = changed_while_locked(before.present(), history.present());
                    let unlocks = matches!(edit, Edit::Batch(_));
                    prop_assert!(unlocks || changed.is_empty(), "{edit:?} changes {changed:?}");
                    prop_assert!(crosses_json(&edit), "{edit:?} is not a number and applied");
                    let json = serde_json::to_string(&edit).unwrap();
                    prop_assert_eq!(&serde_json::from_str::<Edit>(&json).unwrap(), &edit);
                    let mut back = history.clone();
                    back.undo();
                    prop_assert_eq!(back.present(), before.present(), "undo takes it back");
                    back.redo();
                    prop_assert_eq!(&back, &history, "redo does it again");
                    EntryKind::Edit(edit)
                }
                Turn::Undo if history.undo().is_some() => EntryKind::Undo,
                Turn::Redo if history.redo().is_some() => EntryKind::Redo,
                Turn::Keep => {
                    // Once, because a replay knows only the last project of a name.
                    if versions.is_empty() {
                        history.keep_version("v");
                        versions.clone_from(history.versions());
                    }
                    continue;
                }
                Turn::Restore if history.restore("v").is_ok() => EntryKind::Restore("v".into()),
                Turn::Undo | Turn::Redo | Turn::Restore => continue,
            };
            journal.push(Entry {
                seq: journal.len() as u64,
                app_version: "1".into(),
                kind,
                result_hash: hash(history.present()),
            });
        }
        let json = serde_json::to_string(history.present().as_ref()).unwrap();
        let read: Project = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&read, history.present().as_ref(), "a project survives JSON");
        prop_assert_eq!(hash(&read), hash(history.present()));

        let journal: Vec<Entry> =
            serde_json::from_str(&serde_json::to_string(&journal).unwrap()).unwrap();
        history = {
            // The live history may have kept a version that the replay is given from the start.
            let replayed = replay(opening(), versions, &journal, "1");
            prop_assert_eq!(replayed.stopped, None);
            prop_assert_eq!(replayed.history.present(), history.present());
            prop_assert!(replayed.history.past().eq(history.past()));
            replayed.history
        };
        while history.undo().is_some() {}
        prop_assert_eq!(history.present().as_ref(), &opening(), "undo leads to the beginning");
    }

    #[test]
    fn what_a_batch_creates_is_known_before(seeds in prop::collection::vec((0..VERBS.len() - 1, any::<u64>()), 1..6)) {
        let opening = opening();
        let (mut project, mut edits, mut clips) = (opening.clone(), Vec::new(), Vec::new());
        for (verb, seed) in seeds {
            let edit = VERBS[verb](&mut Scene::new(&project, seed));
            if let Ok(applied) = edit.apply_with(&project) {
                project = applied.project;
                clips.extend(applied.created.clips);
                edits.push(edit);
            }
        }
        prop_assume!(!edits.is_empty());
        let batch = Edit::from(Batch { label: Label::MakeReel, edits });
        let applied = batch.apply_with(&opening).unwrap();
        prop_assert_eq!(applied.project, project);
        prop_assert_eq!(applied.created.clips, clips);
    }

    #[test]
    fn ripples_keep_tracks_in_step(seed in any::<u64>(), verb in 0..4_usize) {
        // Every track plays the same source at the same time, and has to go on doing so.
        let stage = Stage::new(
            "V1: a[0-4]&1 a[4-6]@20 a[6-10]&2@30
             A1: a[0-4]&1 a[4-6]@20 a[6-10]&2@30
             M1: a[0-4] a[4-6]@20 a[6-10]@30",
        );
        let rippling: [fn(&mut Scene<'_>) -> Edit; 4] = [
            |s| RippleDelete { sequence: s.sequence, clips: s.clips() }.into(),
            |s| RippleDeleteRange {
                sequence: s.sequence,
                range: SequenceRange { start: s.time(), end: s.time() },
            }.into(),
            |s| DeleteWords { sequence: s.sequence, media: s.media(), ranges: vec![s.source()] }.into(),
            |s| RestoreRange { sequence: s.sequence, media: s.media(), range: s.source() }.into(),
        ];
        let edit = rippling[verb](&mut Scene::new(&stage.project, seed));
        if let Ok(project) = edit.apply(&stage.project) {
            let sequence = &project.sequences[&stage.sequence];
            let played = |position: usize| -> Vec<_> {
                let clips = &sequence.tracks[position].clips;
                clips.iter().map(|clip| (clip.start, clip.source)).collect()
            };
            prop_assert_eq!(played(0), played(1), "{:?}", &edit);
            prop_assert_eq!(played(0), played(2), "{:?}", &edit);
        }
    }
}

/// A generator that is always refused would prove nothing.
#[test]
fn every_verb_succeeds_and_fails_in_some_case() {
    let mut seen: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let opening = opening();
    let mut project = opening.clone();
    for seed in 0..60_000_u64 {
        if seed % 40 == 0 {
            project = opening.clone();
        }
        let verb = Dice(seed).roll(VERBS.len() as u64) as usize;
        let edit = VERBS[verb](&mut Scene::new(&project, seed));
        let (succeeded, failed) = seen.entry(name(&edit)).or_default();
        match edit.apply(&project) {
            Ok(after) => {
                *succeeded += 1;
                project = after;
            }
            Err(_) => *failed += 1,
        }
    }
    assert_eq!(seen.len(), VERBS.len(), "every verb is tried: {seen:?}");
    for (verb, (succeeded, failed)) in &seen {
        assert!(*succeeded > 20, "{verb} succeeds often enough: {seen:?}");
        let never_fails = ["SetTrackMuted", "SetTrackLocked"].contains(verb);
        assert!(
            *failed > 0 || never_fails,
            "{verb} is refused now and then: {seen:?}"
        );
    }
}
