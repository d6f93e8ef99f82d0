//! Addresses of pictures and waveforms: the shell serves them as bytes under its own scheme.
//!
//! An address names what it shows and never a file, so that no page can reach another file through
//! it. Its last part changes with the content: what was fetched once may be kept for good.

use timeline::ids::{MediaId, SequenceId};

use super::view::ProjectId;

/// What an address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// A typical frame of a source, JPEG.
    Thumbnail(ProjectId, MediaId),
    /// A source's frames at even distances, JPEG.
    Filmstrip(ProjectId, MediaId),
    /// A source's peaks: 4 bytes of peaks per second (`u32` little-endian), then a byte per peak,
    /// 0..=255 for 0..=1.
    Waveform(ProjectId, MediaId),
    /// The frame of a reel that stands for it, as it will look, JPEG.
    Cover(ProjectId, SequenceId),
    /// The frame of a reel at a moment in milliseconds, as it will look, JPEG.
    Frame(ProjectId, SequenceId, u64),
}

impl Picture {
    /// Returns the address; `version` changes with the content.
    pub fn address(self, version: &str) -> String {
        let (kind, project, id) = match self {
            Self::Thumbnail(project, media) => ("thumbnail", project, media.0),
            Self::Filmstrip(project, media) => ("filmstrip", project, media.0),
            Self::Waveform(project, media) => ("waveform", project, media.0),
            Self::Cover(project, sequence) => ("cover", project, sequence.0),
            Self::Frame(project, sequence, millis) => {
                return format!("frame/{}/{}/{millis}/{version}", project.0, sequence.0);
            }
        };
        format!("{kind}/{}/{id}/{version}", project.0)
    }

    /// Reads an address; `None` when it is none.
    pub fn parse(address: &str) -> Option<Self> {
        let mut parts = address.trim_start_matches('/').split('/');
        let kind = parts.next()?;
        let project = ProjectId(parts.next()?.parse().ok()?);
        let id = parts.next()?.parse().ok()?;
        let millis = match kind {
            "frame" => parts.next()?.parse().ok()?,
            _ => 0,
        };
        parts.next()?;
        if parts.next().is_some() {
            return None;
        }
        Some(match kind {
            "thumbnail" => Self::Thumbnail(project, MediaId(id)),
            "filmstrip" => Self::Filmstrip(project, MediaId(id)),
            "waveform" => Self::Waveform(project, MediaId(id)),
            "cover" => Self::Cover(project, SequenceId(id)),
            "frame" => Self::Frame(project, SequenceId(id), millis),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_back_and_others_are_refused() {
        let cover = Picture::Cover(ProjectId(3), SequenceId(12));
        assert_eq!(cover.address("ab"), "cover/3/12/ab");
        assert_eq!(Picture::parse("/cover/3/12/ab"), Some(cover));
        let frame = Picture::Frame(ProjectId(3), SequenceId(12), 1_500);
        assert_eq!(frame.address("ab"), "frame/3/12/1500/ab");
        assert_eq!(Picture::parse("/frame/3/12/1500/ab"), Some(frame));
        for wrong in [
            "frame/3/12/ab",
            "frame/3/12/-1/ab",
            "",
            "cover/3/12",
            "cover/3/12/a/b",
            "../etc/passwd",
            "cover/x/1/a",
        ] {
            assert_eq!(Picture::parse(wrong), None, "{wrong}");
        }
    }
}
