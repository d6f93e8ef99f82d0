//! Media files in and out: what a file holds, one-pass analysis, rendering.
//!
//! The only crate that links GStreamer. It knows paths and pictures, not projects on disk, jobs or
//! models: pictures and sound for the models leave through an observer.
//!
//! Terms: a *source* is a file of the user, read only; *source time* and *picture space* are those
//! of the crate `footage`. *Chosen streams* are the one video and the one audio stream that
//! [`probe`] picks.
//!
//! Map: [`probe()`] what a file holds · [`analyse`] all that one decode finds ·
//! [`read_text_stream`] captions that a file carries · [`render()`] a sequence into a verified file,
//! by way of [`reframe`], [`captions`], [`encode`], [`verify`] · [`preview`] a sequence in a window,
//! from the same parts · [`capabilities`] what is installed ·
//! [`error`] all that can go wrong.

pub mod analysis;
pub mod captions;
mod channels;
pub mod encode;
pub mod error;
mod init;
pub mod preview;
mod probe;
mod reader;
pub mod reframe;
pub mod render;
mod samples;
mod space;
mod sync;
mod true_peak;
pub mod verify;

pub use analysis::{
    AnalyseRequest, FacePicture, Filmstrip, Measured, Observer, Outputs, ShotStart, analyse,
};
pub use captions::{DrawnCard, DrawnLine};
pub use encode::{Capability, EncoderChoice, Use, capabilities};
pub use error::{Error, Result};
pub use init::init;
pub use probe::{Probe, StreamChoice, probe, read_text_stream};
pub use render::{Cover, RenderRequest, RenderSource, RenderVideo, Rendered, render};
pub use verify::Check;
