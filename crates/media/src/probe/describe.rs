//! From caps and tags to the streams of the crate `footage`.

use footage::streams::{AudioStream, Stream, StreamKind, Streams, VideoStream};
use footage::time::{FrameRate, SourceTime, Ticks};
use gstreamer as gst;

use crate::reader::scan::{Packets, Scan};

/// Describes every stream of a scan; none is chosen yet.
pub(crate) fn streams(found: &mut Scan) -> Streams {
    let whole_file = found.tags.clone();
    let mut counts = [0_usize; 4];
    let all = found
        .streams
        .iter_mut()
        .map(|seen| {
            let kind = kind(seen, whole_file.as_ref());
            let slot = match kind {
                StreamKind::Video(_) => 0,
                StreamKind::Audio(_) => 1,
                StreamKind::Text { .. } => 2,
                StreamKind::Other => 3,
            };
            let mut index = 0;
            if let Some(count) = counts.get_mut(slot) {
                index = *count;
                *count += 1;
            }
            let codec = seen.media_type().to_owned();
            Stream {
                index,
                id: seen.id.clone(),
                codec_name: codec_name(seen, &codec),
                codec,
                language: seen
                    .tags
                    .as_ref()
                    .and_then(|tags| tags.get::<gst::tags::LanguageCode>())
                    .map(|value| value.get().to_owned())
                    .filter(|language| language != "und"),
                default: seen
                    .flags
                    .is_some_and(|flags| flags.contains(gst::StreamFlags::SELECT)),
                kind,
            }
        })
        .collect();
    Streams {
        container: found.container.clone(),
        all,
        video: None,
        audio: None,
    }
}

fn codec_name(seen: &Packets, codec: &str) -> String {
    seen.caps.as_ref().map_or_else(
        || codec.to_owned(),
        |caps| gstreamer_pbutils::pb_utils_get_codec_description(caps).to_string(),
    )
}

fn kind(seen: &mut Packets, whole_file: Option<&gst::TagList>) -> StreamKind {
    let name = seen.media_type().to_owned();
    // A picture that never moves is a cover or an attachment.
    let still = name.starts_with("image/") && seen.count < 2;
    if (name.starts_with("video/") || name.starts_with("image/")) && !still {
        return video(seen, whole_file).map_or(StreamKind::Other, StreamKind::Video);
    }
    if name.starts_with("audio/") {
        return audio(seen).map_or(StreamKind::Other, StreamKind::Audio);
    }
    match name.as_str() {
        "text/x-raw"
        | "application/x-subtitle"
        | "application/x-subtitle-unknown"
        | "application/x-subtitle-vtt"
        | "application/x-ssa"
        | "application/x-ass"
        | "application/ttml+xml"
        | "application/x-subtitle-sami" => StreamKind::Text { readable: true },
        "subpicture/x-dvd"
        | "subpicture/x-dvb"
        | "subpicture/x-pgs"
        | "subpicture/x-xsub"
        | "closedcaption/x-cea-608"
        | "closedcaption/x-cea-708" => StreamKind::Text { readable: false },
        _ => StreamKind::Other,
    }
}

fn audio(seen: &Packets) -> Option<AudioStream> {
    let structure = seen.caps.as_ref()?.structure(0)?;
    // An empty track declares a form and holds nothing.
    if seen.count == 0 {
        return None;
    }
    Some(AudioStream {
        sample_rate: structure.get::<i32>("rate").unwrap_or(0).max(0) as u32,
        channels: structure.get::<i32>("channels").unwrap_or(0).max(0) as u32,
        start: SourceTime::ZERO,
    })
}

fn video(seen: &mut Packets, whole_file: Option<&gst::TagList>) -> Option<VideoStream> {
    // Phones keep a still beside the film as a track of its own; it may be the largest.
    if seen.count == 0 || (seen.count <= 2 && seen.times.is_still()) {
        return None;
    }
    let caps = seen.caps.clone()?;
    let structure = caps.structure(0)?;
    let coded_width = u32::try_from(structure.get::<i32>("width").ok()?).ok()?;
    let coded_height = u32::try_from(structure.get::<i32>("height").ok()?).ok()?;
    let par = structure
        .get::<gst::Fraction>("pixel-aspect-ratio")
        .ok()
        .filter(|par| par.numer() > 0 && par.denom() > 0)
        .map_or((1, 1), |par| (par.numer() as u32, par.denom() as u32));
    let orientation = [seen.tags.as_ref(), whole_file]
        .into_iter()
        .flatten()
        .find_map(|tags| tags.get::<gst::tags::ImageOrientation>())
        .map(|value| value.get().to_owned());
    let (rotation, mirrored) = orientation.as_deref().map_or((0, false), turn);
    let (width, height) = shown_size(coded_width, coded_height, par, rotation);
    let declared = structure
        .get::<gst::Fraction>("framerate")
        .ok()
        .filter(|rate| rate.numer() > 0 && rate.denom() > 0)
        .and_then(|rate| FrameRate::new(rate.numer() as u32, rate.denom() as u32));
    let (rate, vfr) = seen.times.rate(declared);
    let (depth, chroma) = form(structure);
    let hdr = structure
        .get::<&str>("colorimetry")
        .is_ok_and(|colorimetry| {
            colorimetry
                .parse::<gstreamer_video::VideoColorimetry>()
                .is_ok_and(|c| {
                    matches!(
                        c.transfer(),
                        gstreamer_video::VideoTransferFunction::Smpte2084
                            | gstreamer_video::VideoTransferFunction::AribStdB67
                    )
                })
        });
    let interlaced = structure
        .get::<&str>("interlace-mode")
        .is_ok_and(|mode| mode != "progressive");
    Some(VideoStream {
        width,
        height,
        coded_width,
        coded_height,
        pixel_aspect: par,
        rate,
        vfr,
        rotation,
        mirrored,
        depth,
        hdr,
        chroma,
        interlaced,
        gop: (seen.gop > 0).then(|| Ticks::from_nanos(seen.gop)),
    })
}

/// Returns the size as shown: square pixels, upright. The longer side of a pixel is stretched, so
/// that no line is lost.
pub(crate) fn shown_size(width: u32, height: u32, par: (u32, u32), rotation: u16) -> (u32, u32) {
    let scaled = |size: u32, num: u32, den: u32| {
        ((u64::from(size) * u64::from(num) + u64::from(den) / 2) / u64::from(den.max(1))) as u32
    };
    let (width, height) = if par.0 >= par.1 {
        (scaled(width, par.0, par.1), height)
    } else {
        (width, scaled(height, par.1, par.0))
    };
    if rotation == 90 || rotation == 270 {
        (height, width)
    } else {
        (width, height)
    }
}

/// Returns the clockwise turn and the mirroring before it of an orientation tag, after the eight
/// values of EXIF that GStreamer names `rotate-…` and `flip-rotate-…`.
fn turn(orientation: &str) -> (u16, bool) {
    let mirrored = orientation.starts_with("flip-");
    let rotation = match orientation.rsplit('-').next() {
        Some("90") => 90,
        Some("180") => 180,
        Some("270") => 270,
        _ => 0,
    };
    (rotation, mirrored)
}

/// Returns bits per component and chroma subsampling from parsed or raw caps.
fn form(structure: &gst::StructureRef) -> (u8, Option<String>) {
    if let Ok(format) = structure.get::<&str>("format")
        && let Ok(format) = format.parse::<gstreamer_video::VideoFormat>()
        && format != gstreamer_video::VideoFormat::Unknown
        && format != gstreamer_video::VideoFormat::Encoded
    {
        let info = gstreamer_video::VideoFormatInfo::from_format(format);
        let depth = info.depth().first().copied().unwrap_or(8);
        let chroma = match (info.w_sub().get(1), info.h_sub().get(1)) {
            (Some(1), Some(1)) => "4:2:0",
            (Some(1), Some(0)) => "4:2:2",
            _ => "4:4:4",
        };
        return (depth as u8, Some(chroma.to_owned()));
    }
    let depth = structure.get::<u32>("bit-depth-luma").ok().or_else(|| {
        structure
            .get::<i32>("bit-depth-luma")
            .ok()
            .map(|d| d.max(0) as u32)
    });
    let profile = structure.get::<&str>("profile").unwrap_or("");
    let prores = structure.name() == "video/x-prores";
    let depth = depth.unwrap_or(if prores || profile.contains("10") {
        10
    } else {
        8
    });
    let chroma = structure
        .get::<&str>("chroma-format")
        .ok()
        .or_else(|| {
            (structure.name().as_str() == "image/jpeg")
                .then(|| structure.get::<&str>("sampling").ok())
                .flatten()
                .and_then(|sampling| sampling.strip_prefix("YCbCr-"))
        })
        .map(str::to_owned)
        .or_else(|| match structure.name().as_str() {
            "video/mpeg" | "video/x-vp8" | "video/x-h263" | "video/x-divx" => {
                Some("4:2:0".to_owned())
            }
            "video/x-prores" => Some(match structure.get::<&str>("variant") {
                Ok("4444" | "4444xq") => "4:4:4".to_owned(),
                _ => "4:2:2".to_owned(),
            }),
            _ => None,
        });
    (depth as u8, chroma)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_eight_orientations() {
        for (tag, expect) in [
            ("rotate-0", (0, false)),
            ("rotate-90", (90, false)),
            ("rotate-180", (180, false)),
            ("rotate-270", (270, false)),
            ("flip-rotate-0", (0, true)),
            ("flip-rotate-90", (90, true)),
            ("flip-rotate-180", (180, true)),
            ("flip-rotate-270", (270, true)),
        ] {
            assert_eq!(turn(tag), expect, "{tag}");
        }
    }

    #[test]
    fn shown_size_has_square_pixels_and_is_upright() {
        assert_eq!(shown_size(720, 576, (16, 15), 0), (768, 576), "PAL 4:3");
        assert_eq!(shown_size(1440, 1080, (4, 3), 0), (1920, 1080), "HDV");
        assert_eq!(
            shown_size(720, 480, (8, 9), 0),
            (720, 540),
            "NTSC keeps its columns"
        );
        assert_eq!(shown_size(1920, 1080, (1, 1), 90), (1080, 1920), "phone");
    }
}
