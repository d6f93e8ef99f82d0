//! What every view is made of. Each has its css beside it.
//!
//! Map: [`button`] · [`deck`] cards of which those in sight are drawn, in a [`grid`] · [`dialog`] ·
//! [`field`] text, choice, tick · [`icon`] · [`menu`] · [`progress`] · [`tabs`] · [`tooltip`]

pub mod button;
pub mod deck;
pub mod dialog;
pub mod field;
pub mod grid;
pub mod icon;
pub mod menu;
pub mod progress;
pub mod tabs;
pub mod tooltip;

pub use button::{Button, IconButton, Look};
pub use deck::Deck;
pub use dialog::Dialog;
pub use field::{Check, Choice, TextField};
pub use icon::{Icon, icons};
pub use menu::{ContextMenu, ContextMenuList, Menu, MenuItem};
pub use progress::Progress;
pub use tabs::Tabs;
