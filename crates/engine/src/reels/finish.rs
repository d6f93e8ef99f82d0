//! From a sequence to finished files: video, cover, captions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use footage::words::Transcript;
use footage::{Analysis, Fingerprint};
use media::{Cover, EncoderChoice, RenderRequest, RenderSource, RenderVideo, Rendered};
use protocol::documents::ReelDocument;
use protocol::error::{ApiError, ErrorCode};
use serde::{Deserialize, Serialize};
use story::candidates::Candidate;
use story::export::{CaptionCue, Place};
use task::{Cancel, Progress};
use timeline::caption::Card;
use timeline::ids::{MediaId, SequenceId};
use timeline::project::{Media, Project, Sequence};
use timeline::style::CaptionStyle;

use super::captions::captions;
use super::compose::Composed;
use super::folder::Taken;
use super::{document, folder};
use crate::sources::Listened;
use crate::steps::{Finished, StepName};
use crate::worker::Request;
use crate::{Engine, Error, fingerprint};

const RENDER: StepName = StepName {
    name: "render",
    version: 3,
};

/// One reel to finish.
pub(crate) struct Reel<'a> {
    /// Its source.
    pub(crate) listened: &'a Listened,
    /// The project that holds it.
    pub(crate) composed: &'a Composed,
    /// Why it exists.
    pub(crate) candidate: &'a Candidate,
    /// Its place among the reels, from 0.
    pub(crate) index: usize,
    /// Its words.
    pub(crate) transcript: Option<&'a Transcript>,
    /// How captions look; `None` draws none.
    pub(crate) style: Option<&'a CaptionStyle>,
    /// The encoder.
    pub(crate) encoder: &'a EncoderChoice,
    /// Where the files go.
    pub(crate) taken: &'a Taken,
}

/// A render that was verified, with what tells whether its files are still those.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Verified {
    rendered: Rendered,
    files: Vec<(PathBuf, Fingerprint)>,
}

impl Verified {
    fn stands(&self) -> bool {
        self.files
            .iter()
            .all(|(path, print)| fingerprint(path).is_ok_and(|found| found == *print))
    }
}

impl Engine {
    /// Renders one reel and writes its caption files, unless an earlier run did.
    pub(crate) fn finish_reel(
        &self,
        reel: &Reel<'_>,
        cancel: &Cancel,
        progress: &Progress,
    ) -> Result<Finished<ReelDocument>, Error> {
        let sequence = reel.composed.sequences.get(reel.index).ok_or_else(|| {
            ApiError::new(
                ErrorCode::Internal,
                "a candidate has no sequence in its project",
            )
        })?;
        let style = reel.style.map(|style| sequence.caption_style(style));
        let media = reel.composed.media;
        let transcripts = reel.transcript.map(|transcript| (media, transcript));
        let transcripts = transcripts.into_iter().collect();
        let (words, cards) = captions(sequence, &transcripts, style.as_ref());
        let folder = &reel.taken.path;
        let stem = folder::stem(reel.index + 1);
        let request = RenderRequest {
            sequence: Sequence::clone(sequence),
            sources: BTreeMap::from([(reel.composed.media, render_source(reel.listened))]),
            caption_style: style.clone().filter(|_| !cards.is_empty()),
            cards: cards.clone(),
            output: folder.join(format!("{stem}.mp4")),
            cover: Some(Cover {
                path: folder.join(format!("{stem}.jpg")),
                at: story::framing::cover_moment(&reel.listened.analysis, sequence),
            }),
            encoder: reel.encoder.clone(),
        };
        let verified = self.render_once(reel, request, cancel, progress)?;
        let rendered = &verified.result.rendered;
        let files = match style.as_ref().filter(|_| !cards.is_empty()) {
            Some(style) => Some(write_captions(
                folder, &stem, &cards, rendered, style, sequence,
            )?),
            None => None,
        };
        let picture = reel
            .listened
            .analysis
            .streams
            .chosen_video()
            .map_or((0, 0), |(_, video)| (video.width, video.height));
        let analysis = &reel.listened.analysis;
        let faces = story::framing::faces_shown(analysis, picture, sequence);
        let made = document::Made {
            candidate: reel.candidate,
            sequence,
            words: &words,
            cards: &cards,
            rendered,
            picture,
            faces: &faces,
            files: files.as_ref(),
        };
        let document = document::reel(&made);
        Ok(Finished {
            result: document,
            seconds: verified.seconds,
            reused: verified.reused,
        })
    }

    fn render_once(
        &self,
        reel: &Reel<'_>,
        mut request: RenderRequest,
        cancel: &Cancel,
        progress: &Progress,
    ) -> Result<Finished<Verified>, Error> {
        let (source, print) = (&reel.listened.path, &reel.listened.fingerprint);
        let parameters = without_paths(&request);
        self.step(print, RENDER, &parameters, cancel, Verified::stands, || {
            self.unchanged(source, print)?;
            let output = request.output.clone();
            let cover = request.cover.as_ref().map(|cover| cover.path.clone());
            request.output = folder::waiting(&output);
            if let Some(cover) = &mut request.cover {
                cover.path = folder::waiting(&cover.path);
            }
            let request = Request::Render(Box::new(request));
            let rendered = self.worker().call(&request, cancel, progress);
            let mut rendered: Rendered = self.undisturbed(source, print, rendered)?;
            self.begin_replacing(reel.taken)?;
            folder::rename(&rendered.file, &output)?;
            rendered.file = output;
            for ((made, _), path) in rendered.cover.iter_mut().zip(cover) {
                folder::rename(made, &path)?;
                *made = path;
            }
            let cover = rendered.cover.iter().map(|(path, _)| path.clone());
            let files = std::iter::once(rendered.file.clone())
                .chain(cover)
                .map(|path| fingerprint(&path).map(|print| (path, print)))
                .collect::<Result<_, _>>()?;
            Ok(Verified { rendered, files })
        })
    }
}

/// A stored sequence to render.
#[derive(Debug, Clone)]
pub struct SequenceOrder {
    /// The project.
    pub project: i64,
    /// The sequence in it.
    pub sequence: u64,
    /// The file to write.
    pub output: PathBuf,
    /// The encoder.
    pub encoder: EncoderChoice,
}

/// A rendered sequence, as `crealia render` prints it.
#[derive(Debug, Clone, Serialize)]
pub struct RenderedSequence {
    /// The file.
    pub file: PathBuf,
    /// Its length in seconds.
    pub duration: protocol::Seconds,
    /// The encoder that made it.
    pub encoder: String,
    /// Measured on the finished file; null for silence.
    pub loudness_lufs: Option<f64>,
    /// Measured on the finished file; null for silence.
    pub true_peak_dbtp: Option<f64>,
}

impl Engine {
    /// Returns where a project's medium is: where the project says, else where its content was
    /// last seen.
    pub(crate) fn place_of(&self, media: &Media) -> Result<PathBuf, Error> {
        let noted = PathBuf::from(&media.path);
        let seen = self.seen(self.library().source_path(&media.fingerprint.0))?;
        let seen = seen.map(PathBuf::from).filter(|seen| *seen != noted);
        let is_it = |path: &PathBuf| matches!(self.is_source(path, &media.fingerprint), Ok(true));
        if let Some(path) = std::iter::once(&noted)
            .chain(&seen)
            .find(|path| is_it(path))
        {
            return Ok(path.clone());
        }
        // Nobody is there to say why, unless the file itself does.
        fingerprint(&noted)?;
        let message = format!(
            "{} is no longer the file that the project was made from",
            noted.display()
        );
        Err(ApiError::new(ErrorCode::SourceChanged, message)
            .hint("put that file back, or make reels of the new one")
            .into())
    }

    /// Returns what came of rendering a project's sources, unless one of them changed meanwhile.
    pub(crate) fn undisturbed_sources<T>(
        &self,
        project: &Project,
        sources: &BTreeMap<MediaId, RenderSource>,
        rendered: Result<T, Error>,
    ) -> Result<T, Error> {
        sources
            .iter()
            .filter_map(|(id, source)| Some((&source.path, project.media.get(id)?)))
            .fold(rendered, |rendered, (path, media)| {
                self.undisturbed(path, &media.fingerprint, rendered)
            })
    }

    /// Renders a sequence of a stored project as it is now, the user's corrections included.
    pub fn render_sequence(
        &self,
        order: &SequenceOrder,
        cancel: &Cancel,
        progress: &Progress,
    ) -> Result<RenderedSequence, Error> {
        let project = self.open_project(order.project)?;
        let mut request = self.request(&project, order, cancel)?;
        for source in request.sources.values() {
            if same_file(&source.path, &order.output) {
                let message = format!("{} is the source of the project", source.path.display());
                return Err(ApiError::new(ErrorCode::OutputExists, message)
                    .hint("name another file with --out")
                    .into());
            }
        }
        request.output = folder::waiting(&order.output);
        let sources = request.sources.clone();
        let request = Request::Render(Box::new(request));
        let rendered = self.worker().call(&request, cancel, progress);
        let rendered = self
            .undisturbed_sources(&project, &sources, rendered)
            .and_then(|rendered: Rendered| {
                folder::rename(&rendered.file, &order.output)?;
                Ok(rendered)
            })
            .inspect_err(|_| folder::sweep_waiting(&order.output))?;
        Ok(RenderedSequence {
            file: order.output.clone(),
            duration: rendered.duration.into(),
            encoder: rendered.encoder,
            loudness_lufs: rendered.loudness.integrated_lufs,
            true_peak_dbtp: rendered.loudness.true_peak_dbtp,
        })
    }

    /// Returns what is to be rendered, with all that it refers to.
    fn request(
        &self,
        project: &Project,
        order: &SequenceOrder,
        cancel: &Cancel,
    ) -> Result<RenderRequest, Error> {
        let shown = self.shown(project, SequenceId(order.sequence), cancel);
        let mut request = shown?.ok_or_else(|| {
            let message = format!(
                "project {} has no sequence {}",
                order.project, order.sequence
            );
            ApiError::new(ErrorCode::Unknown, message).hint("`crealia projects` lists them")
        })?;
        request.encoder = order.encoder.clone();
        Ok(request)
    }

    /// Returns a sequence with all that it refers to, without a file to write; `None` when the
    /// project has no such sequence.
    pub(crate) fn shown(
        &self,
        project: &Project,
        sequence: SequenceId,
        cancel: &Cancel,
    ) -> Result<Option<RenderRequest>, Error> {
        match project.sequences.get(&sequence) {
            Some(sequence) => {
                let mut read = Read::default();
                let shown = self.shown_after(&mut read, project, sequence, cancel);
                shown.map(Some)
            }
            None => Ok(None),
        }
    }

    /// Returns a sequence with all that it refers to, like [`Engine::shown`], after others.
    pub(crate) fn shown_after(
        &self,
        read: &mut Read,
        project: &Project,
        sequence: &Sequence,
        cancel: &Cancel,
    ) -> Result<RenderRequest, Error> {
        let mut sources = BTreeMap::new();
        let mut transcripts = BTreeMap::new();
        for id in used(sequence) {
            let Some(media) = project.media.get(&id) else {
                continue;
            };
            let path = &self.place_of(media)?;
            let looked = self.look(path, crate::Streams::default(), cancel)?.result;
            sources.insert(id, source_of(&looked.path, &looked.probe));
            if let Some(captions) = sequence.captions.get(&id) {
                let words = self.spoken(read, &media.fingerprint, &captions.revision.0)?;
                transcripts.extend(words.map(|words| (id, words)));
            }
        }
        let preset = sequence.preset.and_then(|id| project.presets.get(&id));
        let style = preset.map(|preset| sequence.caption_style(&preset.caption));
        let transcripts = (transcripts.iter())
            .map(|(id, words)| (*id, &**words))
            .collect();
        let (_, cards) = captions(sequence, &transcripts, style.as_ref());
        Ok(RenderRequest {
            sequence: Sequence::clone(sequence),
            sources,
            caption_style: style.filter(|_| !cards.is_empty()),
            cards,
            output: PathBuf::new(),
            cover: None,
            encoder: EncoderChoice::default(),
        })
    }

    /// Returns words of a source.
    fn spoken(
        &self,
        read: &mut Read,
        source: &Fingerprint,
        revision: &str,
    ) -> Result<Option<Arc<Transcript>>, Error> {
        if let Some((of, known, words)) = &read.words
            && (of, known.as_str()) == (source, revision)
        {
            return Ok(Some(Arc::clone(words)));
        }
        let words = self.seen(self.library().transcript(&source.0, revision))?;
        let Some(json) = words else { return Ok(None) };
        let words: Arc<Transcript> = Arc::new(serde_json::from_str(&json)?);
        read.words = Some((source.clone(), revision.to_owned(), Arc::clone(&words)));
        Ok(Some(words))
    }

    /// Returns what was measured in the one source of a sequence's pictures; `None` for several
    /// sources, and for one that was not analysed here.
    pub(crate) fn measured(
        &self,
        read: &mut Read,
        project: &Project,
        sequence: &Sequence,
        cancel: &Cancel,
    ) -> Result<Option<Arc<Analysis>>, Error> {
        let shown: Vec<MediaId> = shown(sequence).into_iter().collect();
        let [only] = shown.as_slice() else {
            return Ok(None);
        };
        let Some(media) = project.media.get(only) else {
            return Ok(None);
        };
        if let Some((of, measured)) = &read.measured
            && *of == media.fingerprint
        {
            return Ok(Some(Arc::clone(measured)));
        }
        let path = self.place_of(media)?;
        let looked = self.look(&path, crate::Streams::default(), cancel)?;
        let measured = self.heard(&looked.result)?.map(Arc::new);
        read.measured =
            (measured.as_ref()).map(|measured| (media.fingerprint.clone(), Arc::clone(measured)));
        Ok(measured)
    }
}

/// What was read last of a source, for the next sequence of it: neither changes under its name, and those of
/// an hour take longer to read than a cover takes to draw.
#[derive(Default)]
pub(crate) struct Read {
    /// Words, by source and revision.
    words: Option<(Fingerprint, String, Arc<Transcript>)>,
    measured: Option<(Fingerprint, Arc<Analysis>)>,
}

/// Returns the sources that a sequence plays.
fn used(sequence: &Sequence) -> BTreeSet<MediaId> {
    let clips = sequence.tracks.iter().flat_map(|track| &track.clips);
    clips.map(|clip| clip.media).collect()
}

/// Returns the sources whose pictures a sequence plays.
fn shown(sequence: &Sequence) -> BTreeSet<MediaId> {
    let tracks = sequence
        .tracks
        .iter()
        .filter(|track| track.kind.is_picture());
    let clips = tracks.flat_map(|track| &track.clips);
    clips.map(|clip| clip.media).collect()
}

/// Returns what decides how a render looks: a source that was moved is the same source.
fn without_paths(request: &RenderRequest) -> RenderRequest {
    let mut request = request.clone();
    for source in request.sources.values_mut() {
        source.path = PathBuf::new();
    }
    request
}

/// Returns whether two paths lead to the same file; one that does not exist is no other.
fn same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(one).is_some_and(|one| real(other) == Some(one))
}

fn render_source(listened: &Listened) -> RenderSource {
    source_of(&listened.path, &listened.probe)
}

pub(crate) fn source_of(path: &Path, probe: &media::Probe) -> RenderSource {
    let video = probe
        .streams
        .chosen_video()
        .map(|(stream, video)| RenderVideo {
            id: stream.id.clone(),
            width: video.width,
            height: video.height,
        });
    RenderSource {
        path: path.to_owned(),
        video,
        audio: probe
            .streams
            .chosen_audio()
            .map(|(stream, _)| stream.id.clone()),
        start: probe.origin,
    }
}

/// Extensions of the caption files.
pub(crate) const CAPTION_FILES: [&str; 3] = ["srt", "vtt", "ass"];

/// Writes the caption files with the lines as drawn and returns their names.
pub(crate) fn write_captions(
    folder: &Path,
    stem: &str,
    cards: &[Card],
    rendered: &Rendered,
    style: &CaptionStyle,
    sequence: &Sequence,
) -> Result<[String; 3], Error> {
    let cues: Vec<CaptionCue> = cards
        .iter()
        .map(|card| {
            let drawn = rendered
                .captions
                .iter()
                .find(|drawn| drawn.range == card.range);
            match drawn {
                Some(drawn) if !drawn.lines.is_empty() => {
                    let starts: Vec<usize> =
                        drawn.lines.iter().filter_map(|l| l.first_word).collect();
                    let place = Place {
                        x: drawn.bounds.x + drawn.bounds.w / 2.0,
                        y: drawn.bounds.y + drawn.bounds.h / 2.0,
                        letter_size: drawn.letter_size,
                    };
                    CaptionCue::drawn(card.clone(), &starts, place)
                }
                Some(_) | None => CaptionCue::new(card.clone()),
            }
        })
        .collect();
    let contents = [
        story::export::srt(&cues),
        story::export::vtt(&cues),
        story::export::ass(&cues, style, &sequence.format),
    ];
    let mut names = [String::new(), String::new(), String::new()];
    for ((name, extension), content) in names.iter_mut().zip(CAPTION_FILES).zip(contents) {
        *name = format!("{stem}.{extension}");
        let path = folder.join(&*name);
        // A finished file is left as it is, its times included.
        if std::fs::read(&path).is_ok_and(|there| there == content.as_bytes()) {
            continue;
        }
        folder::write_whole(&path, content.as_bytes())?;
    }
    Ok(names)
}
