//! X, as the outbox calls it.

use online::consent::Dialect;
use online::secrets::Secret;
use online::upload::{Network as _, Planned, Source};
use online::x::{self, Account, Api, Draft, Replies};
use posts::outbox::Call;
use posts::price::{PLAIN, Price, WITH_ADDRESS};
use posts::{Answer, Network};
use protocol::error::{ApiError, ErrorCode};
use task::Cancel;

use super::orders::Content;
use super::port::{Guide, Identity, Port, Reply, Work, judged, make};

/// The names that `--network-option` may give.
const OPTIONS: &[&str] = &["paid-partnership", "replies"];
/// What posting a video and finding it again cannot do without.
const NEEDED: &[&str] = &["tweet.read", "tweet.write", "users.read", "media.write"];

/// X.
pub(crate) struct X {
    api: Api,
    endpoints: online::X,
}

impl X {
    pub(crate) fn new(endpoints: &online::X) -> Result<Self, online::Error> {
        Ok(Self {
            api: Api::new(endpoints.clone())?,
            endpoints: endpoints.clone(),
        })
    }
}

impl Port for X {
    fn guide(&self) -> Guide {
        let notes = [
            "make an app in X's developer console, of the type “Native App” with the permissions \
             “Read and write”: it has no secret"
                .to_owned(),
            "X compares redirects letter by letter: register them all; one of their ports has to be \
             free while you connect"
                .to_owned(),
            format!(
                "X charges the app's prepaid credits: {} USD for a post, {} USD with a web address \
                 in its text",
                dollars(PLAIN),
                dollars(WITH_ADDRESS)
            ),
            "X takes 100 posts of an account in 15 minutes, and 10,000 of the app in a day".to_owned(),
        ];
        Guide {
            redirects: x::redirects(),
            notes: notes.to_vec(),
        }
    }

    fn dialect(&self) -> Dialect {
        x::dialect(&self.endpoints)
    }

    fn scopes(&self) -> &'static [&'static str] {
        x::SCOPES
    }

    fn needed(&self) -> &'static [&'static str] {
        NEEDED
    }

    fn part(&self, bytes: u64) -> u64 {
        online::upload::Network::part(&self.api, bytes)
    }

    fn options(&self) -> &'static [&'static str] {
        OPTIONS
    }

    fn misused(&self, content: &Content) -> Option<ApiError> {
        if let Some(replies) = content.options.get("replies")
            && self::replies(replies).is_none()
        {
            let message = format!("replies={replies} is none of X's choices");
            return Some(
                ApiError::new(ErrorCode::Usage, message)
                    .hint("use everybody, following, mentioned, subscribers or verified"),
            );
        }
        content.unanswered(&["paid-partnership"])
    }

    fn notices(&self, content: &Content) -> Vec<String> {
        let price = Price::of(content.text(Network::X), 0);
        let dearer = format!(
            "X: a web address in the text makes the post cost {} USD instead of {} USD",
            dollars(price.post),
            dollars(PLAIN)
        );
        (price.addresses > 0)
            .then_some(dearer)
            .into_iter()
            .collect()
    }

    fn price(&self, content: &Content) -> Option<u64> {
        Some(Price::of(content.text(Network::X), 0).total())
    }

    fn who(&self, token: &Secret, cancel: &Cancel) -> Result<Option<Identity>, online::Error> {
        let Account { id, name, username } = self.api.account(token, cancel)?;
        Ok(Some(Identity {
            remote: id,
            name,
            handle: (!username.is_empty()).then(|| format!("@{username}")),
        }))
    }

    fn make(&self, call: Call, work: &Work<'_>, cancel: &Cancel) -> Result<Reply, online::Error> {
        make(
            &self.api,
            &draft(work.content),
            call,
            work,
            cancel,
            |state| {
                judged(
                    Network::X,
                    state.progress,
                    "look at the account's posts on X",
                )
            },
        )
    }

    fn plan(&self, content: &Content, source: &Source) -> Result<Vec<Planned>, online::Error> {
        self.api.plan(&draft(content), source)
    }

    fn clock_ahead_secs(&self) -> Option<i64> {
        self.api.clock_ahead_secs()
    }

    fn url(&self, remote: &str) -> Option<String> {
        Some(format!("https://x.com/i/status/{remote}"))
    }
}

fn draft(content: &Content) -> Draft {
    let is = |answer: Answer| answer == Answer::Yes;
    let replies = content.options.get("replies").map(String::as_str);
    Draft {
        text: content.text(Network::X).to_owned(),
        // What is none of the choices was refused before.
        replies: replies.and_then(self::replies).unwrap_or_default(),
        made_with_ai: content.synthetic.map(is),
        paid_partnership: content.answer("paid-partnership").map(is),
    }
}

/// Returns who may reply.
fn replies(name: &str) -> Option<Replies> {
    Some(match name {
        "everybody" => Replies::Everybody,
        "following" => Replies::Following,
        "mentioned" => Replies::MentionedUsers,
        "subscribers" => Replies::Subscribers,
        "verified" => Replies::Verified,
        _ => return None,
    })
}

/// Returns millionths of a dollar as dollars, to a tenth of a cent.
pub(super) fn dollars(millionths: u64) -> String {
    format!(
        "{}.{:03}",
        millionths / 1_000_000,
        millionths / 1_000 % 1_000
    )
}

/// Returns what a reason of X's means, and what to do about it.
pub(super) fn explained(reason: &str) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        "usage-capped" => (
            "the app's credits or its spending limit are used up",
            "add credits to the app in X's developer console, then post again",
        ),
        "client-forbidden" | "client-disconnected" => (
            "the app may not use X's interface",
            "see to the app in X's developer console, then post again",
        ),
        "user-suspended" => (
            "the account is suspended",
            "see to the account on X, then post again",
        ),
        "not-authorized-for-resource" => (
            "the app or the account may not do this",
            "give the app the permissions “Read and write”, then connect the account again",
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_told_to_a_tenth_of_a_cent() {
        assert_eq!(dollars(PLAIN), "0.015");
        assert_eq!(dollars(WITH_ADDRESS), "0.200");
        assert_eq!(dollars(12_345_678), "12.345");
    }
}
