//! A window with a network of its own: YouTube's strict server, a sealed file for tokens, and the test
//! as the browser.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use testkit::strict::oauth::{CLIENT_ID, CLIENT_SECRET};
use testkit::strict::{Posting as _, Server, browser, youtube};

use crate::{Part, Session, Setup, Window, steps};

/// A reel is rendered and uploaded.
const WORK: Duration = Duration::from_secs(120);

/// The window, and what it posts to.
pub struct Desk {
    /// The machine.
    pub session: Session,
    /// The window, at the board of the journeys' talk.
    pub window: Window,
    /// The network.
    pub server: Server<youtube::Desk>,
    /// Hosts and passphrase.
    _folder: TempDir,
}

impl Desk {
    /// Opens the window on the journeys' talk.
    pub fn open(setup: Setup) -> Result<Self> {
        let server = youtube::Desk::start();
        let folder = TempDir::new()?;
        let file = |name: &str, text: &str| -> Result<String> {
            let path = folder.path().join(name);
            std::fs::write(&path, text)?;
            Ok(path.to_str().context("a folder's name")?.to_owned())
        };
        let hosts = file("hosts.toml", &youtube::Desk::endpoints(&server))?;
        let phrase = file("phrase", "marked-passphrase\n")?;
        let setup = setup
            .variable("CREALIA_ENDPOINTS", hosts)
            .variable("CREALIA_SECRETS", "file")
            .variable("CREALIA_PASSPHRASE_FILE", phrase)
            // The test is the browser.
            .variable("BROWSER", "true");
        let (session, window) = steps::with_talk(setup)?;
        Ok(Self {
            session,
            window,
            server,
            _folder: folder,
        })
    }

    /// Presses a button.
    pub fn press(&self, part: &str) -> Result<()> {
        self.window.click(&self.window.part(part)?)
    }

    /// Opens the accounts.
    pub fn accounts(&self) -> Result<()> {
        self.press("rail-settings")?;
        self.press("settings-accounts")?;
        self.part("app-form").map(drop)
    }

    /// Registers the app and connects the account, with a browser that agrees.
    pub fn connect(&self) -> Result<()> {
        self.accounts()?;
        let window = &self.window;
        window.fill(&self.part("app-client-id")?, CLIENT_ID)?;
        window.fill(&self.part("app-client-secret")?, CLIENT_SECRET)?;
        window.click(&self.part("app-save")?)?;
        self.ask()?;
        self.agree()
    }

    /// Asks for consent.
    pub fn ask(&self) -> Result<()> {
        self.window.click(&self.part("account-connect")?)?;
        self.window.part("consent-address").map(drop)
    }

    /// Gives the consent that is asked for.
    pub fn agree(&self) -> Result<()> {
        let address = self.window.part("consent-address")?;
        let back = browser::consent(&self.window.text(&address)?);
        ensure!(browser::get(&back)?.status == 200, "the end page");
        self.window.part("consent-done")?;
        self.window.part("account-row").map(drop)
    }

    /// Fills in the dialog that posts the first reel.
    pub fn write(&self, caption: &str) -> Result<()> {
        self.press("rail-board")?;
        self.press("reel-publish-button")?;
        let field = self.window.part("publish-caption")?;
        self.window.fill(&field, caption)?;
        steps::choose(&self.window, "publish-kids", "no")
    }

    /// Writes a post for the last day that can be chosen, at 18:30.
    pub fn write_for_later(&self, caption: &str) -> Result<()> {
        self.write(caption)?;
        let window = &self.window;
        steps::choose(window, "publish-when", "later")?;
        window.part("publish-day")?;
        let days = "const days = document.querySelector('[data-part=publish-day]');
                    return days.options[days.options.length - 1].value";
        let last = window.run(days, &[])?;
        steps::choose(window, "publish-day", last.as_str().context("no day")?)?;
        window.fill(&window.part("publish-time")?, "18h30")?;
        window.says("18:30")
    }

    /// Posts what was written, and goes to the posts.
    pub fn submit(&self) -> Result<()> {
        self.press("publish-submit")?;
        self.press("rail-posts")
    }

    /// Waits until a post of a state is listed, and returns what the first one's row says.
    pub fn row(&self, state: &str) -> Result<String> {
        let selector = format!("[data-part=post-row][data-state={state}]");
        let row = self.window.within(WORK, state, || {
            Ok(self.window.all_seen(&selector)?.into_iter().next())
        })?;
        self.window.text(&row)
    }

    /// Returns how many posts the network has.
    pub fn published(&self) -> usize {
        youtube::Desk::published(&self.server)
    }

    /// Waits for a part of the network's accounts.
    fn part(&self, part: &str) -> Result<Part> {
        self.window
            .seen(&format!("[data-network=youtube] [data-part={part}]"))
    }
}
