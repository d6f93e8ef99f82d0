//! What `crealia accounts`, `post` and `outbox` print. Moments are RFC 3339 in UTC.

use serde::{Deserialize, Serialize};

use crate::error::{ApiError, ErrorCode};

/// A post for one account: an element of `crealia outbox list --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryDocument {
    /// Its number.
    pub id: i64,
    /// The network, such as `youtube`.
    pub network: String,
    /// The account, as `--to NETWORK:ACCOUNT` takes it.
    pub account: String,
    /// One of `draft`, `scheduled`, `publishing`, `published`, `failed`, `cancelled`, `uncertain`.
    pub state: posts::outbox::State,
    /// The call that is under way or comes next, such as `send`; null when nothing comes.
    pub step: Option<String>,
    /// The network's name of the post; null while there is none.
    pub remote_id: Option<String>,
    /// Where the post can be seen; null while it cannot.
    pub url: Option<String>,
    /// How often the present step failed.
    pub attempts: u32,
    /// When something is to be done next; null when nothing is, or at once.
    pub next_attempt_at: Option<String>,
    /// What is wrong; null when nothing is.
    pub error: Option<EntryError>,
}

/// What is wrong with a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryError {
    /// What kind it is.
    pub code: ErrorCode,
    /// What is wrong, in English.
    pub message: String,
    /// What to do, in English; empty where nothing can be done.
    pub hint: String,
}

impl From<ApiError> for EntryError {
    fn from(error: ApiError) -> Self {
        Self {
            code: error.code,
            message: error.message,
            hint: error.hint,
        }
    }
}

impl From<EntryError> for ApiError {
    fn from(error: EntryError) -> Self {
        Self::new(error.code, error.message).hint(error.hint)
    }
}

/// A file that was posted: an element of `crealia post --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostDocument {
    /// The file as it was named.
    pub source: String,
    /// What networks take otherwise than meant, and what they charge.
    pub warnings: Vec<String>,
    /// What became of it, per account.
    pub posts: Vec<EntryDocument>,
}

/// What would be done for one account: an element of `crealia post --dry-run --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDocument {
    /// The file as it was named.
    pub source: String,
    /// The network.
    pub network: String,
    /// The account.
    pub account: String,
    /// What the network takes otherwise than meant.
    pub warnings: Vec<String>,
    /// What the network charges for the post, in millionths of a US dollar; null where nothing.
    pub price_micro_usd: Option<u64>,
    /// The calls in order, when none fails. Secrets are shown as `…`.
    pub calls: Vec<CallDocument>,
}

/// A call that would be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallDocument {
    /// The method.
    pub method: String,
    /// The address.
    pub url: String,
    /// The fields of its head that matter.
    pub headers: Vec<(String, String)>,
    /// Its body when it is text.
    pub body: Option<String>,
}

/// A call that was made: an element of `crealia outbox log --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedCallDocument {
    /// When it began.
    pub at: String,
    /// The network.
    pub network: String,
    /// For which account; null for a call that belongs to none, or to one that is not known any more.
    pub account: Option<String>,
    /// For which post; null for a call that belongs to none.
    pub post: Option<i64>,
    /// What was called, such as `send` or `refresh`.
    pub call: String,
    /// What it came to.
    pub outcome: String,
    /// How long it took, in milliseconds.
    pub millis: i64,
}

/// An account: an element of `crealia accounts list --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountDocument {
    /// The network.
    pub network: String,
    /// What `--to NETWORK:ACCOUNT` takes: the handle, else the network's name of it.
    pub account: String,
    /// The network's name of it.
    pub remote_id: String,
    /// Its name as shown.
    pub name: String,
    /// `connected` or `expired`: then it has to be connected again.
    pub state: String,
    /// What the user granted.
    pub scopes: Vec<String>,
    /// What the user did not grant of what the program asks for.
    pub missing_scopes: Vec<String>,
    /// When it was connected.
    pub connected_at: String,
    /// When the network was last asked about it.
    pub checked_at: String,
}

/// An app: what `crealia accounts app --json` prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppDocument {
    /// The network.
    pub network: String,
    /// The app's public identifier.
    pub client_id: String,
    /// The redirects to register with it, exactly as written; empty where none has to be.
    pub redirects: Vec<String>,
    /// What to know: kind of app, audits that the network wants.
    pub notes: Vec<String>,
    /// Whether the network accepts it; null when it could not be asked.
    pub accepted: Option<bool>,
}

/// An account that was disconnected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisconnectedDocument {
    /// The network.
    pub network: String,
    /// The account.
    pub account: String,
    /// Whether the network ended the consent; what is here is erased either way.
    pub revoked: bool,
}
