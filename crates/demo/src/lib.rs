//! Draws and narrates the demo video, so that the project can be tried without any own footage.
//!
//! Terms: a *script* is the text of the tour; a *line* is one sentence or sound, spoken in one
//! breath; a *scene* is a run of lines in one layout; a *plan* is the script with the times that
//! the spoken lines really took.
//!
//! Map: [`script`] reads the text · [`voice`] speaks it and lays out the times · [`presenter`] draws the
//! face · [`stage`] draws what stands still · [`film`] draws every frame and encodes · [`faces`]
//! proves that a face detector finds the presenter · [`canvas`] drawing primitives.
//!
//! ```
//! let script = demo::script::Script::parse(
//!     "language = 'en'\nvoice = 'en-us'\n[[scene]]\nlayout = 'left'\ntitle = 'Hi'\nlines = ['Hello.']",
//! );
//! assert_eq!(script.unwrap().scenes.len(), 1);
//! ```

pub mod canvas;
pub mod faces;
pub mod film;
pub mod presenter;
pub mod script;
pub mod stage;
pub mod voice;
