//! The timeline: tracks of clips along time.
//!
//! Pure, tested natively: `scale` time and pixels · `layout` rows · `snap` what edges are drawn to ·
//! `drag` gestures to edits · `actions` commands to edits · `cards` captions as blocks · `wording`
//! a card's text to corrections of words · `wave` peaks.
//!
//! Views: `view` all of it · `toolbar` · `ruler` · `row` a track · `clip` · `captions` · `overlay`
//! lines, boxes, tips · `minimap`; `draw` and `pictures` what is drawn within clips.

pub(crate) mod actions;
mod captions;
pub(crate) mod cards;
pub(crate) mod clip;
pub(crate) mod drag;
mod draw;
pub(crate) mod layout;
mod minimap;
mod overlay;
pub(crate) mod pictures;
mod row;
mod ruler;
pub(crate) mod scale;
mod snap;
#[cfg(test)]
pub(crate) mod testing;
mod toolbar;
pub(crate) mod view;
mod wave;
mod wording;
