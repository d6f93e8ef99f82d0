//! Encoders: which ones there are, which one really opens, and how they are set.
//!
//! Map: [`EncoderChoice`] · [`capabilities`] what is installed · `aac` sound.

pub(crate) mod aac;

use std::fmt;
use std::str::FromStr;

use footage::time::FrameRate;
use gstreamer as gst;
use gstreamer::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Video encoders that are known how to set, the preferred first. Hardware comes before software.
pub const VIDEO_ENCODERS: [&str; 5] = [
    "nvh264enc",
    "vah264enc",
    "qsvh264enc",
    "x264enc",
    "openh264enc",
];
/// What runs without special hardware, the preferred first.
const SOFTWARE: [&str; 2] = ["x264enc", "openh264enc"];

/// Which video encoder to use. Text form: `auto` or an element's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum EncoderChoice {
    /// The first of [`VIDEO_ENCODERS`] that opens.
    #[default]
    Auto,
    /// This one, and no other.
    Named(String),
}

impl FromStr for EncoderChoice {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        if VIDEO_ENCODERS.contains(&text) {
            return Ok(Self::Named(text.to_owned()));
        }
        Err(Error::Request {
            detail: format!(
                "there is no encoder {text}: choose auto or one of {}",
                VIDEO_ENCODERS.join(", ")
            ),
        })
    }
}

impl TryFrom<String> for EncoderChoice {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<EncoderChoice> for String {
    fn from(choice: EncoderChoice) -> Self {
        choice.to_string()
    }
}

impl fmt::Display for EncoderChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Named(name) => f.write_str(name),
        }
    }
}

/// An element that this crate uses and whether it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capability {
    /// The element's name.
    pub element: String,
    /// Whether the registry has it; for hardware encoders, whether it opens.
    pub found: bool,
    /// What it is for.
    pub r#use: Use,
    /// Whether nothing works without it.
    pub needed: bool,
    /// The Debian package that brings it.
    pub package: String,
}

/// What an element is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// Without it nothing works.
    Required,
    /// Reads a usual kind of source.
    Decoding,
    /// One of the video encoders; one is enough.
    VideoEncoding,
    /// One of the audio encoders; one is enough.
    AudioEncoding,
}

/// Returns the elements that this crate uses, required ones first.
pub fn capabilities() -> Vec<Capability> {
    const BASE: &str = "gstreamer1.0-plugins-base";
    const GOOD: &str = "gstreamer1.0-plugins-good";
    const BAD: &str = "gstreamer1.0-plugins-bad";
    const UGLY: &str = "gstreamer1.0-plugins-ugly";
    const LIBAV: &str = "gstreamer1.0-libav";
    let table = [
        ("filesrc", Use::Required, "libgstreamer1.0-0"),
        ("parsebin", Use::Required, BASE),
        ("decodebin", Use::Required, BASE),
        ("appsrc", Use::Required, BASE),
        ("appsink", Use::Required, BASE),
        ("videoconvert", Use::Required, BASE),
        ("audioconvert", Use::Required, BASE),
        ("audioresample", Use::Required, BASE),
        ("deinterlace", Use::Required, GOOD),
        ("videoflip", Use::Required, GOOD),
        ("scaletempo", Use::Required, GOOD),
        ("qtdemux", Use::Required, GOOD),
        ("mp4mux", Use::Required, GOOD),
        ("aacparse", Use::Required, GOOD),
        ("h264parse", Use::Required, BAD),
        ("matroskademux", Use::Decoding, GOOD),
        ("tsdemux", Use::Decoding, BAD),
        ("avdec_h264", Use::Decoding, LIBAV),
        ("avdec_h265", Use::Decoding, LIBAV),
        ("vp9dec", Use::Decoding, GOOD),
        ("dav1ddec", Use::Decoding, BAD),
        ("avdec_aac", Use::Required, LIBAV),
        ("nvh264enc", Use::VideoEncoding, BAD),
        ("vah264enc", Use::VideoEncoding, BAD),
        ("qsvh264enc", Use::VideoEncoding, BAD),
        ("x264enc", Use::VideoEncoding, UGLY),
        ("openh264enc", Use::VideoEncoding, BAD),
        ("avenc_aac", Use::AudioEncoding, LIBAV),
        ("voaacenc", Use::AudioEncoding, BAD),
    ];
    let started = crate::init().is_ok();
    table
        .into_iter()
        .map(|(element, r#use, package)| Capability {
            element: element.to_owned(),
            found: started && there(element) && (r#use != Use::VideoEncoding || opens(element)),
            r#use,
            needed: r#use == Use::Required,
            package: package.to_owned(),
        })
        .collect()
}

fn there(element: &str) -> bool {
    gst::ElementFactory::find(element).is_some()
}

/// Returns whether an encoder really encodes a picture here: hardware encoders are often installed
/// on machines without the hardware.
fn opens(element: &str) -> bool {
    if SOFTWARE.contains(&element) {
        return there(element);
    }
    let trial = format!(
        "videotestsrc num-buffers=2 ! video/x-raw,format=NV12,width=640,height=480 ! {element} ! fakesink"
    );
    let Ok(pipeline) = gst::parse::launch(&trial) else {
        return false;
    };
    let started = pipeline.set_state(gst::State::Playing).is_ok();
    let ended = pipeline.bus().and_then(|bus| {
        bus.timed_pop_filtered(
            gst::ClockTime::from_seconds(5),
            &[gst::MessageType::Eos, gst::MessageType::Error],
        )
    });
    let stopped = pipeline.set_state(gst::State::Null).is_ok();
    started && stopped && ended.is_some_and(|message| message.type_() == gst::MessageType::Eos)
}

/// Returns the encoders to try in order: after hardware, the software that stands in for it.
pub(crate) fn candidates(choice: &EncoderChoice) -> Result<Vec<String>> {
    match choice {
        EncoderChoice::Named(name) if there(name) => Ok(vec![name.clone()]),
        EncoderChoice::Named(name) => Err(Error::missing_element(name)),
        EncoderChoice::Auto => {
            let hardware = VIDEO_ENCODERS
                .into_iter()
                .filter(|name| !SOFTWARE.contains(name))
                .find(|name| there(name) && opens(name));
            let software = SOFTWARE.into_iter().find(|name| there(name));
            let found: Vec<_> = hardware
                .into_iter()
                .chain(software)
                .map(str::to_owned)
                .collect();
            if found.is_empty() {
                return Err(Error::missing_element("x264enc"));
            }
            Ok(found)
        }
    }
}

/// Returns a video encoder set for upload-quality H.264 High, and whether it wants NV12.
pub(crate) fn video_encoder(
    name: &str,
    (width, height): (u32, u32),
    rate: FrameRate,
) -> Result<gst::Element> {
    let encoder = gst::ElementFactory::make(name)
        .name("encoder")
        .build()
        .map_err(|_missing| Error::missing_element(name))?;
    let key_frames = (rate.fps() * 2.0).round() as u32;
    // 0.13 bits per pixel is 8 Mbit/s at 1080 × 1920 and 30 fps: what networks advise.
    let bits = f64::from(width) * f64::from(height) * rate.fps() * 0.13;
    let set = |property: &str, value: &str| {
        if encoder.has_property(property) {
            encoder.set_property_from_str(property, value);
        }
    };
    let kilobits = (bits / 1000.0).round().to_string();
    match name {
        "x264enc" => {
            set("speed-preset", "veryfast");
            // Constant quality without a bitrate's roof: the element's own would be 2048 kbit/s, and
            // any rate control in rows costs an eighth of the speed.
            set("pass", "qual");
            set("quantizer", "21");
            set("vbv-buf-capacity", "0");
            set("key-int-max", &key_frames.to_string());
            // The element writes these over the preset: with its own defaults the encoder would
            // not be "veryfast" but a crippled relative (no B-frames, no 8×8 transform).
            set("bframes", "3");
            set("b-pyramid", "true");
            set("dct8x8", "true");
            set("cabac", "true");
            set("rc-lookahead", "10");
            set("subme", "2");
            set("ref", "1");
            set("me", "hex");
            set("weightb", "true");
        }
        "openh264enc" => {
            set("bitrate", &(bits.round() as u64).to_string());
            set("rate-control", "bitrate");
            set("gop-size", &key_frames.to_string());
            set("complexity", "medium");
        }
        _ => {
            set("bitrate", &kilobits);
            set("max-bitrate", &(bits * 2.0 / 1000.0).round().to_string());
            set("rate-control", "vbr");
            set("rc-mode", "vbr");
            set("key-int-max", &key_frames.to_string());
            set("gop-size", &key_frames.to_string());
        }
    }
    Ok(encoder)
}

/// Returns whether an encoder takes I420 as it is.
pub(crate) fn takes_i420(name: &str) -> bool {
    SOFTWARE.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_have_a_text_form() {
        for text in ["auto", "x264enc", "nvh264enc"] {
            let choice: EncoderChoice = text.parse().unwrap();
            assert_eq!(choice.to_string(), text);
        }
        let refused = "libx264".parse::<EncoderChoice>();
        assert!(matches!(refused, Err(Error::Request { detail }) if detail.contains("x264enc")));
    }

    #[test]
    fn all_that_is_required_is_installed_here() {
        let missing: Vec<_> = capabilities()
            .into_iter()
            .filter(|one| one.r#use == Use::Required && !one.found)
            .collect();
        assert!(missing.is_empty(), "install {missing:?}");
        gst::init().unwrap();
        assert!(candidates(&EncoderChoice::Auto).is_ok());
    }
}
