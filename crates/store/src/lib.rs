//! The only crate that links SQLite: projects and their journal, step results, jobs, outputs.
//!
//! Two files in WAL mode, shared by every process of the program: `library.db`, and `outbox.db` for
//! what is published. Times are Unix milliseconds that the caller passes in; identities of content
//! are strings that the caller makes.
//!
//! Map: [`Library`] opens the first file · [`steps`] durable step results · [`jobs`] what a user sees
//! running · [`projects`] documents with their journal · [`shelf`] how the list of them is kept ·
//! [`reels`] why there are these sequences · [`sources`] known files · [`outputs`] folders of reels ·
//! [`settings`] what a user chose · [`copies`] the library's last good copies · [`outbox`] accounts,
//! posts and what became of them.
//!
//! ```
//! # fn main() -> Result<(), store::Error> {
//! let library = store::Library::in_memory()?;
//! let key = store::steps::StepKey { source: "f00d", step: "probe", key: "f00d/probe/1" };
//! let claim = library.claim_step(&key, "me", 1_000)?;
//! assert!(matches!(claim, store::steps::Claim::Mine));
//! library.finish_step(key.key, "me", "{\"streams\":2}", 0.25)?;
//! assert_eq!(library.step_result(key.key)?.as_deref(), Some("{\"streams\":2}"));
//! # Ok(())
//! # }
//! ```

pub mod copies;
mod error;
pub mod jobs;
mod library;
mod migrations;
pub mod outbox;
pub mod outputs;
pub mod projects;
pub mod reels;
pub mod settings;
pub mod shelf;
pub mod sources;
pub mod steps;

pub use error::Error;
pub use library::{Library, Opened, SetAside};
pub use migrations::LATEST;
pub use outbox::Outbox;
