//! What networks recognise in a running text: web addresses, hashtags, mentions, cashtags.
//!
//! The grammar is X's, which is public and has test vectors; the other networks publish none, and
//! hashtags and addresses mean the same to a reader everywhere.

mod address;
mod alphabet;
mod tags;
mod tlds;
mod urls;
pub(crate) mod weighted;

pub use address::is_address;
pub use tags::{Mention, cashtags, hashtags, mentions, replied_to};
pub use urls::urls;
