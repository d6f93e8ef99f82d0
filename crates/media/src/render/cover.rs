//! The cover image: the sharpest frame around a moment, taken while it passes to the encoder or drawn
//! for itself.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use footage::time::{FrameRate, Ticks};
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_video as gst_video;
use gstreamer_video::prelude::*;
use timeline::caption::Card;
use timeline::time::SequenceTime;

use super::RenderRequest;
use super::watch::broken;
use crate::error::{Error, Result};
use crate::sync::lock;

/// How far around the wanted moment frames are compared.
const AROUND: Ticks = Ticks(Ticks::SECOND.0 / 2);
/// How many frames are compared.
const COMPARED: i64 = 5;
/// JPEG quality, 1..=100.
const QUALITY: u8 = 90;

/// A frame that is looked at: I420, BT.709, limited range.
pub(crate) struct Look<'a> {
    width: usize,
    height: usize,
    planes: [&'a [u8]; 3],
    strides: [usize; 3],
}

/// The sharpest frame so far.
#[derive(Default)]
pub(crate) struct Sharpest {
    sharpness: f64,
    picture: Option<(image::RgbImage, SequenceTime)>,
}

/// Watches frames pass and keeps the sharpest.
pub(super) struct CoverTap(Arc<Mutex<Result<Sharpest>>>);

/// Returns the frames to compare: around the wanted moment, else from the middle of the first
/// card, else a third into the whole.
pub(crate) fn frames(
    rate: FrameRate,
    cards: &[Card],
    at: Option<SequenceTime>,
    total: i64,
) -> Vec<i64> {
    let last = (total - 1).max(0);
    let middle = at.unwrap_or_else(|| match cards.first() {
        Some(card) => card.range.start + card.range.duration().scaled(1, 2),
        None => SequenceTime::ZERO + rate.frame_start(last / 3),
    });
    let first = rate.frame_at(middle.since_start() - AROUND);
    let step = (rate.frames_in(AROUND) * 2 / (COMPARED - 1)).max(1);
    let mut frames: Vec<i64> = (0..COMPARED)
        .map(|index| (first + index * step).clamp(0, last))
        .collect();
    frames.dedup();
    frames
}

impl CoverTap {
    /// Watches what leaves `pad`.
    pub(super) fn on(
        pad: &gst::Pad,
        request: &RenderRequest,
        at: Option<SequenceTime>,
        total: i64,
    ) -> Self {
        let best = Arc::new(Mutex::new(Ok(Sharpest::default())));
        let rate = request.sequence.format.rate;
        let frames = frames(rate, &request.cards, at, total);
        let kept = Arc::clone(&best);
        pad.add_probe(gst::PadProbeType::BUFFER, move |pad, passing| {
            if let Some(buffer) = passing.buffer()
                && let Some(index) = frame_index(buffer, rate)
                && frames.contains(&index)
            {
                let at = SequenceTime::ZERO + rate.frame_start(index);
                let mut kept = lock(&kept);
                if let Ok(best) = kept.as_mut()
                    && let Err(failure) = consider(best, pad, buffer, at)
                {
                    *kept = Err(failure);
                }
            }
            gst::PadProbeReturn::Ok
        });
        Self(best)
    }

    /// Writes the best frame as JPEG under a temporary name; returns its moment.
    pub(super) fn write(&self, partial: &Path) -> Result<SequenceTime> {
        lock(&self.0).as_ref().map_err(Error::clone)?.write(partial)
    }
}

fn consider(
    best: &mut Sharpest,
    pad: &gst::Pad,
    buffer: &gst::BufferRef,
    at: SequenceTime,
) -> Result<()> {
    let caps = pad
        .current_caps()
        .ok_or_else(|| broken("a frame without caps"))?;
    let info = gst_video::VideoInfo::from_caps(&caps).map_err(broken)?;
    let frame =
        gst_video::VideoFrameRef::from_buffer_ref_readable(buffer, &info).map_err(broken)?;
    let planes = [0, 1, 2].map(|plane| frame.plane_data(plane));
    let [Ok(luma), Ok(blue), Ok(red)] = planes else {
        return Err(broken("a frame cannot be read"));
    };
    let look = Look {
        width: frame.width() as usize,
        height: frame.height() as usize,
        planes: [luma, blue, red],
        strides: [0, 1, 2].map(|plane| stride(&frame, plane)),
    };
    best.consider(&look, at);
    Ok(())
}

impl Sharpest {
    /// Keeps a frame when it is sharper than those before.
    pub(crate) fn consider(&mut self, look: &Look<'_>, at: SequenceTime) {
        let sharpness = look.sharpness();
        if self.picture.is_none() || sharpness > self.sharpness {
            self.sharpness = sharpness;
            self.picture = Some((look.rgb(), at));
        }
    }

    /// Writes it as JPEG under a temporary name; returns its moment.
    pub(crate) fn write(&self, partial: &Path) -> Result<SequenceTime> {
        let (picture, at) =
            (self.picture.as_ref()).ok_or_else(|| broken("no frame for the cover passed"))?;
        let mut jpeg = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
            .encode_image(picture)
            .map_err(broken)?;
        let failed = |cause: std::io::Error| Error::writing(partial, &cause);
        let mut file = std::fs::File::create(partial).map_err(failed)?;
        file.write_all(&jpeg).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        Ok(*at)
    }
}

fn frame_index(buffer: &gst::BufferRef, rate: FrameRate) -> Option<i64> {
    let nanos = i64::try_from(buffer.pts()?.nseconds()).ok()?;
    Some(rate.frame_at(Ticks::from_nanos(nanos)))
}

fn stride(frame: &gst_video::VideoFrameRef<&gst::BufferRef>, plane: usize) -> usize {
    let stride = frame.plane_stride().get(plane).copied().unwrap_or_default();
    usize::try_from(stride).unwrap_or_default()
}

impl<'a> Look<'a> {
    /// Looks at planes that follow each other, rows without padding; `None` when they are too few.
    pub(crate) fn packed(planes: &'a [u8], (width, height): (u32, u32)) -> Option<Self> {
        let (width, height) = (width as usize, height as usize);
        let (luma, colour) = planes.split_at_checked(width * height)?;
        let (blue, red) = colour.split_at_checked(luma.len() / 4)?;
        Some(Self {
            width,
            height,
            planes: [luma, blue, red],
            strides: [width, width / 2, width / 2],
        })
    }

    /// Returns the mean squared Laplacian of the luma: blur lowers it.
    fn sharpness(&self) -> f64 {
        let ([luma, ..], [stride, ..]) = (self.planes, self.strides);
        let rows: Vec<&[u8]> = luma
            .chunks(stride.max(1))
            .take(self.height)
            .filter_map(|row| row.get(..self.width))
            .collect();
        let (mut sum, mut count) = (0.0, 0.0_f64);
        for trio in rows.windows(3).step_by(2) {
            let [above, row, below] = trio else { continue };
            let columns = row
                .windows(3)
                .zip(above.iter().skip(1))
                .zip(below.iter().skip(1));
            for ((window, up), down) in columns {
                let [left, middle, right] = window else {
                    continue;
                };
                let around =
                    i32::from(*left) + i32::from(*right) + i32::from(*up) + i32::from(*down);
                sum += f64::from(4 * i32::from(*middle) - around).powi(2);
                count += 1.0;
            }
        }
        sum / count.max(1.0)
    }

    /// Returns the frame in RGB: BT.709, limited range (ITU-R BT.709-6, items 3.2 and 4.6).
    fn rgb(&self) -> image::RgbImage {
        let [luma, blue, red] = self.planes;
        let [y_stride, u_stride, v_stride] = self.strides;
        let sample = |plane: &[u8], at: usize| f32::from(plane.get(at).copied().unwrap_or(128));
        image::RgbImage::from_fn(self.width as u32, self.height as u32, |x, y| {
            let (x, y) = (x as usize, y as usize);
            let light = (sample(luma, y * y_stride + x) - 16.0) * 255.0 / 219.0;
            let cb = (sample(blue, y / 2 * u_stride + x / 2) - 128.0) * 255.0 / 224.0;
            let cr = (sample(red, y / 2 * v_stride + x / 2) - 128.0) * 255.0 / 224.0;
            image::Rgb([
                (light + 1.5748 * cr).round().clamp(0.0, 255.0) as u8,
                (light - 0.1873 * cb - 0.4681 * cr)
                    .round()
                    .clamp(0.0, 255.0) as u8,
                (light + 1.8556 * cb).round().clamp(0.0, 255.0) as u8,
            ])
        })
    }
}
