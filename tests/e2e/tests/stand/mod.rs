//! YouTube's strict server behind the window, with the test as the browser.

use anyhow::{Result, ensure};
use e2e::posting::Network;
use testkit::strict::oauth::{CLIENT_ID, CLIENT_SECRET};
use testkit::strict::{Fault, Posting as _, Server, Step, browser, youtube};

/// A whole YouTube of its own.
pub(crate) struct YouTube(pub(crate) Server<youtube::Desk>);

impl YouTube {
    /// Starts it.
    pub(crate) fn start() -> Self {
        Self(youtube::Desk::start())
    }
}

impl Network for YouTube {
    fn id(&self) -> &'static str {
        "youtube"
    }

    fn hosts(&self) -> String {
        youtube::Desk::endpoints(&self.0)
    }

    fn app(&self) -> (&'static str, &'static str) {
        (CLIENT_ID, CLIENT_SECRET)
    }

    fn agree(&self, address: &str) -> Result<()> {
        agreed(address)
    }

    fn refuse_next(&self) {
        self.0.fail(Step::Open, Fault::Refused(400, "invalidTitle"));
    }
}

/// Gives a consent, as a browser.
pub(crate) fn agreed(address: &str) -> Result<()> {
    let back = browser::consent(address);
    ensure!(browser::get(&back)?.status == 200, "the end page");
    Ok(())
}
