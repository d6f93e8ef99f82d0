//! Frames as three textures on the graphics card.

use js_sys::Uint8Array;
use protocol::studio::frame::{FrameHeader, HEADER};
use web_sys::{
    HtmlCanvasElement, WebGl2RenderingContext as Gl, WebGlProgram, WebGlShader, WebGlTexture,
};

use super::paint::{PaintError, resize};

/// The graphics card.
pub(super) struct Card {
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
    /// Prepares a card.
    ///
    /// # Errors
    /// When it takes no shader.
    pub(super) fn new(canvas: HtmlCanvasElement, gl: Gl) -> Result<Self, PaintError> {
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

    /// Draws a frame.
    pub(super) fn draw(&self, header: FrameHeader, frame: &Uint8Array) {
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
