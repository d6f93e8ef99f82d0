//! Preview frames: a header, then the planes of an I420 picture (BT.709, limited range).
//!
//! | bytes | what |
//! |---|---|
//! | 0..8 | time in the sequence in ticks, `i64` little-endian |
//! | 8..10 | width in pixels, even, `u16` little-endian |
//! | 10..12 | height in pixels, even, `u16` little-endian |
//! | 12..16 | number of the preview that it belongs to, `u32` little-endian |
//! | 16.. | Y plane, then U and V with half the width and height, rows without padding |

use timeline::time::SequenceTime;

/// Bytes before the planes.
pub const HEADER: usize = 16;

/// What is known of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameHeader {
    /// When it is shown.
    pub at: SequenceTime,
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
    /// Which preview it belongs to: each [`OpenPreview`](super::calls::OpenPreview) counts up.
    pub preview: u32,
}

impl FrameHeader {
    /// Returns the header's bytes.
    pub fn to_bytes(self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        let parts = (self.at.0.to_le_bytes().into_iter())
            .chain(self.width.to_le_bytes())
            .chain(self.height.to_le_bytes())
            .chain(self.preview.to_le_bytes());
        for (byte, part) in bytes.iter_mut().zip(parts) {
            *byte = part;
        }
        bytes
    }

    /// Reads a header, and returns it with the planes that follow; `None` when the bytes are not
    /// a whole frame.
    pub fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (head, planes) = bytes.split_at_checked(HEADER)?;
        Some((Self::of(head, bytes.len())?, planes))
    }

    /// Reads the header of a frame of `length` bytes from its first ones, for who need not copy the
    /// planes; `None` when the frame is not whole.
    pub fn of(head: &[u8], length: usize) -> Option<Self> {
        let header = Self {
            at: SequenceTime(i64::from_le_bytes(head.get(0..8)?.try_into().ok()?)),
            width: u16::from_le_bytes(head.get(8..10)?.try_into().ok()?),
            height: u16::from_le_bytes(head.get(10..12)?.try_into().ok()?),
            preview: u32::from_le_bytes(head.get(12..16)?.try_into().ok()?),
        };
        (length == HEADER + header.planes_len()).then_some(header)
    }

    /// Returns the bytes of all planes.
    pub fn planes_len(self) -> usize {
        let (width, height) = (usize::from(self.width), usize::from(self.height));
        width * height + 2 * (width / 2) * (height / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_as_it_was_written_and_a_cut_one_is_refused() {
        let header = FrameHeader {
            at: SequenceTime(-5),
            width: 4,
            height: 2,
            preview: 7,
        };
        let mut bytes = header.to_bytes().to_vec();
        bytes.extend(0..12);
        let (read, planes) = FrameHeader::read(&bytes).expect("whole");
        assert_eq!((read, planes.len()), (header, 12));
        bytes.pop();
        assert_eq!(FrameHeader::read(&bytes), None, "a byte is missing");
    }
}
