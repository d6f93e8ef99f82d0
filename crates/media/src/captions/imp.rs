//! The GStreamer side of [`super::Captions`].

use std::sync::{LazyLock, Mutex, MutexGuard};

use footage::time::Ticks;
use gstreamer as gst;
use gstreamer::glib;
use gstreamer::subclass::prelude::*;
use gstreamer_base::subclass::prelude::*;
use gstreamer_video as gst_video;
use gstreamer_video::prelude::*;
use gstreamer_video::subclass::prelude::*;
use lettering::{I420, Layout, Lettering, Overlay, Plane, blend_i420, lit};
use timeline::caption::Card;
use timeline::style::CaptionStyle;
use timeline::time::SequenceTime;

use super::{DrawnCard, DrawnLine, safe_area};
use crate::init::planar_pads;
use crate::sync::lock;

#[derive(Default)]
pub struct Captions {
    work: Mutex<Option<Work>>,
}

struct Work {
    cards: Vec<Card>,
    style: CaptionStyle,
    lettering: Lettering,
    shown: Option<Shown>,
    drawn: Vec<DrawnCard>,
}

/// The card on screen.
struct Shown {
    card: usize,
    lit: Option<usize>,
    layout: Layout,
    overlay: Overlay,
}

impl Captions {
    pub(super) fn set(&self, cards: Vec<Card>, style: CaptionStyle) {
        *self.work() = Some(Work {
            cards,
            style,
            lettering: Lettering::new(),
            shown: None,
            drawn: Vec::new(),
        });
    }

    pub(super) fn drawn(&self) -> Vec<DrawnCard> {
        self.work()
            .as_ref()
            .map(|work| work.drawn.clone())
            .unwrap_or_default()
    }

    fn work(&self) -> MutexGuard<'_, Option<Work>> {
        lock(&self.work)
    }
}

impl Work {
    /// Returns what to blend at a moment, drawn anew only when it differs from what was shown.
    fn overlay(&mut self, at: SequenceTime, frame: (u32, u32)) -> Option<&Overlay> {
        let after = self.cards.partition_point(|card| card.range.start <= at);
        let index = after.checked_sub(1)?;
        let card = self
            .cards
            .get(index)
            .filter(|card| card.range.contains(at))?;
        let word = lit(card, at);
        let shown = match self.shown.take() {
            Some(shown) if shown.card == index && shown.lit == word => shown,
            Some(shown) if shown.card == index => {
                let drawing = self.lettering.draw(&shown.layout, card, &self.style, at);
                Shown {
                    lit: word,
                    overlay: Overlay::new(&drawing),
                    ..shown
                }
            }
            _ => {
                let safe = safe_area(frame.0, frame.1);
                let layout = self.lettering.layout(card, &self.style, frame, &safe);
                let drawing = self.lettering.draw(&layout, card, &self.style, at);
                self.drawn.push(drawn_card(card, &layout));
                Shown {
                    card: index,
                    lit: word,
                    overlay: Overlay::new(&drawing),
                    layout,
                }
            }
        };
        Some(&self.shown.insert(shown).overlay)
    }
}

fn drawn_card(card: &Card, layout: &Layout) -> DrawnCard {
    let mut begun = 0;
    let line = |line: &lettering::Line| {
        let first_word = line
            .words
            .iter()
            .map(|part| part.word)
            .filter(|word| *word >= begun)
            .min();
        begun = line
            .words
            .iter()
            .map(|part| part.word + 1)
            .fold(begun, usize::max);
        DrawnLine {
            text: line.text.clone(),
            first_word,
            bounds: line.bounds,
        }
    };
    DrawnCard {
        range: card.range,
        bounds: layout.bounds,
        lines: layout.lines.iter().map(line).collect(),
        letter_size: layout.letter_size,
        missing: layout.missing.clone(),
    }
}

#[glib::object_subclass]
impl ObjectSubclass for Captions {
    const NAME: &'static str = "CrealiaCaptions";
    type Type = super::Captions;
    type ParentType = gst_video::VideoFilter;
}

impl ObjectImpl for Captions {}
impl GstObjectImpl for Captions {}

impl ElementImpl for Captions {
    fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
        static METADATA: LazyLock<gst::subclass::ElementMetadata> = LazyLock::new(|| {
            gst::subclass::ElementMetadata::new(
                "Captions",
                "Filter/Effect/Video",
                "Draws caption cards onto pictures",
                "Créalia Studio",
            )
        });
        Some(&METADATA)
    }

    fn pad_templates() -> &'static [gst::PadTemplate] {
        static TEMPLATES: LazyLock<Vec<gst::PadTemplate>> = LazyLock::new(planar_pads);
        &TEMPLATES
    }
}

impl BaseTransformImpl for Captions {
    const MODE: gstreamer_base::subclass::BaseTransformMode =
        gstreamer_base::subclass::BaseTransformMode::AlwaysInPlace;
    const PASSTHROUGH_ON_SAME_CAPS: bool = false;
    const TRANSFORM_IP_ON_PASSTHROUGH: bool = false;
}

impl VideoFilterImpl for Captions {
    fn transform_frame_ip(
        &self,
        frame: &mut gst_video::VideoFrameRef<&mut gst::BufferRef>,
    ) -> Result<gst::FlowSuccess, gst::FlowError> {
        let Some(pts) = frame.buffer().pts() else {
            gst::element_imp_error!(self, gst::StreamError::Format, ["a buffer has no time"]);
            return Err(gst::FlowError::Error);
        };
        let at = SequenceTime::ZERO + Ticks::from_nanos(pts.nseconds() as i64);
        let (width, height) = (frame.width(), frame.height());
        let mut work = self.work();
        let Some(overlay) = work
            .as_mut()
            .and_then(|work| work.overlay(at, (width, height)))
        else {
            return Ok(gst::FlowSuccess::Ok);
        };
        let mut strides = frame.plane_stride().iter().map(|stride| *stride as usize);
        let mut stride = || strides.next().unwrap_or_default();
        let (y_stride, u_stride, v_stride) = (stride(), stride(), stride());
        let [y, u, v, _] = frame.planes_data_mut();
        let plane = |samples, stride| Plane { samples, stride };
        let mut picture = I420 {
            width,
            height,
            y: plane(y, y_stride),
            u: plane(u, u_stride),
            v: plane(v, v_stride),
        };
        blend_i420(overlay, &mut picture);
        Ok(gst::FlowSuccess::Ok)
    }
}
