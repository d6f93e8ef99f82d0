//! What an answer means for the state machine, and for the user.

use footage::calendar::Date;
use online::upload::Advice;
use posts::Network;
use posts::outbox::{Call, Cover, Entry, Failure, Outcome, Refusal, State, UnixMs};
use protocol::error::{ApiError, ErrorCode};

use super::moment::rfc3339;
use super::port::explained;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
/// When YouTube's quotas begin anew, in UTC: at midnight of Pacific time, which is that of winter or of
/// summer. Source: YouTube Data API, "Quota usage".
const WINTER_RESET_MS: u64 = 8 * HOUR_MS;
const SUMMER_RESET_MS: u64 = 7 * HOUR_MS;

/// The longest window of a rate, with a minute for the clocks: what is to be waited for longer is a
/// quota. Source: X developer platform, "Rate limits": 15 minutes.
const LONGEST_RATE_MS: u64 = 16 * 60_000;

/// What to do about a cover that was not set. Source: YouTube Data API v3, `thumbnails.set`:
/// `forbidden`.
const COVER_HINT: &str = "choose it in YouTube Studio; YouTube takes covers only of channels that \
                          are verified by phone (youtube.com/verify)";

/// What a failed call means.
#[derive(Debug)]
pub(super) struct Meaning {
    /// For the state machine.
    pub(super) outcome: Outcome,
    /// For the user.
    pub(super) error: ApiError,
    /// Nothing is tried before this, whatever the state machine says: the network asked so.
    pub(super) not_before: Option<UnixMs>,
}

/// Returns what a failed call means at `now`; `None` when it was stopped, and so is as open as if
/// the program had ended.
pub(super) fn meaning(
    network: Network,
    call: Call,
    error: &online::Error,
    now: UnixMs,
) -> Option<Meaning> {
    use online::Error as E;
    let mut not_before = None;
    let outcome = match error {
        E::Cancelled => return None,
        E::Refused { advice, .. } => match advice {
            Advice::Fix | Advice::Account | Advice::Gone => Outcome::Refused(Refusal::Never),
            Advice::Reconnect => Outcome::Refused(Refusal::Token),
            Advice::Retry(after) => {
                let after_ms = after.map_or(0, |after| after.as_millis() as u64);
                // A server that failed may have done it all the same.
                if error.may_have_acted() {
                    not_before = (after_ms > 0).then(|| UnixMs(now.0 + after_ms));
                    Outcome::Unknown
                } else if after_ms > LONGEST_RATE_MS {
                    // No trouble that passes: as much is used up as may be in a longer time.
                    Outcome::Refused(Refusal::At(UnixMs(now.0 + after_ms)))
                } else {
                    Outcome::Refused(Refusal::Later { after_ms })
                }
            }
            Advice::QuotaReset => Outcome::Refused(Refusal::At(quota_reset(network, now))),
            Advice::Tomorrow => Outcome::Refused(Refusal::At(UnixMs(now.0 + DAY_MS))),
        },
        E::TokenRefused { .. } | E::ClientSecretMissing => Outcome::Refused(Refusal::Token),
        // The file: nothing was sent.
        E::SourceChanged { .. } | E::Unwritable { .. } => Outcome::Refused(Refusal::Never),
        _ => Outcome::Unknown,
    };
    let mut told = failure(network, error);
    if let Outcome::Refused(Refusal::At(moment)) = &outcome {
        if told.code != ErrorCode::Postponed {
            told = ApiError::new(ErrorCode::Postponed, told.message)
                .hint("it goes on by itself when `crealia outbox run` runs");
        }
        told.message = format!("{} (until {})", told.message, rfc3339(*moment));
    }
    if call == Call::Check && outcome == Outcome::Refused(Refusal::Never) {
        told = told.hint("look at the post on the network");
    }
    Some(Meaning {
        outcome,
        error: told,
        not_before,
    })
}

/// Returns when a network's quota begins anew after `now`. Only YouTube says that one is used up
/// without saying when it begins anew.
fn quota_reset(network: Network, now: UnixMs) -> UnixMs {
    if network != Network::YouTube {
        return UnixMs(now.0 + DAY_MS);
    }
    let midnight = |day: u64| {
        let offset = if begins_in_summer_time(Date::of_day(day as i64)) {
            SUMMER_RESET_MS
        } else {
            WINTER_RESET_MS
        };
        day * DAY_MS + offset
    };
    let today = now.0 / DAY_MS;
    let next = midnight(today);
    UnixMs(if next > now.0 {
        next
    } else {
        midnight(today + 1)
    })
}

/// Returns whether a day in the United States begins in summer time, which is from two in the morning
/// of the second Sunday of March to two in the morning of the first Sunday of November. Source: 15 U.S.
/// Code § 260a.
fn begins_in_summer_time(date: Date) -> bool {
    let sunday = |month: u32, which: u32| {
        let first = Date {
            day: 1,
            month,
            ..date
        }
        .to_day()
        .unwrap_or_default();
        // 1970-01-01 was a Thursday, the fourth day after a Sunday.
        let weekday = (first + 4).rem_euclid(7) as u32;
        Date {
            day: 1 + (7 - weekday) % 7 + 7 * (which - 1),
            month,
            ..date
        }
    };
    sunday(3, 2) < date && date <= sunday(11, 1)
}

/// Returns a network's failure as the user is told of it.
pub(super) fn failure(network: Network, error: &online::Error) -> ApiError {
    use online::Error as E;
    let told = match error {
        E::Unreachable { .. } | E::Stalled { .. } | E::Status { .. } => {
            ApiError::new(ErrorCode::NetworkUnreachable, error.to_string())
                .hint("check the connection and try again")
        }
        E::Unwritable { path, detail } => ApiError::new(
            ErrorCode::Unreadable,
            format!("{} cannot be read: {detail}", path.display()),
        )
        .hint("put the file back, then post it again"),
        E::Refused {
            reason,
            message,
            advice,
            ..
        } => {
            let mut told = crate::error::of_network(error);
            let more = if message.is_empty() { "" } else { ": " };
            if let Some((words, hint)) = explained(network, reason) {
                told.message = format!("{network} refuses: {words}{more}{message}");
                return told.hint(hint);
            }
            let words = if message.is_empty() { reason } else { message };
            if *advice == Advice::Gone {
                told.message = format!("the account is not on {network} any more{more}{message}");
            } else if !words.is_empty() {
                told.message = format!("{network} refuses: {words}");
            }
            told
        }
        // It has no answer of its own for an account that was deleted: the consents for it end.
        E::TokenRefused { code, .. } if network == Network::TikTok && code == "invalid_grant" => {
            let told = crate::error::of_network(error);
            let hint = format!("{}, unless it was deleted on TikTok", told.hint);
            told.hint(hint)
        }
        _ => crate::error::of_network(error),
    };
    let hint = told.hint.replace("NETWORK", network.id());
    ApiError { hint, ..told }
}

/// Returns what is told of a post that its network works on for longer than it is asked about.
pub(super) fn unfinished(network: Network) -> ApiError {
    let message = format!("{network} has been working on the video for a day");
    ApiError::new(ErrorCode::InReview, message).hint("look at the post on the network")
}

/// Returns what stands in the audit log for an outcome.
pub(super) fn audited(outcome: Result<String, &online::Error>) -> String {
    match outcome {
        Ok(done) => done,
        Err(online::Error::Refused { status, reason, .. }) => format!("refused {status} {reason}"),
        Err(error) => error.to_string(),
    }
}

/// Returns what the user is told of an entry: `last` is what its last call came to.
pub(super) fn told(
    network: Network,
    id: i64,
    entry: &Entry,
    last: Option<ApiError>,
) -> Option<ApiError> {
    let cause = |last: Option<ApiError>| {
        last.map_or_else(String::new, |last| format!(": {}", last.message))
    };
    match entry.state {
        State::Uncertain => Some(
            ApiError::new(
                ErrorCode::Uncertain,
                format!("it may be on {network}, which did not tell{}", cause(last)),
            )
            .hint(format!(
                "look there, then say `crealia outbox resolve {id} published` or `not-published`"
            )),
        ),
        State::Failed => match entry.failure {
            Some(Failure::Missed) => Some(
                ApiError::new(
                    ErrorCode::Missed,
                    "its time passed more than a day ago while nothing ran",
                )
                .hint("post it again if you still want it there"),
            ),
            Some(Failure::NotPublished) => Some(
                ApiError::new(ErrorCode::Uncertain, "you said that it is not there")
                    .hint("post it again"),
            ),
            // Nothing was refused, and nothing came of it.
            _ => last.or_else(|| {
                let message = format!("{network} lost the upload, however often it was begun");
                Some(
                    ApiError::new(ErrorCode::NetworkUnreachable, message)
                        .hint("post it again later"),
                )
            }),
        },
        State::Published => with_cover(entry, last),
        State::Draft | State::Scheduled | State::Publishing | State::Cancelled => last,
    }
}

/// Returns that a post is there without its cover; `None` when it has it, or needs none.
pub(super) fn cover_missed(entry: &Entry) -> Option<ApiError> {
    let Cover::Missed { why } = &entry.cover else {
        return None;
    };
    let why = if why.is_empty() {
        String::new()
    } else {
        format!(": {why}")
    };
    let message = format!("it is posted, and its cover was not set{why}");
    Some(ApiError::new(ErrorCode::CoverNotSet, message).hint(COVER_HINT))
}

/// Returns what is told of a post that is there, of its cover, too.
fn with_cover(entry: &Entry, last: Option<ApiError>) -> Option<ApiError> {
    let Cover::Missed { why } = &entry.cover else {
        return last;
    };
    let Some(mut last) = last else {
        return cover_missed(entry);
    };
    last.message = if last.message == *why {
        format!("{}; its cover was not set", last.message)
    } else {
        format!("{}; its cover was not set: {why}", last.message)
    };
    Some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_begins_anew_at_midnight_of_pacific_time() {
        let at = |text: &str| super::super::moment::parse(text).unwrap();
        let reset = |text: &str| rfc3339(quota_reset(Network::YouTube, at(text)));
        assert_eq!(reset("2026-11-28T07:59:59Z"), "2026-11-28T08:00:00Z");
        assert_eq!(reset("2026-11-28T08:00:00Z"), "2026-11-29T08:00:00Z");
        // Summer time begins on 2026-03-08 and ends on 2026-11-01, each at two in the morning.
        assert_eq!(reset("2026-07-01T06:59:59Z"), "2026-07-01T07:00:00Z");
        assert_eq!(reset("2026-07-01T07:00:00Z"), "2026-07-02T07:00:00Z");
        assert_eq!(reset("2026-03-08T07:30:00Z"), "2026-03-08T08:00:00Z");
        assert_eq!(reset("2026-03-08T08:00:00Z"), "2026-03-09T07:00:00Z");
        assert_eq!(reset("2026-10-31T07:00:00Z"), "2026-11-01T07:00:00Z");
        assert_eq!(reset("2026-11-01T07:00:00Z"), "2026-11-02T08:00:00Z");
        // Years whose March or November begins on a Sunday, and a Monday.
        assert_eq!(reset("2020-03-08T08:00:00Z"), "2020-03-09T07:00:00Z");
        assert_eq!(reset("2020-11-01T07:00:00Z"), "2020-11-02T08:00:00Z");
        assert_eq!(reset("2027-03-14T08:00:00Z"), "2027-03-15T07:00:00Z");
        assert_eq!(reset("2027-11-07T07:00:00Z"), "2027-11-08T08:00:00Z");
        let other = quota_reset(Network::X, at("2026-11-28T07:00:00Z"));
        assert_eq!(rfc3339(other), "2026-11-29T07:00:00Z");
    }

    #[test]
    fn a_long_wait_is_a_quota_and_no_failed_try() {
        let now = UnixMs(0);
        let mean = |secs| {
            let after = Some(std::time::Duration::from_secs(secs));
            let error = refused(429, Advice::Retry(after));
            meaning(Network::X, Call::Post, &error, now).unwrap()
        };
        let window = mean(901);
        let later = Refusal::Later { after_ms: 901_000 };
        assert_eq!(window.outcome, Outcome::Refused(later));
        assert_eq!(window.error.code, ErrorCode::NetworkUnreachable);
        let day = mean(6 * 3_600);
        let at = Refusal::At(UnixMs(6 * HOUR_MS));
        assert_eq!(day.outcome, Outcome::Refused(at));
        assert_eq!(day.error.code, ErrorCode::Postponed);
        let words = "X refuses: words (until 1970-01-01T06:00:00Z)";
        assert_eq!(day.error.message, words);
    }

    #[test]
    fn a_networks_reason_is_told_in_words() {
        let error = online::Error::Refused {
            status: 403,
            reason: "unaudited_client_can_only_post_to_private_accounts".to_owned(),
            message: String::new(),
            advice: Advice::Account,
        };
        let told = failure(Network::TikTok, &error);
        assert_eq!(told.code, ErrorCode::PostRefused);
        assert!(told.message.contains("has not audited the app"), "{told}");
        assert!(told.hint.contains("--privacy private"), "{told}");
        let elsewhere = failure(Network::YouTube, &error);
        assert!(
            elsewhere.message.ends_with("private_accounts"),
            "{elsewhere}"
        );
    }

    fn refused(status: u16, advice: Advice) -> online::Error {
        online::Error::Refused {
            status,
            reason: "why".to_owned(),
            message: "words".to_owned(),
            advice,
        }
    }

    #[test]
    fn a_server_that_failed_may_have_done_it() {
        let now = UnixMs(1_000);
        let after = Some(std::time::Duration::from_secs(7));
        let mean = |error: &online::Error| {
            meaning(Network::YouTube, Call::Send { from: 0 }, error, now).unwrap()
        };
        let found = mean(&refused(503, Advice::Retry(after)));
        assert_eq!(found.outcome, Outcome::Unknown);
        assert_eq!(found.not_before, Some(UnixMs(8_000)));
        let found = mean(&refused(429, Advice::Retry(after)));
        let later = Refusal::Later { after_ms: 7_000 };
        assert_eq!(found.outcome, Outcome::Refused(later));
        let found = mean(&refused(400, Advice::Fix));
        assert_eq!(found.outcome, Outcome::Refused(Refusal::Never));
        assert_eq!(found.error.message, "YouTube refuses: words");
        assert_eq!(found.error.code, ErrorCode::PostRefused);
        let stopped = online::Error::Cancelled;
        assert!(meaning(Network::YouTube, Call::Open, &stopped, now).is_none());
    }
}
