use serde::{Deserialize, Serialize};

use crate::network::Network;

/// How posts get onto a network, as far as it matters for posting once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// What makes the post visible.
    pub posting: Posting,
    /// Who can tell whether a post went out when its answer was lost.
    pub read_back: ReadBack,
}

/// What makes a post visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Posting {
    /// The last part of the upload.
    WithLastPart,
    /// A call of its own, after the upload.
    ByCall,
}

/// Who can tell whether a post went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadBack {
    /// The upload itself: its session, publish id or container.
    Upload,
    /// The upload itself, whose count of what came lags behind: a last part that it does not count
    /// may be there all the same.
    LateUpload,
    /// The account's own posts, which are compared.
    OwnPosts,
    /// Nobody but the user.
    User,
}

impl Way {
    /// Returns a network's.
    pub const fn of(network: Network) -> Self {
        let (posting, read_back) = match network {
            Network::YouTube => (Posting::WithLastPart, ReadBack::Upload),
            Network::TikTok => (Posting::WithLastPart, ReadBack::LateUpload),
            // Container and video tell whether they were published.
            Network::Instagram | Network::Facebook => (Posting::ByCall, ReadBack::Upload),
            Network::X => (Posting::ByCall, ReadBack::OwnPosts),
            // A member's token cannot read posts.
            Network::LinkedIn => (Posting::ByCall, ReadBack::User),
        };
        Self { posting, read_back }
    }
}
