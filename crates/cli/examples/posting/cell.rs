//! One post during which one thing goes wrong.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::Value;
use testkit::strict::Posting;
use testkit::strict::matrix::{First, Row, Trouble};

use crate::studio::Studio;

/// How long a post may take at most before it is stuck: three new tries after the longest call take
/// less than nine minutes, and X's window of rates seven.
const BOUND: Duration = Duration::from_mins(15);
/// How often it is looked what became of a run.
const GLANCE: Duration = Duration::from_millis(20);
/// How often the outbox is asked whether it noticed that connections are refused.
const ASK: Duration = Duration::from_millis(250);
/// The longest wait between two runs of the outbox.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// How a post ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    /// The state that the program tells.
    pub(crate) state: String,
    /// What it says of it.
    pub(crate) words: String,
    /// How many posts the network has.
    pub(crate) published: usize,
    /// Whether the step was reached and went wrong.
    pub(crate) met: Met,
    /// Whether something was left to do when the time was over.
    pub(crate) left: Left,
}

/// Whether the trouble came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Met {
    Yes,
    No,
}

/// Whether something is left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    Nothing,
    Something,
}

/// Posts a file while something goes wrong after so many calls, and runs the outbox until nothing is
/// left to do.
pub(crate) fn run<D: Posting>(
    program: &Path,
    file: &Path,
    (row, trouble): (Row, Trouble),
    calls: usize,
) -> Result<Ended> {
    let studio = Studio::<D>::connected(program)?;
    row.lead(&studio.server);
    match trouble {
        Trouble::NoConnection => studio.server.refuse(calls),
        Trouble::At(fault) => studio.server.fail(row.step, fault),
        Trouble::Killed(held) => studio.server.hold(calls, held),
    }
    let mut post = Post::new(studio, row);
    post.is_to_die = matches!(trouble, Trouble::Killed(_));
    let entry = post.see_through(file)?;
    if let Trouble::At(_) = trouble
        && post.studio.server.is_done()
    {
        post.met = Met::Yes;
    }
    let text = |path: &str| {
        let text = entry.pointer(path).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let (message, hint) = (text("/error/message"), text("/error/hint"));
    let words = [message, hint]
        .into_iter()
        .filter(|words| !words.is_empty());
    Ok(Ended {
        state: text("/state"),
        words: words.collect::<Vec<_>>().join("; "),
        published: D::published(&post.studio.server),
        met: post.met,
        left: if is_over(&entry) {
            Left::Nothing
        } else {
            Left::Something
        },
    })
}

/// Returns how many calls come before a step when nothing else goes wrong.
pub(crate) fn calls_before<D: Posting>(program: &Path, file: &Path, row: Row) -> Result<usize> {
    let studio = Studio::<D>::connected(program)?;
    let from = studio.server.calls().len();
    row.lead(&studio.server);
    let mut post = Post::new(studio, row);
    post.see_through(file)?;
    let calls = post.studio.server.calls_before(row.step, from);
    calls.with_context(|| format!("{} has no {:?}", D::NETWORK, row.step))
}

/// A post under way.
struct Post<D: Posting> {
    studio: Studio<D>,
    began: Instant,
    met: Met,
    /// Whether the program is killed in the call that is held.
    is_to_die: bool,
    /// The option by which the post has the step.
    option: Option<(&'static str, &'static str)>,
    /// How many failed tries the lost answer that leads to the step makes.
    failed_before: u64,
}

impl<D: Posting> Post<D> {
    fn new(studio: Studio<D>, row: Row) -> Self {
        Self {
            studio,
            began: Instant::now(),
            met: Met::No,
            is_to_die: false,
            option: row.option(),
            failed_before: u64::from(matches!(row.first, First::Lost(_))),
        }
    }

    /// Runs the program until nothing is left to do, or for so long that it is stuck; returns how
    /// the post stands.
    fn see_through(&mut self, file: &Path) -> Result<Value> {
        let killed = self.attend(self.studio.post(file, self.option))?;
        if killed {
            self.attend(self.studio.post(file, self.option))?;
        }
        let mut wait = Duration::from_secs(1);
        loop {
            let entry = self.studio.list()?.into_iter().next();
            let entry = entry.context("the post is not in the outbox")?;
            if is_over(&entry) || self.began.elapsed() > BOUND {
                return Ok(entry);
            }
            std::thread::sleep(wait);
            wait = LONGEST_WAIT.min(wait * 2);
            self.attend(self.studio.command(&["outbox", "run", "--once"]))?;
        }
    }

    /// Waits for a run, and does from outside what is to go wrong; returns whether it was killed.
    fn attend(&mut self, mut command: Command) -> Result<bool> {
        let mut child = command.spawn()?;
        let mut asked = Instant::now();
        while child.try_wait()?.is_none() {
            if self.is_to_die && self.studio.server.is_holding() {
                self.kill(&mut child)?;
                return Ok(true);
            }
            if self.studio.server.door().is_shut() && asked.elapsed() > ASK {
                self.open_once_noticed()?;
                asked = Instant::now();
            }
            if self.began.elapsed() > 2 * BOUND {
                child.kill()?;
                child.wait()?;
                return Ok(false);
            }
            std::thread::sleep(GLANCE);
        }
        // A run that ended has noticed.
        self.open_once_noticed()?;
        Ok(false)
    }

    /// Ends the program as a user or the system does, in the midst of a call.
    fn kill(&mut self, child: &mut Child) -> Result<()> {
        child.kill()?;
        child.wait()?;
        self.studio.server.let_go();
        self.met = Met::Yes;
        self.is_to_die = false;
        Ok(())
    }

    /// Lets connections in again once the outbox tells of one that was refused.
    fn open_once_noticed(&mut self) -> Result<()> {
        let door = self.studio.server.door();
        if !door.is_shut() {
            return Ok(());
        }
        let entry = self.studio.list()?.into_iter().next().unwrap_or_default();
        let attempts = entry.pointer("/attempts").and_then(Value::as_u64);
        let waits = entry
            .pointer("/next_attempt_at")
            .is_some_and(Value::is_string);
        let code = entry.pointer("/error/code").and_then(Value::as_str);
        if attempts > Some(self.failed_before) && waits && code == Some("network_unreachable") {
            door.open();
            self.met = Met::Yes;
        }
        Ok(())
    }
}

/// Returns whether nothing is left to do about a post.
fn is_over(entry: &Value) -> bool {
    let state = entry.pointer("/state").and_then(Value::as_str);
    let waits = entry
        .pointer("/next_attempt_at")
        .is_some_and(Value::is_string);
    match state {
        Some("published") => !waits,
        Some("failed" | "uncertain" | "cancelled") => true,
        _ => false,
    }
}
