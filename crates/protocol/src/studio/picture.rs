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
    /// A frame of a reel as it will look, JPEG.
    Cover(ProjectId, SequenceId),
}

impl Picture {
    /// Returns the address; `version` changes with the content.
    pub fn address(self, version: &str) -> String {
        let (kind, project, id) = match self {
            Self::Thumbnail(project, media) => ("thumbnail", project, media.0),
            Self::Filmstrip(project, media) => ("filmstrip", project, media.0),
            Self::Waveform(project, media) => ("waveform", project, media.0),
            Self::Cover(project, sequence) => ("cover", project, sequence.0),
        };
        format!("{kind}/{}/{id}/{version}", project.0)
    }

    /// Reads an address; `None` when it is none.
    pub fn parse(address: &str) -> Option<Self> {
        let mut parts = address.trim_start_matches('/').split('/');
        let kind = parts.next()?;
        let project = ProjectId(parts.next()?.parse().ok()?);
        let id = parts.next()?.parse().ok()?;
        parts.next()?;
        if parts.next().is_some() {
            return None;
        }
        Some(match kind {
            "thumbnail" => Self::Thumbnail(project, MediaId(id)),
            "filmstrip" => Self::Filmstrip(project, MediaId(id)),
            "waveform" => Self::Waveform(project, MediaId(id)),
            "cover" => Self::Cover(project, SequenceId(id)),
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
        for wrong in [
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
