//! Pictures that are not decoded on the way to a moment.
//!
//! After a seek the decoder starts at the key frame before the moment, and drops what it decodes up to
//! there. Pictures that no other one is predicted from need not be decoded for that: of a stream with
//! B-frames a quarter is left to do. What the decoder would show stays the same, bit by bit.

use gstreamer as gst;
use gstreamer::prelude::*;

/// `nal_ref_idc` of an H.264 unit: 0 for what no other picture is predicted from, never 0 for
/// parameter sets (ITU-T H.264, 7.4.1).
const REFERENCE: u8 = 0b0110_0000;
/// `nal_unit_type` of an H.264 unit.
const KIND: u8 = 0b0001_1111;

/// How units follow each other in a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    /// After their length in so many bytes, big-endian.
    Lengths(usize),
    /// After the bytes 0, 0, 1.
    StartCodes,
}

/// Lets `decode` see no packets that it would decode for nothing.
pub(super) fn leave_out(decode: &gst::Element) {
    let Some(pad) = decode.static_pad("sink") else {
        return;
    };
    pad.add_probe(gst::PadProbeType::BUFFER, |pad, probe| {
        match probe.buffer() {
            // The bindings have the packet by then: dropping it here would drop it twice.
            Some(packet) if is_spare(pad, packet) => gst::PadProbeReturn::Handled,
            _ => gst::PadProbeReturn::Ok,
        }
    });
}

fn is_spare(pad: &gst::Pad, packet: &gst::BufferRef) -> bool {
    let (true, Some(start), Some(length)) = (
        packet.flags().contains(gst::BufferFlags::DELTA_UNIT),
        packet.pts(),
        packet.duration(),
    ) else {
        return false;
    };
    let target = pad
        .sticky_event::<gst::event::Segment>(0)
        .and_then(|event| event.segment().downcast_ref::<gst::ClockTime>()?.start());
    // The same comparison as that by which a decoder drops its pictures.
    if target.is_none_or(|target| start + length > target) {
        return false;
    }
    let framing = pad
        .current_caps()
        .and_then(|caps| framing(caps.structure(0)?));
    let (Some(framing), Ok(bytes)) = (framing, packet.map_readable()) else {
        return false;
    };
    is_unreferenced(&bytes, framing)
}

/// Returns how units are framed in packets of whole H.264 pictures; `None` for anything else.
fn framing(caps: &gst::StructureRef) -> Option<Framing> {
    if caps.name() != "video/x-h264" || caps.get::<&str>("alignment").ok()? != "au" {
        return None;
    }
    match caps.get::<&str>("stream-format").ok()? {
        "byte-stream" => Some(Framing::StartCodes),
        "avc" | "avc3" => {
            let config = caps.get::<gst::Buffer>("codec_data").ok()?;
            let config = config.map_readable().ok()?;
            // lengthSizeMinusOne of AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1).
            Some(Framing::Lengths((config.get(4)? & 3) as usize + 1))
        }
        _ => None,
    }
}

/// Returns whether a packet holds a picture and all of its units are unreferenced.
fn is_unreferenced(packet: &[u8], framing: Framing) -> bool {
    let mut has_picture = false;
    let mut rest = packet;
    while let Some((header, after)) = next_unit(rest, framing) {
        if header & REFERENCE != 0 {
            return false;
        }
        has_picture |= (1..=5).contains(&(header & KIND));
        rest = after;
    }
    has_picture
}

/// Returns the header of the next unit, and where to look for the one after.
fn next_unit(bytes: &[u8], framing: Framing) -> Option<(u8, &[u8])> {
    match framing {
        Framing::Lengths(width) => {
            let (length, rest) = bytes.split_at_checked(width)?;
            let length = (length.iter()).fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            let header = *rest.first()?;
            Some((header, rest.get(length..).unwrap_or_default()))
        }
        Framing::StartCodes => {
            let code = bytes.windows(3).position(|three| three == [0, 0, 1])?;
            let rest = bytes.get(code + 3..)?;
            Some((*rest.first()?, rest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units of three bytes with these headers, framed both ways.
    fn framed(headers: &[u8]) -> [(Vec<u8>, Framing); 2] {
        let (mut lengths, mut codes) = (Vec::new(), Vec::new());
        for header in headers {
            lengths.extend([0, 0, 0, 3, *header, 0x80, 1]);
            codes.extend([0, 0, 0, 1, *header, 0x80, 1]);
        }
        [(lengths, Framing::Lengths(4)), (codes, Framing::StartCodes)]
    }

    #[test]
    fn only_pictures_that_nothing_refers_to_are_spare() {
        for (headers, expect, what) in [
            (&[0x01][..], true, "an unreferenced slice"),
            (&[0x06, 0x01, 0x01], true, "with a message and two slices"),
            (&[0x41], false, "a referenced slice"),
            (&[0x01, 0x21], false, "one of two"),
            (&[0x65], false, "a key frame"),
            (&[0x67, 0x68, 0x01], false, "with parameter sets"),
            (&[0x09, 0x06], false, "no picture at all"),
            (&[], false, "nothing"),
        ] {
            for (packet, framing) in framed(headers) {
                assert_eq!(
                    is_unreferenced(&packet, framing),
                    expect,
                    "{what}, {framing:?}"
                );
            }
        }
    }

    #[test]
    fn lengths_that_lead_outside_end_the_packet() {
        let cut = [0, 0, 0xff, 0xff, 0x01, 0x80];
        assert!(is_unreferenced(&cut, Framing::Lengths(4)));
        assert!(!is_unreferenced(&[0, 0], Framing::Lengths(4)));
    }
}
