//! The words of the open sequence: read along, seek, cut.
//!
//! Pure: `lines` the words with what becomes of them. `view` shows them.

pub(crate) mod lines;
pub(crate) mod view;
