//! What may go wrong where: the rows and columns of the fault matrix, whose short form the engine's
//! tests are, and whose long one `cargo xtask bench outbox`.

use std::time::Duration;

use super::{Fault, Held, Posting, Server, Step};

/// A row: a step of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The step at which something goes wrong.
    pub step: Step,
    /// What has to go wrong before, so that the step is reached at all.
    pub first: First,
}

/// What leads to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// Every post has it.
    Nothing,
    /// This step's answer is lost.
    Lost(Step),
    /// The access token has ended.
    TokenEnded,
}

/// What goes wrong at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The connection is refused.
    NoConnection,
    /// What the server does.
    At(Fault),
    /// The program is killed while its call is held there.
    Killed(Held),
}

/// A column: its name, and what goes wrong.
pub type Column = (&'static str, Trouble);

/// How long each byte of an answer takes that a caller waits for.
const DRIP: Duration = Duration::from_millis(1);
/// How long each byte takes of an answer for which no caller waits: a part of 10 MB may take six
/// minutes and a half, and no answer has less than a hundred bytes.
const LONG_DRIP: Duration = Duration::from_secs(5);

/// Returns a network's rows.
pub fn rows<D: Posting>() -> Vec<Row> {
    let lost = match D::NETWORK {
        "x" => First::Lost(Step::Post),
        _ => First::Lost(Step::LastPart),
    };
    let (nothing, ended) = (First::Nothing, First::TokenEnded);
    let steps: &[(Step, First)] = match D::NETWORK {
        "x" => &[
            (Step::Open, nothing),
            (Step::Part, nothing),
            (Step::LastPart, nothing),
            (Step::Ask, nothing),
            (Step::Finalize, nothing),
            (Step::Post, nothing),
            (Step::Account, lost),
            (Step::Look, lost),
            (Step::Check, nothing),
            (Step::Refresh, ended),
        ],
        "tiktok" => &[
            (Step::Account, nothing),
            (Step::Open, nothing),
            (Step::Part, nothing),
            (Step::LastPart, nothing),
            (Step::Ask, lost),
            (Step::Check, nothing),
            (Step::Refresh, ended),
        ],
        _ => &[
            (Step::Open, nothing),
            (Step::Part, nothing),
            (Step::LastPart, nothing),
            (Step::Ask, lost),
            (Step::Cover, nothing),
            (Step::Check, nothing),
            (Step::Refresh, ended),
        ],
    };
    let row = |(step, first): &(Step, First)| Row {
        step: *step,
        first: *first,
    };
    steps.iter().map(row).collect()
}

/// Returns what may go wrong at a step of a network, in the order of [`NAMES`].
pub fn columns<D: Posting>(step: Step) -> Vec<Column> {
    let (busy, unauthorized, inside) = match D::NETWORK {
        _ if step == Step::Refresh => ("rate_limit_exceeded", "invalid_client", "internal_error"),
        "x" => ("", "", "internal-error"),
        "tiktok" => (
            "rate_limit_exceeded",
            "access_token_invalid",
            "internal_error",
        ),
        _ => ("rateLimitExceeded", "authError", "backendError"),
    };
    let faults = [
        Fault::Reset,
        Fault::ResetInBody,
        Fault::AnswerLost,
        Fault::AnswerCut,
        Fault::Silent,
        Fault::Refused(503, ""),
        Fault::Disowned(503, ""),
        Fault::Refused(429, busy),
        Fault::Refused(401, unauthorized),
        Fault::Unreadable,
        Fault::Refused(200, inside),
        Fault::Disowned(200, inside),
        Fault::Remarked(inside),
        Fault::Drip(DRIP),
        Fault::Drip(LONG_DRIP),
    ];
    let first = std::iter::once(Trouble::NoConnection);
    let faults = faults.into_iter().map(Trouble::At);
    let kills = [Held::Before, Held::After].map(Trouble::Killed);
    let all = NAMES.into_iter().zip(first.chain(faults).chain(kills));
    all.filter(|(_, trouble)| can_be::<D>(step, *trouble))
        .collect()
}

/// The names of all columns.
pub const NAMES: [&str; 18] = [
    "refused",
    "reset",
    "in body",
    "lost",
    "in answer",
    "timeout",
    "503",
    "503 done",
    "429",
    "401",
    "no JSON",
    "200 error",
    "200 done",
    "beside",
    "drip",
    "long drip",
    "kill",
    "kill done",
];

/// Returns whether a step can go wrong so.
fn can_be<D: Posting>(step: Step, trouble: Trouble) -> bool {
    match trouble {
        // A question has no body, but at TikTok.
        Trouble::At(Fault::ResetInBody) => {
            let is_question = matches!(
                step,
                Step::Ask | Step::Finalize | Step::Account | Step::Look | Step::Check
            );
            !is_question || D::NETWORK == "tiktok"
        }
        // What refuses to give tokens gives none.
        Trouble::At(Fault::Remarked(_)) => step != Step::Refresh,
        _ => true,
    }
}

impl Trouble {
    /// Returns whether it takes as long as a caller waits for an answer.
    pub fn outlasts(self) -> bool {
        match self {
            Self::At(Fault::Silent) => true,
            Self::At(Fault::Drip(each)) => each == LONG_DRIP,
            _ => false,
        }
    }
}

impl Row {
    /// Returns the network's option without which a post does not have the step.
    pub fn option(self) -> Option<(&'static str, &'static str)> {
        (self.step == Step::Cover).then_some(("cover", "1"))
    }

    /// Prepares a server for whoever posts next, so that the step is reached.
    pub fn lead<D: Posting>(self, server: &Server<D>) {
        match self.first {
            First::Nothing => {}
            First::Lost(step) => server.fail(step, Fault::AnswerLost),
            First::TokenEnded => server.expire_tokens(),
        }
    }
}
