//! What the machine has of what the program needs.

use std::path::PathBuf;

use serde::Serialize;
use task::{Cancel, Progress};

use crate::models::ModelStatus;
use crate::worker::Request;
use crate::{Endpoints, Engine, Error};

/// The state of the machine.
#[derive(Debug, Clone, Serialize)]
pub struct Checkup {
    /// Version of the program.
    pub version: &'static str,
    /// Where it keeps its things.
    pub home: PathBuf,
    /// Network hosts that are replaced; null for the real ones.
    pub endpoints: Option<Endpoints>,
    /// SQLite's verdict on the database; `ok` when sound.
    pub database: String,
    /// GStreamer elements and what they are for.
    pub elements: Vec<media::Capability>,
    /// Models.
    pub models: Vec<ModelStatus>,
    /// Whether everything that is needed is there.
    pub ready: bool,
}

impl Engine {
    /// Looks at the database, GStreamer's elements and the models.
    pub fn checkup(&self, cancel: &Cancel) -> Result<Checkup, Error> {
        let elements: Vec<media::Capability> =
            self.worker()
                .call(&Request::Capabilities, cancel, &Progress::silent())?;
        let database = self.library().integrity()?;
        let has = |kind| {
            elements
                .iter()
                .any(|element| element.r#use == kind && element.found)
        };
        let ready = database == "ok"
            && elements
                .iter()
                .all(|element| element.found || !element.needed)
            && has(media::Use::VideoEncoding)
            && has(media::Use::AudioEncoding);
        Ok(Checkup {
            version: env!("CARGO_PKG_VERSION"),
            home: self.paths().home().to_owned(),
            endpoints: Some(self.endpoints().clone()).filter(|used| *used != Endpoints::default()),
            database,
            elements,
            models: self.models(),
            ready,
        })
    }
}
