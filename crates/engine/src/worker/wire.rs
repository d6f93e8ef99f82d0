//! What crosses between the studio and its preview worker.
//!
//! To the worker, on its standard input: lines of JSON, the first one
//! [`Request::Preview`](super::Request::Preview), then [`Command`]s. From the worker, on its standard
//! output: packets.
//!
//! | bytes | what |
//! |---|---|
//! | 0 | kind: `S` status, `N` note, `F` frame |
//! | 1..5 | length of the rest, `u32` little-endian |
//! | 5.. | `S`: a [`Told`] in JSON · `N`: a sentence in UTF-8 · `F`: [`protocol::studio::frame`] |
//!
//! Frames are not JSON, and a pipe of lines would have to look for their ends in every byte.

use std::io::{ErrorKind, Read, Write};

use media::preview::{Opening, PreviewRequest};
use protocol::studio::event::PreviewState;
use protocol::studio::frame::FrameHeader;
use serde::{Deserialize, Serialize};
use timeline::time::{SequenceRange, SequenceTime};

/// A packet that is longer than this is none: the largest frame has a quarter of that.
const LONGEST: u32 = 64 << 20;

/// What the worker is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Command {
    /// Shows a sequence, standing still.
    Open {
        /// What.
        request: Box<PreviewRequest>,
        /// How.
        opening: Opening,
    },
    /// Shows it as it is now.
    Update(Box<PreviewRequest>),
    /// Plays at a rate.
    Play(f64),
    /// Stops.
    Pause,
    /// Shows a moment.
    Seek(SequenceTime),
    /// Plays a range over and over.
    Loop(Option<SequenceRange>),
    /// The window has drawn a frame.
    Shown(u32, SequenceTime),
    /// Shows nothing any more.
    Close,
}

/// A change of state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Which show.
    pub(crate) preview: u32,
    /// What it does.
    pub(crate) state: PreviewState,
    /// Where it is.
    pub(crate) at: SequenceTime,
}

/// What the worker says.
#[derive(Debug)]
pub(crate) enum Packet {
    /// A change of state.
    Status(Told),
    /// A remark for the log.
    Note(String),
    /// A frame, as it goes on to the window.
    Frame(FrameHeader, Vec<u8>),
}

/// Writes a change of state.
pub(crate) fn write_status(pipe: &mut impl Write, told: &Told) -> std::io::Result<()> {
    write(pipe, b'S', &[&serde_json::to_vec(told)?])
}

/// Writes a remark.
pub(crate) fn write_note(pipe: &mut impl Write, words: &str) -> std::io::Result<()> {
    write(pipe, b'N', &[words.as_bytes()])
}

/// Writes a frame.
pub(crate) fn write_frame(
    pipe: &mut impl Write,
    header: FrameHeader,
    planes: &[u8],
) -> std::io::Result<()> {
    write(pipe, b'F', &[&header.to_bytes(), planes])
}

fn write(pipe: &mut impl Write, kind: u8, parts: &[&[u8]]) -> std::io::Result<()> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let length = u32::try_from(length).map_err(std::io::Error::other)?;
    let mut head = vec![kind];
    head.extend(length.to_le_bytes());
    pipe.write_all(&head)?;
    for part in parts {
        pipe.write_all(part)?;
    }
    pipe.flush()
}

/// Reads the next packet; `None` at the end.
pub(crate) fn read(pipe: &mut impl Read) -> std::io::Result<Option<Packet>> {
    let mut kind = [0];
    match pipe.read_exact(&mut kind) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let mut length = [0; 4];
    pipe.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > LONGEST {
        return Err(broken("a packet is too long"));
    }
    let mut body = vec![0; length as usize];
    pipe.read_exact(&mut body)?;
    let packet = match kind {
        [b'S'] => Packet::Status(serde_json::from_slice(&body)?),
        [b'N'] => Packet::Note(String::from_utf8_lossy(&body).into_owned()),
        [b'F'] => {
            let header = FrameHeader::read(&body).map(|(header, _)| header);
            Packet::Frame(header.ok_or_else(|| broken("a frame is not whole"))?, body)
        }
        _ => return Err(broken("a packet is of no known kind")),
    };
    Ok(Some(packet))
}

fn broken(words: &'static str) -> std::io::Error {
    std::io::Error::new(ErrorKind::InvalidData, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: Told = Told {
        preview: 3,
        state: PreviewState::Playing { rate: -2.0 },
        at: SequenceTime(7),
    };
    const HEADER: FrameHeader = FrameHeader {
        at: SequenceTime(9),
        width: 4,
        height: 2,
        preview: 3,
    };

    /// Returns a packet of each kind, as they are written.
    fn one_of_each() -> Vec<u8> {
        let mut pipe = Vec::new();
        write_status(&mut pipe, &TOLD).unwrap();
        write_note(&mut pipe, "silent").unwrap();
        write_frame(&mut pipe, HEADER, &[1; 12]).unwrap();
        pipe
    }

    #[test]
    fn packets_are_read_as_they_were_written_and_cut_ones_are_told() {
        let mut pipe = one_of_each();
        let mut rest = pipe.as_slice();
        assert!(matches!(read(&mut rest).unwrap(), Some(Packet::Status(read)) if read == TOLD));
        assert!(matches!(read(&mut rest).unwrap(), Some(Packet::Note(words)) if words == "silent"));
        let frame = read(&mut rest).unwrap();
        assert!(
            matches!(&frame, Some(Packet::Frame(read, body)) if *read == HEADER && body.len() == 28),
            "the header goes on with the planes"
        );
        assert!(read(&mut rest).unwrap().is_none(), "that was all");

        pipe.truncate(pipe.len() - 1);
        let mut rest = pipe.as_slice();
        let outcomes: Vec<bool> = (0..3).map(|_| read(&mut rest).is_ok()).collect();
        assert_eq!(outcomes, [true, true, false], "the frame lacks a byte");
        assert!(
            read(&mut [b'X', 0, 0, 0, 0].as_slice()).is_err(),
            "no such kind"
        );
    }

    #[test]
    fn a_pipe_of_changed_bytes_ends() {
        let whole = one_of_each().repeat(3);
        let (mut ended, mut refused) = (0, 0);
        for seed in 0..2_000 {
            let mangled = testkit::mangle::bytes(&whole, seed);
            let mut rest = mangled.as_slice();
            loop {
                match read(&mut rest) {
                    Ok(Some(_)) => {}
                    Ok(None) => break ended += 1,
                    Err(_) => break refused += 1,
                }
            }
        }
        assert!(
            ended > 20 && refused > 1_000,
            "{ended} ended, {refused} refused"
        );
    }
}
