//! The words of the open sequence: read along, seek, cut.
//!
//! Pure: `lines` the words with what becomes of them · `heights` which lines are in sight. `roll` the
//! lines as they scroll · `marks` what is marked among them · `search` · `view` shows them.

mod heights;
pub(crate) mod lines;
mod marks;
mod roll;
mod search;
pub(crate) mod view;
