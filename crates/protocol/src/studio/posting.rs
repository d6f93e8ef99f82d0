//! Accounts and posts as the window shows them. Moments are Unix milliseconds.

use std::collections::BTreeMap;
use std::fmt;

pub use posts::outbox::State as PostState;
pub use posts::{Answer, Frame, Network, Privacy};
use serde::{Deserialize, Serialize};
use timeline::ids::SequenceId;

use super::settings::Language;
use super::view::ProjectId;
use crate::error::{ApiError, ErrorCode};

/// An account on a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub i64);

/// A post for one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PostId(pub i64);

/// Everything about posting.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Posting {
    /// The networks that can be posted to, in the order they are shown.
    pub networks: Vec<NetworkView>,
    /// The accounts that are connected, or were until their consent ended.
    pub accounts: Vec<AccountView>,
    /// Every post for every account, the newest first.
    pub posts: Vec<PostView>,
    /// The consent that is asked for.
    pub consent: Option<ConsentView>,
    /// Why nothing is posted now.
    pub trouble: Option<ApiError>,
    /// What the user has to do before there is anywhere to keep tokens; `None` when nothing.
    pub vault: Option<ShutVault>,
}

/// Tokens cannot be kept or read until the user gives a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShutVault {
    /// There is no keychain that can be used. A file sealed with a passphrase may take its place.
    None,
    /// They are in a sealed file.
    Sealed,
}

/// A network that can be posted to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkView {
    /// Which.
    pub network: Network,
    /// The public identifier of the user's app; `None` until one is registered.
    pub client_id: Option<String>,
    /// The redirects to register with the app, exactly as written; empty where none has to be.
    pub redirects: Vec<String>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Identity.
    pub id: AccountId,
    /// Its network.
    pub network: Network,
    /// Its name as shown.
    pub name: String,
    /// Its handle, if it has one.
    pub handle: Option<String>,
    /// Whether its consent lasts.
    pub standing: AccountStanding,
    /// What the user granted, as the network names it.
    pub scopes: Vec<String>,
    /// What the user did not grant of what the program asks for.
    pub missing_scopes: Vec<String>,
    /// Whether it is connected and what posting cannot do without was granted.
    pub can_post: bool,
    /// When the network was last asked about it.
    pub checked_at: i64,
}

/// Whether the consent for an account lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStanding {
    /// It does.
    Connected,
    /// Its consent ended: it has to be connected again.
    Expired,
}

/// A consent that is asked for on the network's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsentView {
    /// The network.
    pub network: Network,
    /// How far it is.
    pub stage: ConsentStage,
}

/// How far a consent is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentStage {
    /// The page is about to be opened.
    Preparing,
    /// The user answers there.
    Waiting {
        /// The page's address.
        address: String,
    },
    /// The account is connected.
    Connected {
        /// Which.
        account: AccountId,
    },
    /// It came to nothing.
    Failed(ApiError),
}

/// A post for one account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PostView {
    /// Identity.
    pub id: PostId,
    /// The account.
    pub account: AccountId,
    /// Its network.
    pub network: Network,
    /// The account's name as shown.
    pub account_name: String,
    /// What it is called: its title, else how its caption begins, else its file's name.
    pub title: String,
    /// The reel that it was made of, if it was.
    pub reel: Option<ReelOf>,
    /// How it stands.
    pub state: PostState,
    /// The part of its file that the network has, in 0..=1.
    pub stored: f64,
    /// How often the present step failed.
    pub attempts: u32,
    /// When it was or is to be posted; `None` for a draft.
    pub due_at: Option<i64>,
    /// When something is to be done next; `None` when nothing is, or at once.
    pub next_at: Option<i64>,
    /// When it changed last.
    pub changed_at: i64,
    /// Where it can be seen; `None` while it cannot.
    pub url: Option<String>,
    /// What is wrong; `None` when nothing is.
    pub error: Option<ApiError>,
    /// What the user may do about it.
    pub can: Vec<PostAction>,
}

impl PostView {
    /// Returns a post on YouTube, for tests of this and other crates.
    #[cfg(any(test, feature = "samples"))]
    pub fn sample(id: i64, state: PostState) -> Self {
        Self {
            id: PostId(id),
            account: AccountId(1),
            network: Network::YouTube,
            account_name: "Ma chaîne".to_owned(),
            title: format!("Reel {id}"),
            reel: None,
            state,
            stored: 0.0,
            attempts: 0,
            due_at: None,
            next_at: None,
            changed_at: 0,
            url: None,
            error: None,
            can: Vec::new(),
        }
    }

    /// Returns whether it goes no further, or will not go out, unless the user does something.
    pub fn needs_user(&self) -> bool {
        let passes = |error: &ApiError| {
            matches!(
                error.code,
                ErrorCode::NetworkUnreachable | ErrorCode::Postponed
            )
        };
        match self.state {
            PostState::Failed | PostState::Uncertain => true,
            // Checked ahead of its time, and something has to be mended before.
            PostState::Scheduled => self.error.as_ref().is_some_and(|error| !passes(error)),
            PostState::Draft
            | PostState::Publishing
            | PostState::Published
            | PostState::Cancelled => false,
        }
    }
}

impl PostView {
    /// Returns what the desktop is told of it when it needs the user: a title, and which it is. The window
    /// and the command, which tell it, have no other words in common.
    pub fn notice(&self, language: Language) -> (String, String) {
        let network = self.network;
        let title = match (language, self.state) {
            (Language::French, PostState::Failed) => {
                format!("La publication sur {network} a échoué")
            }
            (Language::French, PostState::Uncertain) => {
                format!("La publication sur {network} est incertaine")
            }
            (Language::French, _) => format!("La publication prévue sur {network} ne partira pas"),
            (Language::English, PostState::Failed) => format!("The post on {network} failed"),
            (Language::English, PostState::Uncertain) => {
                format!("The post on {network} is uncertain")
            }
            (Language::English, _) => format!("The scheduled post on {network} will not go out"),
        };
        (title, format!("{} · {}", self.title, self.account_name))
    }
}

/// What may be done about a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostAction {
    /// Call it off.
    Cancel,
    /// Try again where it ended.
    Retry,
    /// Say whether it is on the network.
    Resolve,
}

/// A reel of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReelOf {
    /// The project.
    pub project: ProjectId,
    /// The reel.
    pub sequence: SequenceId,
}

/// A post as the user wrote it, for one account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// To whom.
    pub account: AccountId,
    /// The title; empty for none.
    pub title: String,
    /// The text below it, hashtags included.
    pub caption: String,
    /// Who may see it; the network's own choice, where it has one, when left out.
    pub privacy: Option<Privacy>,
    /// Whether it is made for children, if answered.
    pub made_for_kids: Option<Answer>,
    /// Whether pictures or voices in it are made by AI and look real, if answered.
    pub synthetic: Option<Answer>,
    /// What only some networks have, by name.
    pub options: BTreeMap<String, String>,
    /// The frame of an export of its own, where the network would not take the reel's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<Frame>,
}

/// What a network says that an account may do at this moment: to be shown before it is posted to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CreatorView {
    /// Its name as the network shows it; empty where the network does not say.
    pub name: String,
    /// Its handle, if it has one.
    pub handle: Option<String>,
    /// Who may be let see a post; empty where the network does not say.
    pub privacy: Vec<Privacy>,
    /// What the account has switched off for viewers.
    pub switched_off: Vec<Interaction>,
    /// The longest video in milliseconds, where there is a limit.
    pub longest_ms: Option<u64>,
}

/// What viewers may do with a video on TikTok.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interaction {
    /// Write comments.
    Comment,
    /// Make a video beside it.
    Duet,
    /// Make a video of a piece of it.
    Stitch,
}

impl Interaction {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 3] = [Self::Comment, Self::Duet, Self::Stitch];

    /// Returns the option of a post that switches it on.
    pub const fn option(self) -> &'static str {
        match self {
            Self::Comment => "comments",
            Self::Duet => "duets",
            Self::Stitch => "stitches",
        }
    }
}

/// Whether a network accepts an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppStanding {
    /// It does.
    Accepted,
    /// It could not be asked: connecting an account tells more.
    NotAsked,
}

/// Whether a network ended a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revoked {
    /// It did.
    There,
    /// It could not be told; what is kept here is erased all the same.
    HereOnly,
}

/// A page in the system's browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// Where the consent is asked for.
    Consent,
    /// Where apps of a network are registered.
    Console(Network),
    /// Where a post can be seen.
    Post(PostId),
}

/// What the user typed and nobody else is to read. It does not show when it is printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TypedSecret(pub String);

impl fmt::Debug for TypedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_that_will_not_go_out_needs_the_user() {
        let check = |state, code: Option<ErrorCode>, expect: bool| {
            let post = PostView {
                error: code.map(|code| ApiError::new(code, "")),
                ..PostView::sample(1, state)
            };
            assert_eq!(post.needs_user(), expect, "{state:?} {code:?}");
        };
        check(PostState::Failed, None, true);
        check(PostState::Uncertain, None, true);
        check(PostState::Scheduled, None, false);
        check(PostState::Scheduled, Some(ErrorCode::NotConnected), true);
        check(
            PostState::Scheduled,
            Some(ErrorCode::NetworkUnreachable),
            false,
        );
        check(PostState::Publishing, Some(ErrorCode::Postponed), false);
        check(PostState::Published, Some(ErrorCode::MadePrivate), false);
    }

    #[test]
    fn a_typed_secret_does_not_show_when_it_is_printed() {
        let secret = TypedSecret("marked".to_owned());
        assert!(!format!("{secret:?}").contains("marked"));
        assert_eq!(serde_json::to_string(&secret).unwrap(), r#""marked""#);
    }
}
