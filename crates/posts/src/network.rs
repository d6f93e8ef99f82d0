use std::fmt;

use serde::{Deserialize, Serialize};

/// A network that posts go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// YouTube: a channel.
    YouTube,
    /// TikTok: a creator's account.
    TikTok,
    /// Instagram: a professional account.
    Instagram,
    /// Facebook: a Page; people and groups cannot be posted to.
    Facebook,
    /// X, once Twitter.
    X,
    /// LinkedIn: a member or an organisation.
    LinkedIn,
}

impl Network {
    /// Every network, in the order they are shown.
    pub const ALL: [Self; 6] = [
        Self::YouTube,
        Self::TikTok,
        Self::Instagram,
        Self::Facebook,
        Self::X,
        Self::LinkedIn,
    ];

    /// Returns the name that commands, rows and files use: lower case, for good.
    pub const fn id(self) -> &'static str {
        match self {
            Self::YouTube => "youtube",
            Self::TikTok => "tiktok",
            Self::Instagram => "instagram",
            Self::Facebook => "facebook",
            Self::X => "x",
            Self::LinkedIn => "linkedin",
        }
    }

    /// Returns the network of an [`id`](Self::id), or `None` for anything else.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|network| network.id() == id)
    }
}

impl fmt::Display for Network {
    /// Writes the name as the network itself writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::YouTube => "YouTube",
            Self::TikTok => "TikTok",
            Self::Instagram => "Instagram",
            Self::Facebook => "Facebook",
            Self::X => "X",
            Self::LinkedIn => "LinkedIn",
        })
    }
}
