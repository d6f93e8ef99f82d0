//! Who speaks when, of those who are seen: the one whose mouth moves while a voice is heard.
//!
//! Each step between two samples of faces tells how much every mouth moved. Over a shot the course
//! of speakers is taken that explains most of the movement during speech; going over to another
//! costs as much as the movement of a part of a second, less after a pause, so that one smile of a
//! listener takes nobody's turn.
//!
//! ```
//! use footage::picture::TrackId;
//! # fn shown(analysis: &footage::Analysis) {
//! for turn in story::speaking::turns(analysis) {
//!     println!("{:?} speaks from {:.1} s", turn.track, turn.range.start.secs());
//! }
//! # }
//! ```

use footage::Analysis;
use footage::picture::TrackId;
use footage::time::{SourceRange, SourceTime};

use crate::framing::samples_in;

/// What going over to another speaker costs, in seconds of movement that is all one's own.
const HANDOVER: f64 = 0.45;
/// The same where nobody speaks for [`PAUSE_SECS`].
const HANDOVER_AFTER_PAUSE: f64 = 0.12;
/// A pause after which another may well speak.
const PAUSE_SECS: f64 = 0.25;
/// Movement below which a mouth rests: a face that is filmed is never quite still.
const RESTS: f64 = 0.02;

/// A stretch of speech by one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Who.
    pub track: TrackId,
    /// When.
    pub range: SourceRange,
}

/// What is seen and heard from one sample of faces to the next.
struct Step {
    range: SourceRange,
    /// Seconds of speech.
    speech: f64,
    /// Movement of each person's mouth; `None` for who is not seen.
    mouths: Vec<Option<f64>>,
}

impl Step {
    /// Returns how much a person's mouth moved; `None` for who is not seen.
    fn mouth(&self, person: usize) -> Option<f64> {
        self.mouths.get(person).copied().flatten()
    }
}

/// Returns who speaks when, in order of time. Where no seen mouth moves during speech, nobody does.
pub fn turns(analysis: &Analysis) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for shot in shots(analysis) {
        let (people, steps) = steps(analysis, shot);
        let course = course(people.len(), &steps);
        for (step, speaker) in steps.iter().zip(course) {
            let Some(track) = speaker.and_then(|index| people.get(index)) else {
                continue;
            };
            let spoken = analysis.speech.iter();
            for range in spoken.filter_map(|speech| speech.intersection(step.range)) {
                match turns.last_mut() {
                    Some(last) if last.track == *track && last.range.end == range.start => {
                        last.range.end = range.end;
                    }
                    _ => turns.push(Turn {
                        track: *track,
                        range,
                    }),
                }
            }
        }
    }
    turns
}

fn shots(analysis: &Analysis) -> Vec<SourceRange> {
    if analysis.shots.is_empty() {
        return vec![SourceRange::new(
            SourceTime::ZERO,
            SourceTime::ZERO + analysis.duration,
        )];
    }
    analysis.shots.iter().map(|shot| shot.range).collect()
}

/// Returns the people of a shot, and the steps between its samples.
fn steps(analysis: &Analysis, shot: SourceRange) -> (Vec<TrackId>, Vec<Step>) {
    let samples = samples_in(&analysis.faces, shot);
    let faces = samples.iter().flat_map(|sample| &sample.boxes);
    let mut people: Vec<TrackId> = faces.map(|face| face.track).collect();
    people.sort_unstable();
    people.dedup();
    // No sample follows the last one of a shot: its step reaches to the shot's end.
    let last = samples.last().map(|sample| sample.time);
    let steps = samples
        .windows(2)
        .filter_map(|pair| {
            let [before, after] = pair else {
                return None;
            };
            let end = if Some(after.time) == last {
                shot.end
            } else {
                after.time
            };
            let range = SourceRange::new(before.time, end);
            let heard = analysis.speech.iter();
            let heard = heard.filter_map(|speech| speech.intersection(range));
            let moved = |track: &TrackId| {
                let face = after.boxes.iter().find(|face| face.track == *track)?;
                Some(f64::from(face.mouth))
            };
            Some(Step {
                range,
                speech: heard.map(|part| part.duration().secs()).sum(),
                mouths: people.iter().map(moved).collect(),
            })
        })
        .collect();
    (people, steps)
}

/// Returns the speaker of each step: the course that explains most movement.
fn course(people: usize, steps: &[Step]) -> Vec<Option<usize>> {
    let mut gains = vec![0.0_f64; people];
    let mut came_from: Vec<Vec<usize>> = Vec::with_capacity(steps.len());
    for step in steps {
        let pause = step.range.duration().secs() - step.speech >= PAUSE_SECS;
        let handover = if pause {
            HANDOVER_AFTER_PAUSE
        } else {
            HANDOVER
        };
        let best = best_of(&gains);
        let (next, from): (Vec<f64>, Vec<usize>) = gains
            .iter()
            .enumerate()
            .map(|(person, gain)| {
                let other = best.and_then(|best| Some((best, gains.get(best)? - handover)));
                let (from, so_far) = match other {
                    Some((best, after)) if after > *gain => (best, after),
                    _ => (person, *gain),
                };
                (so_far + share(step, person) * step.speech, from)
            })
            .unzip();
        gains = next;
        came_from.push(from);
    }
    let mut person = best_of(&gains);
    let mut course: Vec<Option<usize>> = Vec::with_capacity(steps.len());
    for (step, from) in steps.iter().zip(&came_from).rev() {
        course.push(person.filter(|person| step.speech > 0.0 && speaks(step, *person)));
        person = person.and_then(|person| from.get(person).copied());
    }
    course.reverse();
    course
}

fn best_of(gains: &[f64]) -> Option<usize> {
    let all = gains.iter().enumerate();
    all.max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)))
        .map(|(person, _)| person)
}

/// Returns a person's part of all the movement of a step, −0.5 for who is not seen.
fn share(step: &Step, person: usize) -> f64 {
    let all: f64 = step.mouths.iter().flatten().sum();
    match step.mouth(person) {
        Some(own) => own / (all + RESTS),
        None => -0.5,
    }
}

/// A mouth that closes for a step, as for a pause, still speaks; one that is not seen does not.
fn speaks(step: &Step, person: usize) -> bool {
    step.mouth(person).is_some()
}

#[cfg(test)]
mod tests {
    use footage::picture::{FaceBox, FaceSample, PixelBox, Shot, Transition};

    use super::*;
    use crate::testing::quiet;

    /// Two people; each letter is half a second in which the left, the right, both, or nobody moves
    /// the mouth. Returns who speaks at each letter.
    fn check(drawing: &str, speech: &[(f64, f64)], expect: &str, reason: &str) {
        let secs = drawing.len() as f64 / 2.0;
        let mut analysis = quiet(secs);
        analysis.speech = speech
            .iter()
            .map(|(from, to)| SourceRange::from_secs(*from, *to))
            .collect();
        analysis.shots = vec![Shot {
            range: SourceRange::from_secs(0.0, secs),
            transition_in: Transition::None,
        }];
        let still = std::iter::once('.');
        analysis.faces = still
            .chain(drawing.chars())
            .enumerate()
            .map(|(index, letter)| {
                let face = |track, moves: &str| FaceBox {
                    pixels: PixelBox::default(),
                    score: 0.9,
                    track: TrackId(track),
                    mouth: if moves.contains(letter) { 0.15 } else { 0.012 },
                };
                FaceSample {
                    time: SourceTime::from_secs(index as f64 / 2.0),
                    boxes: vec![face(0, "lb"), face(1, "rb")],
                }
            })
            .collect();
        let turns = turns(&analysis);
        let found: String = (0..drawing.len())
            .map(|index| {
                let at = SourceTime::from_secs(index as f64 / 2.0 + 0.25);
                let turn = turns.iter().find(|turn| turn.range.contains(at));
                turn.map_or('.', |turn| if turn.track == TrackId(0) { 'l' } else { 'r' })
            })
            .collect();
        assert_eq!(found, expect, "{drawing}: {reason}");
    }

    #[test]
    fn the_mouth_that_moves_speaks() {
        let all = [(0.0, 6.0)];
        check("llllllrrrrrr", &all, "llllllrrrrrr", "each has a turn");
        check(
            "llllllrlllll",
            &all,
            "llllllllllll",
            "a smile takes no turn",
        );
        check("lllbbllrrrrr", &all, "lllllllrrrrr", "both at once");
        check(
            "rrrr....rrrr",
            &all,
            "rrrrrrrrrrrr",
            "a moment without movement",
        );
    }

    #[test]
    fn only_speech_has_a_speaker() {
        let parts = [(0.0, 2.0), (4.0, 6.0)];
        check(
            "llllllllrrrr",
            &parts,
            "llll....rrrr",
            "chewing is no speech",
        );
        check(
            "llllrrrrllll",
            &parts,
            "llll....llll",
            "nor is a listener's laugh",
        );
        check("llllllllllll", &[], "............", "nobody is heard");
    }
}
