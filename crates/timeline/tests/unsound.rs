//! A project broken by hand for every invariant.

use std::sync::Arc;

use footage::time::FrameRate;
use footage::words::{TranscriptRevision, WordId};
use timeline::caption::{Captions, Correction};
use timeline::crop::CropPath;
use timeline::edit::*;
use timeline::ids::{ClipId, LinkId, MarkerId, MediaId, PresetId, TrackId};
use timeline::project::{Clip, Framing, Marker, Media, Project, Sequence, Speed, Track};
use timeline::style::{CaptionStyle, Color, Highlight, StylePreset};
use timeline::violations::{MAX_TIME, Place, Rule, violations};
use timeline::{SourceTime, Ticks};

use crate::stage::{Stage, at, secs};

struct Broken(Stage);

impl Broken {
    fn new() -> Self {
        let mut stage = Stage::new(
            "V1: a[0-4]&1 b[4-8]
             A1: a[0-4]&1
             marks: x@1 y@2",
        );
        let sequence = stage.sequence;
        let media = stage.media('a');
        let revision = TranscriptRevision("r1".into());
        let stage = stage.after(AttachCaptions {
            sequence,
            media,
            revision,
        });
        let caption = style();
        let preset = NewPreset {
            name: "bold".into(),
            description: String::new(),
            caption,
        };
        let stage = stage.after(AddPreset { preset });
        let preset = stage.project.presets.keys().next().copied();
        Self(stage.after(SetSequencePreset { sequence, preset }))
    }

    fn project(&mut self) -> &mut Project {
        &mut self.0.project
    }

    fn sequence(&mut self) -> &mut Sequence {
        let sequence = self.0.sequence;
        Arc::make_mut(self.0.project.sequences.get_mut(&sequence).unwrap())
    }

    fn track(&mut self, position: usize) -> &mut Track {
        Arc::make_mut(&mut self.sequence().tracks[position])
    }

    fn clip(&mut self) -> &mut Clip {
        &mut self.track(0).clips[0]
    }

    fn media(&mut self) -> &mut Media {
        let media = self.0.media('a');
        Arc::make_mut(self.0.project.media.get_mut(&media).unwrap())
    }

    fn preset(&mut self) -> &mut StylePreset {
        Arc::make_mut(self.0.project.presets.values_mut().next().unwrap())
    }

    fn captions(&mut self) -> &mut Captions {
        self.sequence().captions.values_mut().next().unwrap()
    }
}

pub(crate) fn style() -> CaptionStyle {
    CaptionStyle {
        font_family: "Sans".into(),
        font_weight: 800,
        font_size: 72.0,
        line_height: 1.2,
        text_color: Color::rgb(255, 255, 255),
        highlight: Highlight::Color,
        highlight_color: Color::rgb(255, 200, 0),
        emphasis_color: Color::rgb(0, 200, 255),
        outline_color: Color::rgb(0, 0, 0),
        outline: 6.0,
        background: None,
        uppercase: false,
        anchor: 0.7,
        max_lines: 2,
        max_chars: 24,
    }
}

/// Returns the ways to break a rule. Exhaustive, so that a rule without one does not compile.
#[expect(clippy::too_many_lines, reason = "a table")]
fn ways(rule: Rule) -> Vec<fn(&mut Broken)> {
    match rule {
        Rule::Identities => vec![
            |b| b.project().next_id = 3,
            |b| b.project().next_id = u64::MAX,
            |b| b.clip().id = ClipId(b.0.sequence.0),
            |b| b.media().id = MediaId(1000),
            |b| b.preset().id = PresetId(b.0.project.next_id),
            |b| b.track(1).id = TrackId(1 << 40),
            |b| b.sequence().markers[0].id = b.sequence().markers[1].id,
            |b| {
                let link = Some(LinkId(b.0.sequence.0));
                b.track(0).clips[0].link = link;
                b.track(1).clips[0].link = link;
            },
        ],
        Rule::Times => vec![
            |b| b.clip().start = at(-1.0),
            |b| b.track(0).clips[1].start.0 = MAX_TIME - 1,
            |b| b.track(0).clips[1].start.0 = i64::MAX,
            |b| b.sequence().markers[0].at = at(-1.0),
        ],
        Rule::Names => vec![
            |b| b.sequence().name.clear(),
            |b| b.sequence().name = " Reel".into(),
            |b| b.preset().name.clear(),
            |b| {
                let mut preset = b.preset().clone();
                preset.id = PresetId(b.0.project.next_id);
                b.project().next_id += 1;
                b.project().presets.insert(preset.id, Arc::new(preset));
            },
        ],
        Rule::MediaWhole => vec![
            |b| b.media().duration = Ticks::ZERO,
            |b| b.media().duration = Ticks(MAX_TIME + 1),
            |b| b.media().video.as_mut().unwrap().width = 0,
            |b| b.media().video.as_mut().unwrap().rate.den = 0,
        ],
        Rule::FormatEven => vec![
            |b| b.sequence().format.width = 1081,
            |b| b.sequence().format.height = 0,
            |b| b.sequence().format.rate = FrameRate { num: 0, den: 1 },
        ],
        Rule::ClipMedia => vec![
            |b| b.clip().media = MediaId(1000),
            |b| b.media().video = None,
            |b| b.media().audio = false,
        ],
        Rule::ClipSource => vec![
            |b| b.clip().source.end = b.clip().source.start,
            |b| b.clip().source.start = SourceTime(-1),
            |b| b.track(0).clips[1].source.end = SourceTime::from_secs(101.0),
            |b| b.clip().source.end = SourceTime(i64::MAX),
            |b| {
                let clip = b.clip();
                clip.speed = Speed { num: 2, den: 1 };
                clip.source.end = clip.source.start + Ticks(1);
            },
        ],
        Rule::ClipSpeed => vec![
            |b| b.clip().speed.num = 0,
            |b| b.clip().speed.den = 0,
            |b| b.clip().speed.num = 101,
            |b| b.clip().speed.den = 101,
            |b| b.clip().speed = Speed { num: 2, den: 2 },
            |b| {
                b.clip().speed = Speed {
                    num: 10_001,
                    den: 10_000,
                }
            },
        ],
        Rule::ClipsApart => vec![|b| b.track(0).clips[1].start = at(3.9), |b| {
            b.track(0).clips.swap(0, 1);
        }],
        Rule::ClipFraming => vec![
            |b| b.clip().framing = Framing::Crop(CropPath::default()),
            |b| {
                let whole = footage::picture::PixelBox {
                    x: 0.0,
                    y: 0.0,
                    w: 607.5,
                    h: 1080.0,
                };
                b.track(1).clips[0].framing = Framing::Crop(CropPath::still(whole));
            },
        ],
        Rule::ClipGain => vec![|b| b.clip().gain_db = 24.1, |b| b.clip().gain_db = f64::NAN],
        Rule::ClipFades => vec![
            |b| b.clip().fade_in = Ticks(-1),
            |b| b.clip().fade_out = secs(4.1),
            |b| b.clip().fade_in = Ticks(i64::MAX),
            |b| {
                b.clip().fade_in = secs(2.1);
                b.clip().fade_out = secs(2.1);
            },
        ],
        Rule::Links => vec![|b| b.clip().link = None, |b| {
            let copy = DuplicateSequence {
                sequence: b.0.sequence,
                name: "Copy".into(),
            };
            b.0 = b.0.after(copy);
            let links: Vec<_> = b
                .sequence()
                .tracks
                .iter()
                .map(|t| t.clips[0].link)
                .collect();
            let copy = b.0.project.sequences.values_mut().last().unwrap();
            for (track, link) in Arc::make_mut(copy).tracks.iter_mut().zip(links) {
                Arc::make_mut(track).clips[0].link = link;
            }
        }],
        Rule::CaptionsBound => vec![
            |b| {
                b.sequence()
                    .captions
                    .insert(MediaId(1000), Captions::default());
            },
            |b| b.captions().revision.0.clear(),
            |b| {
                b.captions()
                    .corrections
                    .insert(WordId(0), Correction::default());
            },
            |b| {
                let text = Some(" ".into());
                let blank = Correction {
                    text,
                    ..Correction::default()
                };
                b.captions().corrections.insert(WordId(0), blank);
            },
        ],
        Rule::PresetKnown => vec![|b| b.sequence().preset = Some(PresetId(1000))],
        Rule::MarkersInOrder => vec![|b| b.sequence().markers.swap(0, 1)],
        Rule::StyleDrawable => vec![
            |b| b.preset().caption.font_family.clear(),
            |b| b.preset().caption.font_weight = 99,
            |b| b.preset().caption.font_size = f64::INFINITY,
            |b| b.preset().caption.line_height = 0.0,
            |b| b.preset().caption.outline = -1.0,
            |b| b.preset().caption.anchor = 1.1,
            |b| b.sequence().caption_anchor = Some(f64::NAN),
            |b| b.preset().caption.max_lines = 0,
            |b| b.preset().caption.max_chars = 0,
        ],
    }
}

#[test]
fn every_rule_is_noticed_where_it_is_broken() {
    for rule in Rule::ALL.iter().copied() {
        for (position, way) in ways(rule).into_iter().enumerate() {
            let mut broken = Broken::new();
            way(&mut broken);
            let found = violations(&broken.0.project);
            let is_found = found.iter().any(|violation| violation.rule == rule);
            assert!(is_found, "way {position} of {rule:?} is noticed: {found:?}");
        }
    }
}

#[test]
fn a_sound_project_has_no_violations() {
    assert_eq!(violations(&Broken::new().0.project), []);
    assert_eq!(violations(&Project::default()), []);
}

#[test]
fn a_violation_says_what_and_where() {
    let mut broken = Broken::new();
    let id = MarkerId(b_id(&mut broken));
    let found = violations(&broken.0.project);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].place, Place::Marker(id));
    assert_eq!(
        found[0].to_string(),
        format!("rule 2 at Marker({id:?}): {}", Rule::Times.text())
    );
}

/// Puts a marker before the start and returns its identity.
fn b_id(broken: &mut Broken) -> u64 {
    let id = broken.0.project.next_id;
    broken.project().next_id += 1;
    let marker = Marker {
        id: MarkerId(id),
        at: at(-1.0),
        label: String::new(),
    };
    broken.sequence().markers.insert(0, marker);
    id
}

#[test]
fn rules_are_numbered_as_the_documentation_lists_them() {
    let docs = include_str!("../src/lib.rs");
    for (rule, number) in Rule::ALL.iter().zip(1..) {
        assert_eq!(rule.number(), number);
        let listed = docs.lines().any(|line| {
            let line = line.trim_start_matches("//!").trim_start();
            line.starts_with(&format!("{number}. "))
        });
        assert!(listed, "rule {number} is in the crate's documentation");
    }
}
