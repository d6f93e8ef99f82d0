//! The element `reframe`: I420 of any size in, I420 of the sequence's size out, in one pass.
//!
//! What part of the picture is shown travels with each buffer as a [`Shot`] (a custom meta), so
//! that a crop path needs no property that races with the pictures. Boxes may lie between pixels.
//!
//! ```text
//! I420 any size ──▶ crop box ──▶ Catmull-Rom per plane ──▶ tone curve (HDR) ──▶ fade ──▶ I420 W×H
//! ```
//!
//! GStreamer's own `videocrop ! videoscale` takes whole pixels only (a slow pan jumps) and two
//! passes.

mod fill;
mod imp;
mod kernel;
mod paint;
mod scale;
mod tone;

use footage::picture::PixelBox;
use gstreamer as gst;
use gstreamer::glib;
use gstreamer::subclass::prelude::*;

pub use tone::Transfer;

pub(crate) use paint::Painter;
pub(crate) use scale::{PlaneMut, Planes, PlanesMut};

const META: &str = "CrealiaShot";

glib::wrapper! {
    /// Crops and scales pictures as the [`Shot`] on each buffer says.
    pub struct Reframe(ObjectSubclass<imp::Reframe>)
        @extends gstreamer_video::VideoFilter, gstreamer_base::BaseTransform, gst::Element, gst::Object;
}

/// How one picture fills the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fill {
    /// This part of the buffer's picture, in the buffer's pixels, stretched to the frame.
    Part(PixelBox),
    /// The whole picture over a blurred, darkened copy of itself; the picture's shape as shown.
    Whole {
        /// Width over height as shown, above 0.
        aspect: f64,
    },
}

/// What is done with one picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shot {
    /// How it fills the frame.
    pub fill: Fill,
    /// Light: 1 as it is, 0 black.
    pub light: f64,
    /// How the source encodes light.
    pub transfer: Transfer,
}

impl Reframe {
    /// Returns an element that makes pictures of `width` × `height`.
    pub fn new(width: u32, height: u32) -> Self {
        let element: Self = glib::Object::new();
        imp::Reframe::from_obj(&element).set_size(width, height);
        element
    }
}

impl Shot {
    /// Makes the meta known; must run before the first buffer is marked.
    pub fn register() {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| gst::meta::CustomMeta::register(META, &[]));
    }

    /// Marks a buffer.
    ///
    /// # Errors
    /// When the meta is not registered.
    pub fn mark(self, buffer: &mut gst::BufferRef) -> Result<(), glib::BoolError> {
        let mut meta = gst::meta::CustomMeta::add(buffer, META)?;
        let fields = meta.mut_structure();
        match self.fill {
            Fill::Part(part) => {
                fields.set("x", part.x);
                fields.set("y", part.y);
                fields.set("w", part.w);
                fields.set("h", part.h);
            }
            Fill::Whole { aspect } => fields.set("aspect", aspect),
        }
        fields.set("light", self.light);
        fields.set("transfer", self.transfer.code());
        Ok(())
    }

    /// Returns the mark of a buffer, or `None` when it has none.
    pub fn of(buffer: &gst::BufferRef) -> Option<Self> {
        let meta = gst::meta::CustomMeta::from_buffer(buffer, META).ok()?;
        let fields = meta.structure();
        let number = |name: &str| fields.get::<f64>(name).ok();
        let fill = match number("aspect") {
            Some(aspect) => Fill::Whole { aspect },
            None => Fill::Part(PixelBox {
                x: number("x")?,
                y: number("y")?,
                w: number("w")?,
                h: number("h")?,
            }),
        };
        Some(Self {
            fill,
            light: number("light")?,
            transfer: Transfer::from_code(fields.get::<i32>("transfer").ok()?),
        })
    }
}
