//! The model that everything edits: projects, sequences, clips, captions.
//!
//! Pure data and pure functions: no files, no clock, no randomness, so that the window (WASM) and
//! the engine compute the same results.
//!
//! Terms: a *source* or *media* is a file that clips play; a *sequence* is tracks that play
//! together, and a *reel* is a [`Sequence`](project::Sequence); a *clip* is a stretch of a source
//! on a track; a *link* joins clips that move together; *ripple* moves everything later on all
//! tracks; a *step* is what one undo takes back.
//!
//! Map: [`ids`] identities · [`time`] sequence time · [`project`] the document · [`crop`] crop
//! paths · [`caption`] captions bound to words · [`style`] style presets · [`edit`] everything that
//! can be done · [`placed_words`](project::Sequence::placed_words) the words as the cut plays them ·
//! [`violations`] the invariants · [`history`] undo and redo · [`journal`] what is written down.
//!
//! # Invariants
//!
//! Hold before and after every edit; [`violations()`](violations::violations) checks them.
//!
//!  1. Every identity is used once, is below [`next_id`](project::Project::next_id), and is the
//!     key it is stored under.
//!  2. Every time in a sequence is between 0 and 147 days (2⁵³ ticks).
//!  3. Sequences and presets have names without spaces around them; those of presets differ.
//!  4. A source lasts longer than 0 and at most 147 days; its picture has a size and a rate.
//!  5. A frame's width and height are even and above 0, and its rate is above 0.
//!  6. A clip's source exists and has what the track carries: a picture or sound.
//!  7. A clip plays a part of its source that is not empty and within it, for at least a tick.
//!  8. A clip's speed is within a hundredth and a hundred, in lowest terms up to 10,000.
//!  9. The clips of a track are sorted by start and do not overlap.
//! 10. A crop path has keys in order, at most two at a time, each box within the picture (by half
//!     a pixel) and of the frame's shape (by 1 %); sound is not cropped.
//! 11. A clip's gain is within −60..=24 dB.
//! 12. A clip's fades are not negative, and together no longer than the clip.
//! 13. A link joins at least two clips, all of one sequence.
//! 14. Captions are of a source of the project and name a transcript; a correction changes
//!     something, and its text is not blank.
//! 15. A sequence's preset exists.
//! 16. A sequence's markers are sorted by time.
//! 17. A preset's sizes, weight, anchor and limits are in their ranges, and so is a sequence's
//!     anchor.
//!
//! # Example
//!
//! A source, a reel in it, and one undo:
//!
//! ```
//! use timeline::edit::{AddMedia, AddSequence, Edit, InsertClip, InsertMode, NewMedia};
//! use timeline::history::History;
//! use timeline::project::{Format, Framing, MediaVideo, Project, Speed, TrackKind};
//! use timeline::time::SequenceTime;
//! use timeline::{FrameRate, SourceRange, Ticks};
//!
//! let rate = FrameRate { num: 25, den: 1 };
//! let mut history = History::new(Project::default());
//! let source = NewMedia {
//!     path: "talk.mp4".into(),
//!     fingerprint: footage::Fingerprint("0a1b".into()),
//!     duration: Ticks::from_secs(60.0),
//!     video: Some(MediaVideo { width: 1920, height: 1080, rate }),
//!     audio: true,
//! };
//! let media = history.edit(&Edit::AddMedia(AddMedia { source }))?.media[0];
//! let reel = history.edit(&Edit::AddSequence(AddSequence {
//!     name: "First reel".into(),
//!     format: Format { width: 1080, height: 1920, rate },
//!     tracks: vec![TrackKind::Video, TrackKind::Voice],
//! }))?;
//! history.edit(&Edit::InsertClip(InsertClip {
//!     sequence: reel.sequences[0],
//!     tracks: reel.tracks,
//!     at: SequenceTime::ZERO,
//!     media,
//!     source: SourceRange::from_secs(12.0, 30.0),
//!     speed: Speed::NORMAL,
//!     framing: Framing::Fit,
//!     mode: InsertMode::Vacant,
//! }))?;
//! let reel = &history.present().sequences[&reel.sequences[0]];
//! assert_eq!(reel.duration(), Ticks::from_secs(18.0));
//! history.undo();
//! assert_eq!(history.past().count(), 2);
//! # Ok::<(), timeline::edit::EditError>(())
//! ```

pub mod caption;
pub mod crop;
pub mod edit;
pub mod history;
pub mod ids;
pub mod journal;
mod placed;
pub mod project;
pub mod style;
pub mod time;
pub mod violations;

pub use footage::time::{FrameRate, SourceRange, SourceTime, Ticks};
