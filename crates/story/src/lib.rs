//! Pure algorithms on what was measured: the best moments with reasons, crops, captions.
//!
//! Nothing here reads files or clocks; the same input gives the same output, natively and in WASM.
//!
//! Terms: a *sentence* is a run of words that ends with punctuation or a pause · a *candidate* is
//! a moment that could become a reel · a *part* of its score is one measured quality in 0..=1 ·
//! a *reason* says in words what a part saw · a *wish* is the user's free text that steers.
//!
//! Map: [`subtitles`] files to words · [`sounds`] laughter and music in brackets · [`sentences`]
//! words to sentences · [`wish`] sentences to relevance · [`candidates`] all of it to moments ·
//! [`text`] what is known about French and English · [`tracking`] detections to face tracks ·
//! [`speaking`] mouths to speakers ·
//! [`framing`] faces to crop paths · [`cards`] placed words to captions · [`export`] caption files ·
//! [`typography`] French spacing.
//!
//! ```
//! use footage::words::TranscriptOrigin;
//!
//! let file = story::subtitles::parse("1\n00:00:01,000 --> 00:00:02,000\nWhy? [laughter]\n")?;
//! let origin = TranscriptOrigin::Sidecar { name: "talk.srt".into() };
//! let heard = story::subtitles::transcript_from_cues(&file.cues, &[], origin, Some("en"));
//! assert_eq!(heard.transcript.words[0].text, "Why?");
//! assert_eq!(heard.sounds[0].kind, story::sounds::SoundKind::Laughter);
//! # Ok::<(), story::subtitles::SubtitleError>(())
//! ```

pub mod candidates;
pub mod cards;
pub mod export;
pub mod framing;
pub mod sentences;
pub mod sounds;
pub mod speaking;
pub mod subtitles;
#[cfg(test)]
mod testing;
pub mod text;
pub mod tracking;
pub mod typography;
pub mod wish;
