//! The GStreamer side of [`super::Captions`].

use std::sync::{LazyLock, Mutex};

use footage::time::Ticks;
use gstreamer as gst;
use gstreamer::glib;
use gstreamer::subclass::prelude::*;
use gstreamer_base::subclass::prelude::*;
use gstreamer_video as gst_video;
use gstreamer_video::prelude::*;
use gstreamer_video::subclass::prelude::*;
use lettering::{I420, Plane};
use timeline::caption::Card;
use timeline::style::CaptionStyle;
use timeline::time::SequenceTime;

use super::DrawnCard;
use super::cards::Cards;
use crate::init::planar_pads;
use crate::sync::lock;

#[derive(Default)]
pub struct Captions {
    cards: Mutex<Option<Cards>>,
}

impl Captions {
    pub(super) fn set(&self, cards: Vec<Card>, style: CaptionStyle) {
        *lock(&self.cards) = Some(Cards::new(cards, style));
    }

    pub(super) fn drawn(&self) -> Vec<DrawnCard> {
        lock(&self.cards)
            .as_ref()
            .map(Cards::drawn)
            .unwrap_or_default()
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
        let mut cards = lock(&self.cards);
        let Some(cards) = cards.as_mut() else {
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
        cards.draw(at, &mut picture);
        Ok(gst::FlowSuccess::Ok)
    }
}
