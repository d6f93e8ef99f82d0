//! Drawing I420 frames: as three textures on the graphics card, or in plain pixels where there is
//! none.

use js_sys::Uint8Array;
use protocol::studio::frame::{FrameHeader, HEADER};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, ImageData, WebGl2RenderingContext as Gl,
    WebGlContextAttributes, WebGlProgram, WebGlShader, WebGlTexture,
};

/// What draws frames on a canvas.
pub(crate) enum Painter {
    /// With WebGL.
    Card(Card),
    /// Without.
    Plain(Plain),
}

/// Why a canvas cannot be drawn on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PaintError {
    /// It has neither kind of context.
    #[error("the canvas can be drawn on in no way")]
    NoContext,
    /// The card's driver refused a shader.
    #[error("the shader is refused: {0}")]
    Shader(String),
}

impl Painter {
    /// Returns what draws on a canvas.
    ///
    /// # Errors
    /// When there is no way to.
    pub(crate) fn new(canvas: &HtmlCanvasElement) -> Result<Self, PaintError> {
        let card = canvas.get_context_with_context_options("webgl2", &plain_context());
        let card = card.ok().flatten();
        if let Some(card) = card.and_then(|card| card.dyn_into::<Gl>().ok()) {
            return Card::new(canvas.clone(), card).map(Self::Card);
        }
        let plain = canvas.get_context("2d").ok().flatten();
        let plain = plain.and_then(|plain| plain.dyn_into().ok());
        let context: CanvasRenderingContext2d = plain.ok_or(PaintError::NoContext)?;
        Ok(Self::Plain(Plain {
            canvas: canvas.clone(),
            context,
        }))
    }

    /// Draws a frame; `frame` is the header and the planes.
    pub(crate) fn draw(&self, header: FrameHeader, frame: &Uint8Array) {
        match self {
            Self::Card(card) => card.draw(header, frame),
            Self::Plain(plain) => plain.draw(header, frame),
        }
    }
}

/// Returns how a canvas is drawn on that one opaque triangle covers: without what costs more than the
/// drawing itself where a processor stands in for a card, above all smooth edges, which draw each point
/// four times.
fn plain_context() -> WebGlContextAttributes {
    let context = WebGlContextAttributes::new();
    context.set_alpha(false);
    context.set_antialias(false);
    context.set_depth(false);
    context.set_stencil(false);
    context
}

/// Reads a frame's header without copying its planes.
pub(crate) fn header_of(frame: &Uint8Array) -> Option<FrameHeader> {
    let length = frame.length() as usize;
    let head = frame.subarray(0, HEADER as u32).to_vec();
    FrameHeader::of(&head, length)
}

fn resize(canvas: &HtmlCanvasElement, header: FrameHeader) {
    let (width, height) = (u32::from(header.width), u32::from(header.height));
    if canvas.width() != width || canvas.height() != height {
        canvas.set_width(width);
        canvas.set_height(height);
    }
}

/// The graphics card.
pub(crate) struct Card {
    canvas: HtmlCanvasElement,
    gl: Gl,
    planes: [WebGlTexture; 3],
}

const VERTEX: &str = "#version 300 es
out vec2 place;
void main() {
    // One triangle that covers the canvas.
    vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
    place = vec2(corner.x, 1.0 - corner.y);
    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}";

/// BT.709, limited range (ITU-R BT.709-6, items 3 and 4).
const FRAGMENT: &str = "#version 300 es
precision highp float;
uniform sampler2D luma;
uniform sampler2D blue;
uniform sampler2D red;
in vec2 place;
out vec4 color;
void main() {
    float y = (texture(luma, place).r * 255.0 - 16.0) / 219.0;
    float u = (texture(blue, place).r * 255.0 - 128.0) / 224.0;
    float v = (texture(red, place).r * 255.0 - 128.0) / 224.0;
    color = vec4(y + 1.5748 * v, y - 0.1873 * u - 0.4681 * v, y + 1.8556 * u, 1.0);
}";

impl Card {
    fn new(canvas: HtmlCanvasElement, gl: Gl) -> Result<Self, PaintError> {
        let program = program(&gl)?;
        gl.use_program(Some(&program));
        let planes = [
            texture(&gl, &program, 0, "luma")?,
            texture(&gl, &program, 1, "blue")?,
            texture(&gl, &program, 2, "red")?,
        ];
        // Rows of planes have no padding.
        gl.pixel_storei(Gl::UNPACK_ALIGNMENT, 1);
        Ok(Self { canvas, gl, planes })
    }

    fn draw(&self, header: FrameHeader, frame: &Uint8Array) {
        resize(&self.canvas, header);
        let (width, height) = (u32::from(header.width), u32::from(header.height));
        let sizes = [
            (width, height),
            (width / 2, height / 2),
            (width / 2, height / 2),
        ];
        let gl = &self.gl;
        gl.viewport(0, 0, width as i32, height as i32);
        let mut from = HEADER as u32;
        for ((unit, plane), (width, height)) in self.planes.iter().enumerate().zip(sizes) {
            let to = from + width * height;
            gl.active_texture(Gl::TEXTURE0 + unit as u32);
            gl.bind_texture(Gl::TEXTURE_2D, Some(plane));
            // Refused when the context was lost; the next one that is made draws again.
            drop(gl.tex_image_2d_with_i32_and_i32_and_i32_and_format_and_type_and_opt_array_buffer_view(
                Gl::TEXTURE_2D,
                0,
                Gl::R8 as i32,
                width as i32,
                height as i32,
                0,
                Gl::RED,
                Gl::UNSIGNED_BYTE,
                Some(&frame.subarray(from, to)),
            ));
            from = to;
        }
        gl.draw_arrays(Gl::TRIANGLES, 0, 3);
    }
}

fn texture(
    gl: &Gl,
    program: &WebGlProgram,
    unit: i32,
    name: &str,
) -> Result<WebGlTexture, PaintError> {
    let texture = gl.create_texture().ok_or(PaintError::NoContext)?;
    gl.active_texture(Gl::TEXTURE0 + unit as u32);
    gl.bind_texture(Gl::TEXTURE_2D, Some(&texture));
    for (what, how) in [
        (Gl::TEXTURE_MIN_FILTER, Gl::LINEAR),
        (Gl::TEXTURE_MAG_FILTER, Gl::LINEAR),
        (Gl::TEXTURE_WRAP_S, Gl::CLAMP_TO_EDGE),
        (Gl::TEXTURE_WRAP_T, Gl::CLAMP_TO_EDGE),
    ] {
        gl.tex_parameteri(Gl::TEXTURE_2D, what, how as i32);
    }
    gl.uniform1i(gl.get_uniform_location(program, name).as_ref(), unit);
    Ok(texture)
}

fn program(gl: &Gl) -> Result<WebGlProgram, PaintError> {
    let program = gl.create_program().ok_or(PaintError::NoContext)?;
    for (kind, source) in [(Gl::VERTEX_SHADER, VERTEX), (Gl::FRAGMENT_SHADER, FRAGMENT)] {
        gl.attach_shader(&program, &shader(gl, kind, source)?);
    }
    gl.link_program(&program);
    let is_linked = gl.get_program_parameter(&program, Gl::LINK_STATUS);
    if is_linked.as_bool() == Some(true) {
        return Ok(program);
    }
    let log = gl.get_program_info_log(&program).unwrap_or_default();
    Err(PaintError::Shader(log))
}

fn shader(gl: &Gl, kind: u32, source: &str) -> Result<WebGlShader, PaintError> {
    let shader = gl.create_shader(kind).ok_or(PaintError::NoContext)?;
    gl.shader_source(&shader, source);
    gl.compile_shader(&shader);
    let is_compiled = gl.get_shader_parameter(&shader, Gl::COMPILE_STATUS);
    if is_compiled.as_bool() == Some(true) {
        return Ok(shader);
    }
    let log = gl.get_shader_info_log(&shader).unwrap_or_default();
    Err(PaintError::Shader(log))
}

/// Plain pixels.
pub(crate) struct Plain {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

impl Plain {
    fn draw(&self, header: FrameHeader, frame: &Uint8Array) {
        resize(&self.canvas, header);
        let bytes = frame.to_vec();
        let Some((header, planes)) = FrameHeader::read(&bytes) else {
            return;
        };
        let pixels = rgba(header, planes);
        let (width, height) = (u32::from(header.width), u32::from(header.height));
        let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pixels), width, height);
        if let Ok(image) = image {
            // Only numbers that are none are refused.
            drop(self.context.put_image_data(&image, 0.0, 0.0));
        }
    }
}

/// Returns the pixels of a frame, four bytes each. The same matrix as [`FRAGMENT`], in 1/65536.
fn rgba(header: FrameHeader, planes: &[u8]) -> Vec<u8> {
    let (width, height) = (usize::from(header.width), usize::from(header.height));
    let (luma, chroma) = planes.split_at(width * height);
    let (blue, red) = chroma.split_at(chroma.len() / 2);
    let mut pixels = Vec::with_capacity(width * height * 4);
    for (row, line) in luma.chunks_exact(width.max(1)).enumerate() {
        let from = row / 2 * (width / 2);
        let blue = blue.get(from..from + width / 2).unwrap_or_default();
        let red = red.get(from..from + width / 2).unwrap_or_default();
        for (pair, (blue, red)) in line.chunks_exact(2).zip(blue.iter().zip(red)) {
            let (u, v) = (i32::from(*blue) - 128, i32::from(*red) - 128);
            for luma in pair {
                let y = (i32::from(*luma) - 16) * 76_309 + 32_768;
                let clamped = |value: i32| (value >> 16).clamp(0, 255) as u8;
                pixels.extend([
                    clamped(y + 117_489 * v),
                    clamped(y - 13_975 * u - 34_925 * v),
                    clamped(y + 138_438 * u),
                    255,
                ]);
            }
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use timeline::time::SequenceTime;

    use super::*;

    #[test]
    fn colours_come_out_as_the_standard_has_them() {
        let check = |y: u8, u: u8, v: u8, expect: [u8; 3]| {
            let header = FrameHeader {
                at: SequenceTime::ZERO,
                width: 2,
                height: 2,
                preview: 0,
            };
            let planes = [y, y, y, y, u, v];
            let pixels = rgba(header, &planes);
            assert_eq!(pixels.len(), 16);
            for (own, wanted) in pixels.iter().zip(expect) {
                assert!(
                    own.abs_diff(wanted) <= 1,
                    "{y} {u} {v} gives {:?}",
                    &pixels[..3]
                );
            }
        };
        check(16, 128, 128, [0, 0, 0]);
        check(235, 128, 128, [255, 255, 255]);
        check(63, 102, 240, [255, 0, 0]);
        check(173, 42, 26, [0, 255, 0]);
        check(32, 240, 118, [0, 0, 255]);
    }
}
