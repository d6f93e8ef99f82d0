//! What the window asks the engine, and what it hears from it.
//!
//! A question is a [`Call`]; its name and its reply's type belong together, so that neither side
//! can mistake an answer. What changes without being asked for comes as an [`Event`]: the whole
//! [`State`] first, then what is different. Everything crosses as JSON text; pictures, waveforms
//! and preview frames do not, they are bytes of their own ([`frame`], [`picture`]).
//!
//! Map: [`calls`] questions · [`event`] what is heard · [`view`] what is shown of projects, reels,
//! jobs · [`settings`] what a user chose · [`replica`] the window's copy of a project · [`frame`]
//! preview frames · [`names`] of exported files · [`picture`] addresses of pictures · [`posting`]
//! accounts and posts.
//!
//! ```
//! use protocol::studio::calls::{CreateProject, Request};
//!
//! let asked = Request::from(CreateProject { name: "My channel".into() });
//! let text = serde_json::to_string(&asked).unwrap();
//! assert_eq!(text, r#"{"name":"create_project","call":{"name":"My channel"}}"#);
//! ```

pub mod calls;
pub mod event;
pub mod frame;
pub mod names;
pub mod picture;
pub mod posting;
pub mod replica;
pub mod settings;
pub mod view;

pub use calls::{Call, Request};
pub use event::{Event, State};
