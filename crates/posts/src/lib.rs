//! What a network takes: pure rules on posts, the same in the window, the command and before an
//! upload.
//!
//! A *caption* is the text of a post, whatever a network calls it. A *limit* is data with its source
//! and how sure it is ([`limits`]); lengths are counted in the network's own [`Unit`]. [`check`]
//! answers with codes and values; words are made where they are shown.
//!
//! Map: [`limits`] what each network allows · [`check`] a post against them · [`fitted`] the export that
//! one takes · [`text`] addresses,
//! hashtags, mentions in a text · [`Unit`] and [`Weighting`] lengths · [`price`] what X charges ·
//! [`outbox`] what to do next, such that a post goes out once.
//!
//! ```
//! use posts::{Code, Network, Post, Remedy, Standing, check};
//!
//! let post = Post { caption: "à voir ! ".repeat(40), ..Post::default() };
//! let problems = check(&post, Network::X, &Standing::default());
//! assert_eq!(problems[0].code, Code::CaptionTooLong);
//! assert!(matches!(&problems[0].remedy, Remedy::Shorten(shorter) if shorter.ends_with('…')));
//! ```

mod check;
mod count;
mod fit;
pub mod limits;
mod network;
pub mod outbox;
mod post;
pub mod price;
mod problem;
pub mod text;

pub use check::check;
pub use count::Unit;
pub use fit::{Fit, Frame, exported, fitted};
pub use network::Network;
pub use post::{
    Answer, Audio, AudioCodec, Container, Disclosures, Post, Privacy, Standing, Tier, Video,
    VideoCodec, text_on,
};
pub use problem::{Code, Measure, Problem, Remedy, Severity};
pub use text::weighted::{EmojiWeight, Weight, Weighting};
