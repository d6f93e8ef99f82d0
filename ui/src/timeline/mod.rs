//! The timeline: tracks of clips along time.
//!
//! Pure, tested natively: `scale` time and pixels · `layout` rows · `snap` what edges are drawn to ·
//! `drag` gestures to edits · `actions` commands to edits · `cards` captions as blocks · `wording`
//! a card's text to corrections of words.

mod drag;
mod layout;
mod scale;
mod snap;
#[cfg(test)]
pub(crate) mod testing;
