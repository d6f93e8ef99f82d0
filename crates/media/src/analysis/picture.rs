//! What one pass sees: looks for shots, motion, face pictures, filmstrip and thumbnail.

use std::collections::VecDeque;

use footage::picture::{Motion, Shot};
use footage::streams::VideoStream;
use footage::time::{SourceTime, Ticks};
use gst_video::VideoFrameExt as _;
use gstreamer_video as gst_video;
use serde::{Deserialize, Serialize};

use super::planes::{Colour, Gray, Matrix, Rows, Turn, plane, upright};
use super::shots::Shots;
use super::shots::look::{CHROMA_HEIGHT, CHROMA_WIDTH, HEIGHT, Look, WIDTH};
use super::{FacePicture, ShotStart};
use crate::error::Result;
use crate::reader::times::FrameTimes;

/// Longest wait between face pictures that are kept ready: one is at hand this soon after a cut.
const READY_SECS: f64 = 0.1;
/// Time of one motion value.
const MOTION_SECS: f64 = 0.25;
/// Rows of one filmstrip tile.
const TILE_HEIGHT: u32 = 72;
/// Tiles in one row of the filmstrip.
const TILE_COLUMNS: u32 = 10;
/// Most tiles.
const TILES: u32 = 120;
/// Longer side of the thumbnail.
const THUMBNAIL: u32 = 640;
/// Moments that are tried for the thumbnail.
const THUMBNAIL_TRIES: i64 = 12;

/// How a filmstrip's sheet is divided: tiles run left to right, then down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filmstrip {
    /// Columns of pixels in one tile.
    pub tile_width: u32,
    /// Rows of pixels in one tile.
    pub tile_height: u32,
    /// Tiles in one row.
    pub columns: u32,
    /// Number of tiles.
    pub count: u32,
    /// Time from one tile to the next; the first is at 0.
    pub step: Ticks,
}

/// An RGB picture.
#[derive(Debug, Clone)]
pub(crate) struct Rgb {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) samples: Vec<u8>,
}

/// What was seen.
pub(crate) struct Sight {
    pub(crate) shots: Vec<Shot>,
    pub(crate) motion: Motion,
    pub(crate) frames: u64,
    pub(crate) times: FrameTimes,
    pub(crate) filmstrip: Option<(Filmstrip, Rgb)>,
    pub(crate) thumbnail: Option<Rgb>,
}

/// What a pass over the picture is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) faces: Option<Faces>,
    pub(crate) filmstrip: Wish,
    pub(crate) thumbnail: Wish,
}

/// Whether an output is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    Make,
    Skip,
}

/// Face pictures: how large and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Faces {
    pub(crate) longer_side: u32,
    pub(crate) every: Ticks,
}

/// Looks at frames as they come, in order of time.
pub(crate) struct Eye {
    form: VideoStream,
    duration: Ticks,
    wanted: Wanted,
    shots: Shots,
    last: Option<Look>,
    changes: Vec<(SourceTime, f32)>,
    times: FrameTimes,
    frames: u64,
    last_frame: Option<SourceTime>,
    ready: VecDeque<FacePicture>,
    kept: Option<SourceTime>,
    emitted: Option<SourceTime>,
    /// Boundaries that a face picture was told of.
    told: Option<SourceTime>,
    strip: Option<(Filmstrip, Rgb)>,
    strip_next: u32,
    thumbnail: Option<(f32, Rgb)>,
    thumbnail_next: i64,
}

impl Eye {
    /// Returns an eye for frames of `form` in a source of length `duration`.
    pub(crate) fn new(form: VideoStream, duration: Ticks, wanted: Wanted) -> Self {
        let strip = (wanted.filmstrip == Wish::Make).then(|| empty_strip(&form, duration));
        Self {
            form,
            duration,
            wanted,
            shots: Shots::default(),
            last: None,
            changes: Vec::new(),
            times: FrameTimes::default(),
            frames: 0,
            last_frame: None,
            ready: VecDeque::new(),
            kept: None,
            emitted: None,
            told: None,
            strip,
            strip_next: 0,
            thumbnail: None,
            thumbnail_next: 0,
        }
    }

    /// Takes the frame shown at `time`; face pictures that are due go to `out`, in order of time.
    pub(crate) fn see(
        &mut self,
        time: SourceTime,
        frame: &gst_video::VideoFrameRef<&gstreamer::BufferRef>,
        out: &mut Vec<FacePicture>,
    ) -> Result<()> {
        self.frames += 1;
        self.times.push(Ticks(time.0).nanos());
        let look = look(time, frame)?;
        let change = self.last.as_ref().map_or(0.0, |last| look.change(last));
        self.changes.push((time, change / 255.0));
        self.keep_face_picture(time, frame)?;
        self.fill_strip(time, frame)?;
        self.try_thumbnail(time, frame, &look)?;
        self.shots.push(look.clone());
        self.last = Some(look);
        self.last_frame = Some(time);
        self.release(self.shots.settled(), out);
        Ok(())
    }

    /// Returns what was seen; the last face pictures go to `out`.
    pub(crate) fn finish(mut self, out: &mut Vec<FacePicture>) -> Sight {
        self.shots.finish();
        self.release(None, out);
        let shots = self.shots.shots(self.duration);
        let motion = motion(&self.changes, &shots, self.duration);
        let filmstrip = self.strip.map(|(strip, mut sheet)| {
            // Frames can end before the sound does: the last tile stays.
            if let Some(last) = self.strip_next.checked_sub(1) {
                for tile in self.strip_next..strip.count {
                    copy_tile(&mut sheet, &strip, last, tile);
                }
            }
            (strip, sheet)
        });
        Sight {
            shots,
            motion,
            frames: self.frames,
            times: self.times,
            filmstrip,
            thumbnail: self.thumbnail.map(|(_, picture)| picture),
        }
    }

    fn keep_face_picture(
        &mut self,
        time: SourceTime,
        frame: &gst_video::VideoFrameRef<&gstreamer::BufferRef>,
    ) -> Result<()> {
        let Some(faces) = self.wanted.faces else {
            return Ok(());
        };
        // Take this frame if waiting for the next one could be too late.
        let step = self
            .last_frame
            .map_or(Ticks::ZERO, |last| time - last)
            .max(Ticks::ZERO);
        let due = self
            .kept
            .is_none_or(|kept| (time - kept + step).secs() > READY_SECS + 1e-6);
        if !due {
            return Ok(());
        }
        self.kept = Some(time);
        let (width, height) = fit(self.form.width, self.form.height, faces.longer_side);
        let gray = self.upright_plane(frame, 0, width, height)?;
        let colour = self.colour(frame, width.div_ceil(2), height.div_ceil(2))?;
        self.ready.push_back(FacePicture {
            time,
            shot: ShotStart::Continues,
            scale: (
                f64::from(self.form.width) / gray.width.max(1) as f64,
                f64::from(self.form.height) / gray.height.max(1) as f64,
            ),
            width: gray.width as u32,
            height: gray.height as u32,
            gray: gray.samples,
            colour,
        });
        Ok(())
    }

    /// Returns the colour of a frame, in `width` × `height` values.
    fn colour(
        &self,
        frame: &gst_video::VideoFrameRef<&gstreamer::BufferRef>,
        width: u32,
        height: u32,
    ) -> Result<Colour> {
        let matrix = Matrix::named(&frame.info().colorimetry(), self.form.coded_height);
        if frame.n_components() < 3 {
            return Ok(Colour {
                matrix,
                chroma: None,
            });
        }
        let plane = |component| self.upright_plane(frame, component, width, height);
        Ok(Colour {
            matrix,
            chroma: Some([plane(1)?, plane(2)?]),
        })
    }

    /// Lets go of the pictures before `settled` that are due.
    fn release(&mut self, settled: Option<SourceTime>, out: &mut Vec<FacePicture>) {
        let every = self.wanted.faces.map_or(Ticks::SECOND, |faces| faces.every);
        loop {
            let Some(front) = self.ready.front() else {
                return;
            };
            if settled.is_some_and(|settled| front.time >= settled) {
                return;
            }
            let time = front.time;
            let next = self.ready.get(1).map(|next| next.time);
            if next.is_none() && settled.is_some() {
                // Whether this one is due depends on when the next one comes.
                return;
            }
            let boundary = self
                .shots
                .boundaries()
                .iter()
                .rev()
                .find(|boundary| boundary.time <= time)
                .map(|boundary| boundary.time);
            let starts = self.emitted.is_none() || boundary > self.told;
            let due = self.emitted.is_none_or(|emitted| {
                next.is_none_or(|next| next - emitted > every) || time - emitted >= every
            });
            let Some(mut picture) = self.ready.pop_front() else {
                return;
            };
            if starts {
                picture.shot = ShotStart::Starts;
                self.told = boundary;
            } else if !due {
                continue;
            }
            self.emitted = Some(time);
            out.push(picture);
        }
    }

    fn fill_strip(
        &mut self,
        time: SourceTime,
        frame: &gst_video::VideoFrameRef<&gstreamer::BufferRef>,
    ) -> Result<()> {
        let Some((strip, mut sheet)) = self.strip.take() else {
            return Ok(());
        };
        let mut tile: Option<Rgb> = None;
        while self.strip_next < strip.count && time.0 >= strip.step.0 * i64::from(self.strip_next) {
            let picture = match &tile {
                Some(tile) => tile,
                None => tile.insert(self.small_rgb(frame, strip.tile_width, strip.tile_height)?),
            };
            place_tile(&mut sheet, &strip, picture, self.strip_next);
            self.strip_next += 1;
        }
        self.strip = Some((strip, sheet));
        Ok(())
    }

    /// Keeps the frame with the most detail of a dozen moments, neither dark nor glaring.
    fn try_thumbnail(
        &mut self,
        time: SourceTime,
        frame: &gst_video::VideoFrameRef<&gstreamer::BufferRef>,
        look: &Look,
    ) -> Result<()> {
        if self.wanted.thumbnail == Wish::Skip {
            return Ok(());
        }
        // From 5 % to 60 % of the source: after the titles, before the end gives itself away.
        let place = Ticks(self.duration.0 / 20)
            + Ticks(self.duration.0 * 11 / 20).scaled(self.thumbnail_next, THUMBNAIL_TRIES);
        let first = self.thumbnail.is_none();
        if !first && time.0 < place.0 {
            return Ok(());
        }
        if !first {
            self.thumbnail_next += 1;
        }
        let merit = look.contrast;
        if self
            .thumbnail
            .as_ref()
            .is_none_or(|(best, _)| merit > *best)
        {
            let (width, height) = fit(self.form.width, self.form.height, THUMBNAIL);
            // The very first frame only stands in until a better place comes.
            let merit = if first { merit * 0.5 } else { merit };
            self.thumbnail = Some((merit, self.small_rgb(frame, width, height)?));
        }
        Ok(())
    }

    fn upright_plane(
        &self,
        frame: &gst_video::VideoFrameRef<&gstreamer::BufferRef>,
        component: u32,
        width: u32,
        height: u32,
    ) -> Result<Gray> {
        let turned = matches!(self.form.rotation, 90 | 270);
        let (across, down) = if turned {
            (height, width)
        } else {
            (width, height)
        };
        let samples = plane(frame, component)?.shrunk(across as usize, down as usize, Rows::All);
        let (samples, width, height) = upright(
            samples,
            across as usize,
            down as usize,
            Turn {
                rotation: self.form.rotation,
                mirrored: self.form.mirrored,
            },
        );
        Ok(Gray {
            width,
            height,
            samples,
        })
    }

    fn small_rgb(
        &self,
        frame: &gst_video::VideoFrameRef<&gstreamer::BufferRef>,
        width: u32,
        height: u32,
    ) -> Result<Rgb> {
        let luma = self.upright_plane(frame, 0, width, height)?;
        let colour = self.colour(frame, width, height)?;
        Ok(Rgb {
            width: luma.width as u32,
            height: luma.height as u32,
            samples: colour.rgb(&luma.samples, luma.width),
        })
    }
}

fn look(time: SourceTime, frame: &gst_video::VideoFrameRef<&gstreamer::BufferRef>) -> Result<Look> {
    let luma = plane(frame, 0)?.shrunk(WIDTH, HEIGHT, Rows::Few(4));
    let mut chroma = Vec::new();
    if frame.n_components() >= 3 {
        chroma = plane(frame, 1)?.shrunk(CHROMA_WIDTH, CHROMA_HEIGHT, Rows::Few(3));
        chroma.extend(plane(frame, 2)?.shrunk(CHROMA_WIDTH, CHROMA_HEIGHT, Rows::Few(3)));
    }
    Ok(Look::new(time, luma, chroma))
}

/// Returns `width` × `height` made to fit into a square of `longer`, never larger than it is.
fn fit(width: u32, height: u32, longer: u32) -> (u32, u32) {
    let most = width.max(height).max(1);
    let longer = longer.min(most).max(1);
    let scaled = |size: u32| {
        ((u64::from(size) * u64::from(longer) + u64::from(most) / 2) / u64::from(most)).max(1)
            as u32
    };
    (scaled(width), scaled(height))
}

fn empty_strip(form: &VideoStream, duration: Ticks) -> (Filmstrip, Rgb) {
    let count = ((duration.secs() / 2.0).ceil() as u32).clamp(1, TILES);
    let tile_height = TILE_HEIGHT.min(form.height.max(1));
    let tile_width = (u64::from(form.width) * u64::from(tile_height)
        / u64::from(form.height.max(1)))
    .max(1) as u32;
    let columns = count.min(TILE_COLUMNS);
    let strip = Filmstrip {
        tile_width,
        tile_height,
        columns,
        count,
        step: Ticks(duration.0 / i64::from(count)),
    };
    let (width, height) = (tile_width * columns, tile_height * count.div_ceil(columns));
    let sheet = Rgb {
        width,
        height,
        samples: vec![0; width as usize * height as usize * 3],
    };
    (strip, sheet)
}

/// Returns the bytes of each row of a tile in its sheet.
fn tile_rows(strip: &Filmstrip, tile: u32) -> impl Iterator<Item = std::ops::Range<usize>> {
    let line = (strip.tile_width * 3) as usize;
    let stride = line * strip.columns as usize;
    let left = (tile % strip.columns) as usize * line;
    let top = (tile / strip.columns * strip.tile_height) as usize;
    (top..top + strip.tile_height as usize).map(move |row| {
        let start = row * stride + left;
        start..start + line
    })
}

fn place_tile(sheet: &mut Rgb, strip: &Filmstrip, picture: &Rgb, tile: u32) {
    let lines = picture
        .samples
        .chunks_exact((strip.tile_width * 3) as usize);
    for (row, line) in tile_rows(strip, tile).zip(lines) {
        if let Some(target) = sheet.samples.get_mut(row) {
            target.copy_from_slice(line);
        }
    }
}

fn copy_tile(sheet: &mut Rgb, strip: &Filmstrip, from: u32, to: u32) {
    for (from, to) in tile_rows(strip, from).zip(tile_rows(strip, to)) {
        if from.end <= sheet.samples.len() && to.end <= sheet.samples.len() {
            sheet.samples.copy_within(from, to.start);
        }
    }
}

/// Returns the change per step of 0.25 s: the sum over its frames, so that it does not depend on
/// the frame rate. Frames that begin a shot are left out.
fn motion(changes: &[(SourceTime, f32)], shots: &[Shot], duration: Ticks) -> Motion {
    let step = Ticks::from_secs(MOTION_SECS);
    let count = (duration.0 as u64).div_ceil(step.0 as u64) as usize;
    let mut values = vec![0.0_f32; count];
    let mut starts = shots.iter().map(|shot| shot.range.start).peekable();
    for &(time, change) in changes {
        let mut first_of_shot = false;
        while starts.next_if(|&start| start <= time).is_some() {
            first_of_shot = true;
        }
        if first_of_shot || time < SourceTime::ZERO {
            continue;
        }
        if let Some(value) = values.get_mut((time.0 / step.0) as usize) {
            *value = (*value + change).min(1.0);
        }
    }
    Motion { step, values }
}
