//! The preview: the engine's frames, its transport, what networks cover.
//!
//! Map: `canvas` a canvas with a preview, used by the board too · `paint` drawing frames, `card` on the
//! graphics card, `plain` without · `player` the transport · `safe_area` · `view` the editor's panel.

pub(crate) mod canvas;
mod card;
mod paint;
mod plain;
pub(crate) mod player;
mod safe_area;
pub(crate) mod view;

pub(crate) use canvas::Frames;
