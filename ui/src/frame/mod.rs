//! What stands around every view.
//!
//! Map: [`top_bar`], [`rail`] · [`notices`] what stays and what goes away · [`palette`], [`help`] ·
//! [`dialogs`] small questions · [`mod@drop`] files dropped on the window · [`visit`] coming back to
//! where one was.

pub mod dialogs;
pub mod drop;
pub mod help;
pub mod matching;
pub mod notices;
pub mod palette;
pub mod rail;
pub mod top_bar;
pub mod visit;
