//! The GStreamer side of [`super::Reframe`].

use std::sync::{LazyLock, Mutex};

use gstreamer as gst;
use gstreamer::glib;
use gstreamer::subclass::prelude::*;
use gstreamer_base::subclass::prelude::*;
use gstreamer_video as gst_video;
use gstreamer_video::prelude::*;
use gstreamer_video::subclass::prelude::*;

use super::Shot;
use super::paint::Painter;
use super::scale::{Planes, PlanesMut};
use crate::init::planar_pads;
use crate::sync::lock;

static CATEGORY: LazyLock<gst::DebugCategory> = LazyLock::new(|| {
    gst::DebugCategory::new(
        "crealia-reframe",
        gst::DebugColorFlags::empty(),
        Some("crop and scale in one pass"),
    )
});

#[derive(Default)]
pub struct Reframe {
    size: Mutex<(u32, u32)>,
    painter: Mutex<Painter>,
}

impl Reframe {
    pub(super) fn set_size(&self, width: u32, height: u32) {
        *lock(&self.size) = (width, height);
    }
}

#[glib::object_subclass]
impl ObjectSubclass for Reframe {
    const NAME: &'static str = "CrealiaReframe";
    type Type = super::Reframe;
    type ParentType = gst_video::VideoFilter;
}

impl ObjectImpl for Reframe {}
impl GstObjectImpl for Reframe {}

impl ElementImpl for Reframe {
    fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
        static METADATA: LazyLock<gst::subclass::ElementMetadata> = LazyLock::new(|| {
            gst::subclass::ElementMetadata::new(
                "Reframe",
                "Filter/Effect/Video",
                "Crops and scales in one pass along boxes given with the buffers",
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

impl BaseTransformImpl for Reframe {
    const MODE: gstreamer_base::subclass::BaseTransformMode =
        gstreamer_base::subclass::BaseTransformMode::NeverInPlace;
    const PASSTHROUGH_ON_SAME_CAPS: bool = false;
    const TRANSFORM_IP_ON_PASSTHROUGH: bool = false;

    fn transform_caps(
        &self,
        direction: gst::PadDirection,
        caps: &gst::Caps,
        filter: Option<&gst::Caps>,
    ) -> Option<gst::Caps> {
        let (width, height) = *lock(&self.size);
        let mut other = gst::Caps::new_empty();
        for structure in caps.iter() {
            let mut structure = structure.to_owned();
            // Only the rate passes through: size, shape of pixels and colour are the frame's own.
            for field in ["pixel-aspect-ratio", "colorimetry", "chroma-site"] {
                structure.remove_field(field);
            }
            if direction == gst::PadDirection::Sink {
                structure.set("width", i32::try_from(width).ok()?);
                structure.set("height", i32::try_from(height).ok()?);
                structure.set("pixel-aspect-ratio", gst::Fraction::new(1, 1));
                structure.set("colorimetry", "bt709");
                structure.set("chroma-site", "mpeg2");
            } else {
                structure.set("width", gst::IntRange::<i32>::new(1, i32::MAX));
                structure.set("height", gst::IntRange::<i32>::new(1, i32::MAX));
            }
            other.make_mut().append_structure(structure);
        }
        Some(match filter {
            Some(filter) => filter.intersect_with_mode(&other, gst::CapsIntersectMode::First),
            None => other,
        })
    }
}

impl VideoFilterImpl for Reframe {
    fn transform_frame(
        &self,
        input: &gst_video::VideoFrameRef<&gst::BufferRef>,
        output: &mut gst_video::VideoFrameRef<&mut gst::BufferRef>,
    ) -> Result<gst::FlowSuccess, gst::FlowError> {
        let shot = Shot::of(input.buffer()).ok_or_else(|| {
            gst::element_imp_error!(self, gst::StreamError::Format, ["a buffer has no shot"]);
            gst::FlowError::Error
        })?;
        let from = Planes::of(input).ok_or(gst::FlowError::NotNegotiated)?;
        let mut to = PlanesMut::of(output).ok_or(gst::FlowError::NotNegotiated)?;
        let drawn = lock(&self.painter).draw(&from, &shot, &mut to);
        drawn.map_err(|error| {
            gst::error!(CATEGORY, imp = self, "{error}");
            gst::element_imp_error!(self, gst::StreamError::Failed, ["cannot scale: {error}"]);
            gst::FlowError::Error
        })?;
        Ok(gst::FlowSuccess::Ok)
    }
}
