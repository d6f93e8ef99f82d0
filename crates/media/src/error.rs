//! All that can go wrong with media, with enough structure for a code and a next step.

use std::path::{Path, PathBuf};

use gstreamer as gst;
use gstreamer::glib;
use serde::{Deserialize, Serialize};

use crate::space;

/// The result of work on media.
pub type Result<T> = std::result::Result<T, Error>;

/// All that can go wrong with media. Crosses a process boundary, so causes are kept as text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Error {
    /// The path leads nowhere.
    #[error("{} does not exist", path.display())]
    NotFound {
        /// The path as given.
        path: PathBuf,
    },
    /// The path leads to a folder, a device or a pipe.
    #[error("{} is not a file", path.display())]
    NotAFile {
        /// The path as given.
        path: PathBuf,
    },
    /// The system refuses to read the file.
    #[error("{} cannot be read: {detail}", path.display())]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// The file holds no bytes.
    #[error("{} is empty", path.display())]
    Empty {
        /// The path as given.
        path: PathBuf,
    },
    /// The file is not media, or of a container that nothing here opens.
    #[error("the file is of no known media type: {detail}")]
    UnknownFormat {
        /// What was found.
        detail: String,
    },
    /// The file holds neither moving pictures nor sound.
    #[error("the file holds neither moving pictures nor sound")]
    NoStreams,
    /// The file is one picture.
    #[error("the file is a still picture, not a video")]
    StillPicture,
    /// The file is a bare stream: nothing in it says when its pictures are shown.
    #[error("the file is a bare stream whose pictures have no times")]
    Untimed,
    /// A picture was asked for and the file holds none.
    #[error("the file holds no moving pictures")]
    NoVideo,
    /// Sound was asked for and the file holds none.
    #[error("the file holds no sound")]
    NoAudio,
    /// The chosen stream does not exist.
    #[error("there is no {stream} stream {index}: the file has {count}")]
    NoSuchStream {
        /// `video` or `audio`.
        stream: String,
        /// The number asked for, from 0.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// No installed decoder reads a chosen stream.
    #[error("no decoder for {codec} is installed")]
    UnsupportedCodec {
        /// The codec in words.
        codec: String,
        /// The Debian package that brings a decoder, where one is known.
        package: Option<String>,
    },
    /// A GStreamer element that this program needs is not installed.
    #[error("the GStreamer element {element} is not installed")]
    MissingElement {
        /// The element's name.
        element: String,
        /// The Debian package that brings it, where known.
        package: Option<String>,
    },
    /// GStreamer itself does not start.
    #[error("GStreamer does not start: {detail}")]
    Start {
        /// What it says.
        detail: String,
    },
    /// The file is damaged beyond what decoders tolerate.
    #[error("the file is damaged: {detail}")]
    Corrupt {
        /// What the decoder says.
        detail: String,
    },
    /// The file is encrypted.
    #[error("the file is protected and cannot be decoded: {detail}")]
    Protected {
        /// What the demuxer says.
        detail: String,
    },
    /// Nothing moved for a long time, so the work was given up.
    #[error("no progress for {secs} s while {stage}")]
    Stalled {
        /// What was being done.
        stage: String,
        /// How long nothing moved, in seconds.
        secs: u64,
    },
    /// The disk is full.
    #[error("no space left to write {}", path.display())]
    DiskFull {
        /// The file that was being written.
        path: PathBuf,
    },
    /// A result cannot be written.
    #[error("{} cannot be written: {detail}", path.display())]
    Unwritable {
        /// The file that was being written.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// An encoder failed or does not accept the picture.
    #[error("the encoder {encoder} failed: {detail}")]
    Encoder {
        /// The element's name.
        encoder: String,
        /// What it says.
        detail: String,
    },
    /// A written file is not what was asked for.
    #[error("{} failed its check {check}: {detail}", path.display())]
    Verify {
        /// The file as written.
        path: PathBuf,
        /// Which check, such as `duration` or `loudness`.
        check: String,
        /// What was expected and what was found.
        detail: String,
    },
    /// A request contradicts itself or the source.
    #[error("the request cannot be met: {detail}")]
    Request {
        /// What does not fit.
        detail: String,
    },
    /// A pipeline failed in a way that is none of the above.
    #[error("the media pipeline failed: {detail}")]
    Pipeline {
        /// Element and message.
        detail: String,
    },
    /// The work was stopped on request; an outcome, not a failure.
    #[error("cancelled")]
    Cancelled,
}

impl From<task::Cancelled> for Error {
    fn from(_: task::Cancelled) -> Self {
        Self::Cancelled
    }
}

impl Error {
    /// Returns the error for a failed read of `path`.
    pub fn reading(path: &Path, cause: &std::io::Error) -> Self {
        let path = path.to_owned();
        match cause.kind() {
            std::io::ErrorKind::NotFound => Self::NotFound { path },
            _ => Self::Unreadable {
                path,
                detail: cause.to_string(),
            },
        }
    }

    /// Returns the error for a failed write of `path`.
    pub fn writing(path: &Path, cause: &std::io::Error) -> Self {
        let path = path.to_owned();
        match cause.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { path }
            }
            _ => Self::Unwritable {
                path,
                detail: cause.to_string(),
            },
        }
    }

    /// Returns the error for a GStreamer error of a pipeline that reads `source` and, where it
    /// writes a file, writes `output`.
    ///
    /// Missing decoders come as messages of their own before the error: see [`Error::missing`].
    pub fn from_gst(
        cause: &glib::Error,
        element: &str,
        debug: Option<&str>,
        source: &Path,
        output: Option<&Path>,
    ) -> Self {
        let detail = match debug.and_then(own_words) {
            Some(words) => format!("{element}: {} ({words})", cause.message()),
            None => format!("{element}: {}", cause.message()),
        };
        let target = || output.unwrap_or(source).to_owned();
        if let Some(kind) = cause.kind::<gst::ResourceError>() {
            return match kind {
                gst::ResourceError::NotFound => Self::NotFound {
                    path: source.to_owned(),
                },
                gst::ResourceError::NoSpaceLeft => Self::DiskFull { path: target() },
                gst::ResourceError::OpenWrite
                | gst::ResourceError::Write
                | gst::ResourceError::Close
                | gst::ResourceError::Sync => {
                    let path = target();
                    if debug.is_some_and(says_full) || space::is_full(&path) {
                        Self::DiskFull { path }
                    } else {
                        Self::Unwritable { path, detail }
                    }
                }
                gst::ResourceError::OpenRead
                | gst::ResourceError::Read
                | gst::ResourceError::NotAuthorized => Self::Unreadable {
                    path: source.to_owned(),
                    detail,
                },
                _ => Self::Pipeline { detail },
            };
        }
        if let Some(kind) = cause.kind::<gst::StreamError>() {
            return match kind {
                gst::StreamError::TypeNotFound | gst::StreamError::WrongType => {
                    Self::UnknownFormat { detail }
                }
                gst::StreamError::CodecNotFound => Self::UnsupportedCodec {
                    codec: cause.message().to_owned(),
                    package: None,
                },
                gst::StreamError::Decode | gst::StreamError::Demux => Self::Corrupt { detail },
                // What cannot go on in a file that is only read is in the file.
                gst::StreamError::Failed if output.is_none() && debug.is_some_and(says_stopped) => {
                    Self::Corrupt { detail }
                }
                gst::StreamError::Encode | gst::StreamError::Mux => Self::Encoder {
                    encoder: element.to_owned(),
                    detail,
                },
                gst::StreamError::Decrypt | gst::StreamError::DecryptNokey => {
                    Self::Protected { detail }
                }
                _ => Self::Pipeline { detail },
            };
        }
        if cause.matches(gst::CoreError::MissingPlugin) {
            return Self::MissingElement {
                element: element.to_owned(),
                package: None,
            };
        }
        Self::Pipeline { detail }
    }

    /// Returns the error for a missing-plugin message of `message`, or `None` for any other
    /// message.
    pub fn missing(message: &gst::MessageRef) -> Option<Self> {
        let missing = gstreamer_pbutils::MissingPluginMessage::parse(message).ok()?;
        let description = missing.description().to_string();
        let structure = message.structure()?;
        match structure.get::<&str>("type").ok()? {
            "decoder" | "encoder" => {
                let caps = structure.get::<gst::Caps>("detail").ok()?;
                Some(Self::no_decoder(&caps))
            }
            "element" => {
                let element = structure.get::<&str>("detail").ok()?;
                Some(Self::missing_element(element))
            }
            _ => Some(Self::UnsupportedCodec {
                codec: description,
                package: None,
            }),
        }
    }

    /// Returns the error for a stream of `caps` that no installed decoder takes.
    pub fn no_decoder(caps: &gst::Caps) -> Self {
        let media_type = caps.structure(0).map_or("", |structure| structure.name());
        Self::UnsupportedCodec {
            codec: gstreamer_pbutils::pb_utils_get_codec_description(caps).to_string(),
            package: decoder_package(media_type).map(str::to_owned),
        }
    }

    /// Returns the error for a GStreamer element that cannot be made.
    pub fn missing_element(element: &str) -> Self {
        Self::MissingElement {
            element: element.to_owned(),
            package: element_package(element).map(str::to_owned),
        }
    }
}

/// Returns whether an element tells that no space was left. The muxer tells it only so, in the words
/// of the system.
fn says_full(debug: &str) -> bool {
    ["No space left on device", "Disk quota exceeded"]
        .iter()
        .any(|words| debug.contains(words))
}

/// Returns whether an element stopped because what it read did not fit what came before.
fn says_stopped(debug: &str) -> bool {
    debug.contains("streaming stopped, reason")
}

/// Returns what an element says beyond its message; every debug text begins with the place in its
/// source and its path in the pipeline, which help nobody.
fn own_words(debug: &str) -> Option<&str> {
    let last = debug.lines().last()?.trim();
    let is_place = last.contains("(): /Gst") || last.starts_with("../");
    (!last.is_empty() && !is_place).then_some(last)
}

/// Returns the Debian package that decodes `media_type`, from the contents of Debian 12.
fn decoder_package(media_type: &str) -> Option<&'static str> {
    Some(match media_type {
        "video/x-vp8" | "video/x-vp9" | "image/jpeg" | "image/png" | "audio/x-flac"
        | "audio/x-speex" | "video/quicktime" | "video/x-matroska" => "gstreamer1.0-plugins-good",
        "video/x-av1" | "video/x-h265" | "video/mpegts" => "gstreamer1.0-plugins-bad",
        "audio/AMR" | "audio/AMR-WB" => "gstreamer1.0-plugins-ugly",
        "audio/x-vorbis" | "audio/x-opus" | "video/x-theora" => "gstreamer1.0-plugins-base",
        "audio/x-ac3"
        | "audio/x-eac3"
        | "audio/x-dts"
        | "audio/mpeg"
        | "video/x-h264"
        | "video/mpeg"
        | "video/x-prores"
        | "video/x-dnxhd"
        | "video/x-wmv"
        | "audio/x-wma"
        | "video/x-flash-video"
        | "video/x-h263"
        | "video/x-divx"
        | "video/x-cineform"
        | "audio/x-alac"
        | "video/x-dv" => "gstreamer1.0-libav",
        _ => return None,
    })
}

/// Returns the Debian package that brings `element`, from the contents of Debian 12.
fn element_package(element: &str) -> Option<&'static str> {
    Some(match element {
        "x264enc" => "gstreamer1.0-plugins-ugly",
        "qtdemux" | "matroskademux" | "mp4mux" | "jpegenc" | "wavparse" | "deinterlace"
        | "videocrop" | "videoflip" => "gstreamer1.0-plugins-good",
        "openh264enc" | "h264parse" | "nvh264enc" | "vah264enc" | "qsvh264enc" | "voaacenc" => {
            "gstreamer1.0-plugins-bad"
        }
        _ if element.starts_with("av") => "gstreamer1.0-libav",
        "decodebin3" | "uridecodebin3" | "appsink" | "appsrc" | "videoconvert" | "videoscale"
        | "videoconvertscale" | "audioconvert" | "audioresample" | "subparse" => {
            "gstreamer1.0-plugins-base"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_errors_keep_what_the_user_can_act_on() {
        let path = Path::new("film.mp4");
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert_eq!(
            Error::writing(path, &full),
            Error::DiskFull {
                path: path.to_owned()
            }
        );
        let absent = std::io::Error::from(std::io::ErrorKind::NotFound);
        assert_eq!(
            Error::reading(path, &absent),
            Error::NotFound {
                path: path.to_owned()
            }
        );
    }

    #[test]
    fn a_codec_without_a_decoder_is_named_with_its_package() {
        crate::init().unwrap();
        let check = |media_type: &str, name: &str, expect: Option<&str>| {
            let told = Error::no_decoder(&gst::Caps::builder(media_type).build());
            assert!(
                matches!(
                    &told,
                    Error::UnsupportedCodec { codec, package }
                        if codec.contains(name) && package.as_deref() == expect
                ),
                "{media_type} is {name} from {expect:?}: {told:?}"
            );
        };
        let (bad, libav) = ("gstreamer1.0-plugins-bad", "gstreamer1.0-libav");
        check("video/x-h265", "H.265", Some(bad));
        check("video/x-av1", "AV1", Some(bad));
        check("video/x-h264", "H.264", Some(libav));
        check("video/x-prores", "ProRes", Some(libav));
        check("audio/x-ac3", "AC-3", Some(libav));
        check("audio/x-eac3", "E-AC-3", Some(libav));
        check("audio/x-alac", "ALAC", Some(libav));
        check("audio/x-flac", "FLAC", Some("gstreamer1.0-plugins-good"));
        check("audio/AMR", "AMR", Some("gstreamer1.0-plugins-ugly"));
        check("audio/x-opus", "Opus", Some("gstreamer1.0-plugins-base"));
        // No package of Debian 12 brings these: a guess would send somebody after nothing.
        check("video/x-gst-fourcc-vvc1", "vvc1", None);
        check("audio/x-gst-fourcc-ipcm", "ipcm", None);
    }

    #[test]
    fn gstreamer_errors_map_by_domain() {
        let source = Path::new("film.mp4");
        let full = glib::Error::new(gst::ResourceError::NoSpaceLeft, "full");
        let out = Path::new("reel.mp4");
        assert_eq!(
            Error::from_gst(&full, "filesink0", None, source, Some(out)),
            Error::DiskFull {
                path: out.to_owned()
            }
        );
        // The muxer's temporary file tells the cause in its debug text alone.
        let full = glib::Error::new(gst::ResourceError::Write, "cannot write");
        let told = "mux.c(1): write ():\nsystem error: No space left on device";
        assert_eq!(
            Error::from_gst(&full, "mp4mux0", Some(told), source, Some(out)),
            Error::DiskFull {
                path: out.to_owned()
            }
        );
        let refused = Error::from_gst(&full, "mp4mux0", Some("I/O error"), source, Some(out));
        assert!(
            matches!(refused, Error::Unwritable { .. }),
            "there is space left: {refused:?}"
        );
        let broken = glib::Error::new(gst::StreamError::Demux, "no moov");
        assert!(matches!(
            Error::from_gst(&broken, "qtdemux0", Some("a\nlast"), source, None),
            Error::Corrupt { detail } if detail.contains("no moov") && detail.contains("last")
        ));
    }
}
