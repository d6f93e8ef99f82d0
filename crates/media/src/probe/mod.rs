//! What a file holds: streams, their form, and how long they last.
//!
//! Packets are read and parsed, never decoded: small files whole, large ones at both ends.

pub(crate) mod describe;
mod text;

use std::path::Path;

use footage::streams::{StreamKind, Streams};
use footage::time::{SourceTime, Ticks};
use gstreamer as gst;
use serde::{Deserialize, Serialize};
use task::Cancel;

pub use text::read_text_stream;

use crate::error::{Error, Result};
use crate::reader::scan::{Extent, Scan, scan};
use crate::reader::{check_file, no_such_identity, same_stream};

/// Files up to this size are read whole by [`probe`]: it takes under a second.
const WHOLE_BELOW: u64 = 192 << 20;

/// Which streams to use, by their position among the streams of their kind; `None` leaves the
/// choice to the rule: of those that an installed decoder takes, the video of the largest area, then
/// the default flag, then the first; the audio with the default flag, then most channels, then the
/// first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamChoice {
    /// Position of the video stream, from 0.
    pub video: Option<usize>,
    /// Position of the audio stream, from 0.
    pub audio: Option<usize>,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// Every stream, and the chosen ones.
    pub streams: Streams,
    /// Length over the chosen streams, edit lists applied.
    pub duration: Ticks,
    /// Running time of source time 0 when the file is read from its start: the earliest presentation
    /// over the chosen streams.
    pub origin: Ticks,
}

/// Reads what `path` holds.
///
/// Fails when the file cannot be read, holds neither moving pictures nor sound, or no decoder for
/// a chosen stream is installed.
pub fn probe(path: &Path, choice: &StreamChoice) -> Result<Probe> {
    probe_reading_whole(path, choice, WHOLE_BELOW)
}

/// See [`probe`]; files of up to `whole_below` bytes are read whole at once.
fn probe_reading_whole(path: &Path, choice: &StreamChoice, whole_below: u64) -> Result<Probe> {
    let size = check_file(path)?;
    let cancel = Cancel::new();
    let mut found = if size <= whole_below {
        scan(path, Extent::Whole, &cancel)?
    } else {
        scan(path, Extent::Ends, &cancel)?
    };
    let mut streams = describe::streams(&mut found);
    choose(&mut streams, &found, choice)?;
    let no_length = chosen_lengths(&found, &streams).is_none();
    if !found.whole && (no_length || !reaches_tail(&found, &streams)) {
        // Neither the tail nor a true declared length: only reading on tells.
        found = scan(path, Extent::Whole, &cancel)?;
        streams = describe::streams(&mut found);
        choose(&mut streams, &found, choice)?;
    }
    if streams.video.is_none() && streams.audio.is_none() {
        return Err(no_streams(found));
    }
    for position in [streams.video, streams.audio].into_iter().flatten() {
        if let Some(seen) = found.streams.get(position) {
            require_decoder(seen.caps.as_ref(), found.missing.as_ref())?;
        }
    }
    let video = streams.video.and_then(|at| found.streams.get(at));
    let untimed = match video {
        Some(seen) if seen.media_type().starts_with("image/") => Error::StillPicture,
        Some(_) => Error::Untimed,
        None => Error::Corrupt {
            detail: "no packet of the chosen sound has a time".to_owned(),
        },
    };
    let video = streams.video.and_then(|at| found.streams.get_mut(at));
    if video.is_some_and(|seen| seen.count > 2 && seen.times.is_still()) {
        // Parsers time the first packet of a bare stream, and no other.
        return Err(untimed);
    }
    let (origin, end) = chosen_lengths(&found, &streams).ok_or(untimed)?;
    for (position, stream) in streams.all.iter_mut().enumerate() {
        let start = found.streams.get(position).and_then(|seen| seen.start);
        if let (StreamKind::Audio(audio), Some(start)) = (&mut stream.kind, start) {
            audio.start = SourceTime(Ticks::from_nanos(start - origin).0);
        }
    }
    Ok(Probe {
        streams,
        duration: Ticks::from_nanos(end - origin),
        origin: Ticks::from_nanos(origin),
    })
}

/// Returns the earliest running time over the chosen streams of a file that was probed before.
/// Fails when the file does not hold all of them: it is another one, or was written anew.
pub(crate) fn origin(path: &Path, streams: &Streams, cancel: &Cancel) -> Result<i64> {
    let found = scan(path, Extent::Head, cancel)?.streams;
    let mut earliest = None;
    for id in chosen_ids(streams) {
        let seen = found
            .iter()
            .find(|seen| same_stream(&id, &seen.id))
            .ok_or_else(|| no_such_identity(path, found.len()))?;
        earliest = earliest.into_iter().chain(seen.start).min();
    }
    Ok(earliest.unwrap_or(0))
}

/// Returns the identities of the chosen streams.
pub(crate) fn chosen_ids(streams: &Streams) -> Vec<String> {
    [streams.video, streams.audio]
        .into_iter()
        .flatten()
        .filter_map(|position| streams.all.get(position))
        .map(|stream| stream.id.clone())
        .collect()
}

fn no_streams(found: Scan) -> Error {
    let unreadable = found
        .streams
        .iter()
        .filter(|seen| {
            ["video/", "audio/"]
                .iter()
                .any(|kind| seen.media_type().starts_with(kind))
        })
        .find_map(|seen| require_decoder(seen.caps.as_ref(), None).err());
    found
        .missing
        .or(unreadable)
        .or(found.broken)
        .unwrap_or(Error::NoStreams)
}

/// Returns whether the jump to the tail found packets of the chosen video, or else sound. There are
/// none where the file ends before the length that it declares.
fn reaches_tail(found: &Scan, streams: &Streams) -> bool {
    let leading = streams.video.or(streams.audio);
    match leading.and_then(|position| found.streams.get(position)) {
        // A file that does not seek can only be believed.
        Some(seen) if seen.sought => seen.in_tail.is_some_and(|count| count > 0),
        _ => true,
    }
}

/// Returns first start and last end over the chosen streams in nanoseconds.
fn chosen_lengths(found: &Scan, streams: &Streams) -> Option<(i64, i64)> {
    let positions: Vec<usize> = [streams.video, streams.audio]
        .into_iter()
        .flatten()
        .collect();
    let origin = found.origin(&positions);
    let mut end = None;
    for &position in &positions {
        let seen = found.streams.get(position)?;
        let stream = streams.all.get(position)?;
        let last = seen.end.map(|end| {
            // Some demuxers leave the last frame's duration out.
            let frame = match &stream.kind {
                StreamKind::Video(video) => video.rate.map_or(0, |r| r.frame_duration().nanos()),
                StreamKind::Audio(_) | StreamKind::Text { .. } | StreamKind::Other => 0,
            };
            match seen.last_start {
                Some(start) => end.max(start + frame),
                None => end,
            }
        });
        end = end.max(last);
    }
    let mut end = end?;
    if !found.whole && found.streams.iter().all(|seen| !seen.sought) {
        end = end.max(found.declared?);
    }
    Some((origin, end))
}

fn choose(streams: &mut Streams, found: &Scan, choice: &StreamChoice) -> Result<()> {
    let decodes = |position: usize| {
        let seen = found.streams.get(position);
        seen.is_some_and(|seen| require_decoder(seen.caps.as_ref(), None).is_ok())
    };
    let videos: Vec<(usize, u64, bool)> = streams
        .all
        .iter()
        .enumerate()
        .filter_map(|(position, stream)| match &stream.kind {
            StreamKind::Video(video) => Some((
                position,
                u64::from(video.width) * u64::from(video.height),
                stream.default,
            )),
            StreamKind::Audio(_) | StreamKind::Text { .. } | StreamKind::Other => None,
        })
        .collect();
    let audios: Vec<(usize, bool, u32)> = streams
        .all
        .iter()
        .enumerate()
        .filter_map(|(position, stream)| match &stream.kind {
            StreamKind::Audio(audio) => Some((position, stream.default, audio.channels)),
            StreamKind::Video(_) | StreamKind::Text { .. } | StreamKind::Other => None,
        })
        .collect();
    // `max_by_key` keeps the last of equals: the reversed position makes that the first.
    streams.video = match choice.video {
        None => videos
            .iter()
            .max_by_key(|&&(position, area, default)| {
                let first = std::cmp::Reverse(position);
                (decodes(position), area, default, first)
            })
            .map(|video| video.0),
        Some(index) => Some(
            videos
                .get(index)
                .ok_or_else(|| no_such("video", index, videos.len()))?
                .0,
        ),
    };
    streams.audio = match choice.audio {
        None => audios
            .iter()
            .max_by_key(|&&(position, default, channels)| {
                let first = std::cmp::Reverse(position);
                (decodes(position), default, channels, first)
            })
            .map(|audio| audio.0),
        Some(index) => Some(
            audios
                .get(index)
                .ok_or_else(|| no_such("audio", index, audios.len()))?
                .0,
        ),
    };
    Ok(())
}

fn no_such(stream: &str, index: usize, count: usize) -> Error {
    Error::NoSuchStream {
        stream: stream.to_owned(),
        index,
        count,
    }
}

/// Checks that some installed decoder takes `caps`.
fn require_decoder(caps: Option<&gst::Caps>, missing: Option<&Error>) -> Result<()> {
    let Some(caps) = caps else {
        return Err(missing.cloned().unwrap_or(Error::Corrupt {
            detail: "a stream has no description".to_owned(),
        }));
    };
    if caps
        .structure(0)
        .is_some_and(|s| s.name().ends_with("/x-raw"))
    {
        return Ok(());
    }
    let decoders = gst::ElementFactory::factories_with_type(
        gst::ElementFactoryType::DECODER,
        gst::Rank::MARGINAL,
    );
    if decoders
        .iter()
        .any(|factory| factory.can_sink_any_caps(caps))
    {
        Ok(())
    } else {
        Err(Error::no_decoder(caps))
    }
}

#[cfg(test)]
mod tests {
    use testkit::Clip;

    use super::*;

    #[test]
    fn mpeg_streams_last_as_long_by_their_ends() {
        let folder = tempfile::tempdir().unwrap();
        for (container, codecs) in [
            (
                "ts",
                "-c:v libx264 -preset ultrafast -x264-params nal-hrd=cbr",
            ),
            ("mpg", "-c:v mpeg2video"),
        ] {
            // Stuffed, so that the file is not read to its end before the jump.
            let clip = Clip::new("mpeg")
                .video("testsrc2=s=160x90:r=25:d=40")
                .audio("sine=d=40")
                .options(codecs)
                .options("-b:v 8M -minrate 8M -maxrate 8M -bufsize 1M -pix_fmt yuv420p")
                .options("-g 25 -c:a mp2")
                .container(container)
                .file(folder.path())
                .unwrap();
            for whole_below in [0, u64::MAX] {
                let found = probe_reading_whole(&clip, &StreamChoice::default(), whole_below);
                let secs = found.unwrap().duration.secs();
                assert!(
                    (secs - 40.0).abs() < 0.1,
                    "{container} of 40 s: {secs} s, read whole below {whole_below}"
                );
            }
        }
    }

    #[test]
    fn a_truncated_file_lasts_as_long_as_what_is_left() {
        let folder = tempfile::tempdir().unwrap();
        for (container, index) in [("mkv", "-g 25"), ("mp4", "-g 25 -movflags +faststart")] {
            let whole = Clip::new("whole")
                .video("testsrc2=s=160x90:r=25:d=60")
                .audio("sine=d=60")
                .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac")
                .options(index)
                .container(container)
                .file(folder.path())
                .unwrap();
            let secs = |path: &Path, whole_below| {
                let found = probe_reading_whole(path, &StreamChoice::default(), whole_below);
                found.unwrap().duration.secs()
            };
            let by_its_ends = secs(&whole, 0);
            assert!(
                (by_its_ends - 60.0).abs() < 0.1,
                "{container}: {by_its_ends} s"
            );

            let bytes = std::fs::read(&whole).unwrap();
            let cut = folder.path().join(format!("cut.{container}"));
            let left = bytes.get(..bytes.len() * 6 / 10).unwrap();
            std::fs::write(&cut, left).unwrap();
            let (by_its_ends, read) = (secs(&cut, 0), secs(&cut, u64::MAX));
            assert!((20.0..50.0).contains(&read), "{container}: {read} s");
            assert!(
                (by_its_ends - read).abs() < 0.05,
                "{container}: {by_its_ends} s by its ends, {read} s as a whole"
            );
        }
    }
}
