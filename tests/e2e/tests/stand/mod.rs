//! A network's strict server behind the window, with the test as the browser.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::posting::Network;
use testkit::strict::oauth::CLIENT_ID;
use testkit::strict::{Fault, Posting, Server, Step, browser};

/// A whole network of its own.
pub(crate) struct Stand<D: Posting>(pub(crate) Server<D>);

impl<D: Posting> Stand<D> {
    /// Starts it.
    pub(crate) fn start() -> Self {
        Self(D::start())
    }
}

impl<D: Posting> Network for Stand<D> {
    fn id(&self) -> &'static str {
        D::NETWORK
    }

    fn hosts(&self) -> String {
        D::endpoints(&self.0)
    }

    fn app(&self) -> (&'static str, &'static str) {
        (CLIENT_ID, D::SECRET.unwrap_or_default())
    }

    fn agree(&self, address: &str) -> Result<()> {
        let back = browser::consent(address);
        ensure!(browser::get(&back)?.status == 200, "the end page");
        Ok(())
    }

    fn refuse_next(&self) {
        self.0.fail(Step::Open, Fault::Refused(400, "invalid"));
    }

    fn be_slow(&self, pause: Duration) {
        self.0.fail(Step::LastPart, Fault::Slow(pause));
    }
}
