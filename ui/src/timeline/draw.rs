//! What is drawn within clips: frames of the source, peaks of its sound.

use protocol::studio::view::Filmstrip;
use timeline::project::Clip;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

use super::wave::Wave;
use crate::dom;

/// The part of a clip that is drawn, in pixels from its left edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Part {
    /// Where it begins.
    pub(crate) from_px: f64,
    /// Its width.
    pub(crate) width_px: f64,
    /// Its height.
    pub(crate) height_px: f64,
    /// Pixels per second.
    pub(crate) px_per_sec: f64,
}

impl Part {
    /// Returns the second of the source that a pixel of the clip shows.
    fn source_secs(self, clip: &Clip, px: f64) -> f64 {
        let speed = f64::from(clip.speed.num) / f64::from(clip.speed.den.max(1));
        clip.source.start.secs() + px / self.px_per_sec * speed
    }
}

/// Makes a canvas as large as the part on this screen, empty, and returns what draws on it.
pub(crate) fn sized(
    canvas: &HtmlCanvasElement,
    width_px: f64,
    height_px: f64,
) -> Option<CanvasRenderingContext2d> {
    let ratio = dom::pixel_ratio();
    let (width, height) = ((width_px * ratio).ceil(), (height_px * ratio).ceil());
    if width < 1.0 || height < 1.0 {
        return None;
    }
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = canvas.get_context("2d").ok().flatten()?;
    let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
    // Only a singular matrix is refused.
    drop(context.scale(ratio, ratio));
    Some(context)
}

/// Draws the frames of a filmstrip side by side, each where its moment plays.
pub(crate) fn film(
    context: &CanvasRenderingContext2d,
    image: &HtmlImageElement,
    strip: &Filmstrip,
    clip: &Clip,
    part: Part,
) {
    let (width, height) = (f64::from(strip.width), f64::from(strip.height));
    let step_secs = strip.step.secs();
    if height < 1.0 || step_secs <= 0.0 || strip.columns == 0 || strip.count == 0 {
        return;
    }
    let tile_px = (part.height_px * width / height).max(8.0);
    let first = (part.from_px / tile_px).floor() as i64;
    let last = ((part.from_px + part.width_px) / tile_px).ceil() as i64;
    for tile in first.max(0)..last {
        let left_px = tile as f64 * tile_px;
        // The frame in the middle of the tile stands for what it covers.
        let secs = part.source_secs(clip, left_px + tile_px / 2.0);
        let end = clip.source.end.secs();
        let number = (secs.min(end) / step_secs).round().max(0.0) as u32;
        let number = number.min(strip.count - 1);
        let (column, row) = (number % strip.columns, number / strip.columns);
        // An image that is not decoded yet draws nothing, and is drawn when it is.
        drop(
            context.draw_image_with_html_image_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                image,
                f64::from(column) * width,
                f64::from(row) * height,
                width,
                height,
                left_px - part.from_px,
                0.0,
                tile_px,
                part.height_px,
            ),
        );
    }
}

/// Draws peaks around the middle, at the clip's gain; what would be over full scale is cut off.
pub(crate) fn wave(context: &CanvasRenderingContext2d, wave: &Wave, clip: &Clip, part: Part) {
    let gain = 10f64.powf(clip.gain_db / 20.0);
    let middle = part.height_px / 2.0;
    let ratio = dom::pixel_ratio().max(1.0);
    let step = 1.0 / ratio;
    context.begin_path();
    let columns = (part.width_px * ratio).ceil() as usize;
    for column in 0..columns {
        let x = column as f64 * step;
        let from = part.source_secs(clip, part.from_px + x);
        let to = part.source_secs(clip, part.from_px + x + step);
        if to > clip.source.end.secs() + 1.0 {
            break;
        }
        let half = (wave.peak(from, to) * gain).min(1.0) * (middle - 1.0);
        let half = half.max(0.5);
        context.rect(x, middle - half, step, half * 2.0);
    }
    context.fill();
}

/// Takes the canvas's own colour, which its stylesheet gives it, to draw with.
pub(crate) fn ink(canvas: &HtmlCanvasElement, context: &CanvasRenderingContext2d) {
    let style = dom::window().get_computed_style(canvas).ok().flatten();
    let color = style.and_then(|style| style.get_property_value("color").ok());
    if let Some(color) = color {
        context.set_fill_style_str(&color);
    }
}
