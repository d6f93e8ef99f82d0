//! A window with a network of its own, a sealed file for tokens, and the test as the browser.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::{Part, Session, Setup, Window, steps};

/// A reel is rendered and uploaded.
const WORK: Duration = Duration::from_mins(2);

/// What stands in for a network.
pub trait Network {
    /// Returns its name, as the program has it.
    fn id(&self) -> &'static str;

    /// Returns the hosts that lead to it, as `CREALIA_ENDPOINTS` takes them.
    fn hosts(&self) -> String;

    /// Returns identifier and secret of an app that it accepts.
    fn app(&self) -> (&'static str, &'static str);

    /// Agrees on the page of consent at this address, as a browser.
    fn agree(&self, address: &str) -> Result<()>;

    /// Refuses the next post for good.
    fn refuse_next(&self);

    /// Answers the end of the next upload only after so long.
    fn be_slow(&self, pause: Duration);
}

/// The window, and what it posts to.
pub struct Desk<N> {
    /// The machine.
    pub session: Session,
    /// The window, at the board of the journeys' talk.
    pub window: Window,
    /// The network.
    pub network: N,
    /// Hosts and passphrase.
    _folder: TempDir,
}

impl<N: Network> Desk<N> {
    /// Opens the window on the journeys' talk.
    pub fn open(setup: Setup, network: N) -> Result<Self> {
        let folder = TempDir::new()?;
        let phrase = folder.path().join("phrase");
        std::fs::write(&phrase, "marked-passphrase\n")?;
        let phrase = phrase.to_str().context("a folder's name")?;
        let setup = setup
            .variable("CREALIA_SECRETS", "file")
            .variable("CREALIA_PASSPHRASE_FILE", phrase);
        Self::open_in(folder, setup, network)
    }

    /// Opens the window on the journeys' talk, on a system without a keychain.
    pub fn open_without_keychain(setup: Setup, network: N) -> Result<Self> {
        Self::open_in(TempDir::new()?, setup, network)
    }

    fn open_in(folder: TempDir, setup: Setup, network: N) -> Result<Self> {
        let hosts = folder.path().join("hosts.toml");
        std::fs::write(&hosts, network.hosts())?;
        let setup = setup
            .variable(
                "CREALIA_ENDPOINTS",
                hosts.to_str().context("a folder's name")?,
            )
            // The test is the browser.
            .variable("BROWSER", "true");
        let (session, window) = steps::with_talk(setup)?;
        Ok(Self {
            session,
            window,
            network,
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
        self.register()?;
        self.ask()?;
        self.agree()
    }

    /// Has the app registered.
    pub fn register(&self) -> Result<()> {
        self.accounts()?;
        let window = &self.window;
        let (id, secret) = self.network.app();
        window.fill(&self.part("app-client-id")?, id)?;
        window.fill(&self.part("app-client-secret")?, secret)?;
        window.click(&self.part("app-save")?)
    }

    /// Asks for consent.
    pub fn ask(&self) -> Result<()> {
        self.window.click(&self.part("account-connect")?)?;
        self.window.part("consent-address").map(drop)
    }

    /// Gives the consent that is asked for.
    pub fn agree(&self) -> Result<()> {
        let address = self.window.part("consent-address")?;
        self.network.agree(&self.window.text(&address)?)?;
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

    /// Chooses the last frame but one for the cover by the keyboard, and waits until it is shown.
    pub fn choose_cover(&self) -> Result<()> {
        let window = &self.window;
        window.click(&window.part("publish-cover-moment")?)?;
        window.press(&["End"])?;
        window.press(&["ArrowLeft"])?;
        let shown =
            "const picture = document.querySelector('img[data-part=publish-cover-picture]');
                     const is_frame = picture && picture.src.includes('/frame/');
                     return is_frame && picture.complete && picture.naturalHeight > 0";
        window.within(WORK, "the frame", || {
            Ok((window.run(shown, &[])? == true).then_some(()))
        })?;
        let ticked = "return document.querySelector('[data-part=publish-cover-choose]').checked";
        ensure!(
            window.run(ticked, &[])? == true,
            "a moment that is chosen is ticked"
        );
        Ok(())
    }

    /// Writes a post for the last day that can be chosen, at 18:30.
    pub fn write_for_later(&self, caption: &str) -> Result<()> {
        self.write(caption)?;
        self.later()?;
        let window = &self.window;
        let days = "const days = document.querySelector('[data-part=publish-day]');
                    return days.options[days.options.length - 1].value";
        let last = window.run(days, &[])?;
        self.set_time(last.as_str().context("no day")?, "18h30")?;
        window.says("18:30")
    }

    /// Chooses to post at a time.
    pub fn later(&self) -> Result<()> {
        steps::choose(&self.window, "publish-when", "later")?;
        self.window.part("publish-day").map(drop)
    }

    /// Chooses the day, as days since 1970, and enters the time.
    pub fn set_time(&self, day: &str, time: &str) -> Result<()> {
        let window = &self.window;
        steps::choose(window, "publish-day", day)?;
        window.fill(&window.part("publish-time")?, time)
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

    /// Waits for a part of the network's accounts.
    fn part(&self, part: &str) -> Result<Part> {
        let network = self.network.id();
        self.window
            .seen(&format!("[data-network={network}] [data-part={part}]"))
    }
}
