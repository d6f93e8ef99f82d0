//! `accounts`, `post` and `outbox`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use engine::publishing::{Answer, Order, Privacy, Targets, parse_moment};
use protocol::error::{ApiError, ErrorCode};

use super::{Json, Quiet};

#[derive(Debug, Subcommand)]
pub(crate) enum Accounts {
    /// Registers your own app with this program, and tells what to do on the network
    App {
        /// youtube, tiktok or x
        network: String,
        /// The app's public identifier, as the network shows it
        #[arg(long, value_name = "ID")]
        client_id: String,
        /// Read the app's secret from standard input; it goes into the keychain
        #[arg(long)]
        client_secret_stdin: bool,
        #[command(flatten)]
        json: Json,
    },
    /// Connects an account: asks for consent in the browser and waits for the answer
    Connect {
        /// youtube, tiktok or x
        network: String,
        /// Only print the address to open: on standard output, with --json on standard error
        #[arg(long)]
        no_browser: bool,
        #[command(flatten)]
        json: Json,
    },
    /// Lists the accounts, without asking the networks
    List(Json),
    /// Asks the networks whether accounts can still be posted to
    Check {
        /// One account; all when left out
        #[arg(value_name = "NETWORK[:ACCOUNT]")]
        account: Option<String>,
        #[command(flatten)]
        json: Json,
    },
    /// Ends the consent for an account and erases its tokens; what was posted stays
    Disconnect {
        /// The account
        #[arg(value_name = "NETWORK[:ACCOUNT]")]
        account: String,
        #[command(flatten)]
        json: Json,
    },
}

/// Who may see a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PrivacyName {
    /// Everybody
    Public,
    /// Whoever has the link
    Unlisted,
    /// Those who follow the account
    Followers,
    /// Those who follow the account and are followed by it
    Friends,
    /// Members who are connected with the author
    Connections,
    /// The account itself
    Private,
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum YesNo {
    /// Yes
    Yes,
    /// No
    No,
}

#[derive(Debug, Args)]
pub(crate) struct Post {
    /// The videos; each is a post of its own
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Where to; several with commas
    #[arg(
        long,
        required = true,
        value_delimiter = ',',
        value_name = "NETWORK[:ACCOUNT],…"
    )]
    pub(crate) to: Vec<String>,
    /// Title
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        value_name = "TEXT"
    )]
    pub(crate) title: String,
    /// Text below it, hashtags included; on X and TikTok the text, which is the title when left out
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        value_name = "TEXT"
    )]
    pub(crate) caption: String,
    /// Who may see it; private on YouTube when left out, to be chosen on TikTok, public on X
    #[arg(long, value_enum, value_name = "WHO")]
    pub(crate) privacy: Option<PrivacyName>,
    /// Whether it is made for children
    #[arg(long, value_enum, value_name = "yes|no")]
    pub(crate) made_for_kids: Option<YesNo>,
    /// Tell that pictures or voices in it are made by AI and look real
    #[arg(long)]
    pub(crate) disclose_ai: bool,
    /// Post at this time, with its offset: 2026-12-01T18:00:00+01:00. `crealia outbox run` does it; what
    /// it comes to late is posted up to a day after its time, then told as missed and left to you
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<String>,
    /// Name of this post: running the same command again does not post it twice
    #[arg(long, value_name = "STRING")]
    pub(crate) key: Option<String>,
    /// What only some networks have. YouTube: tags=a,b · category=22 · language=fr · notify=no ·
    /// cover=SECONDS. TikTok: comments=yes · duets=yes · stitches=yes · cover=SECONDS · own-brand=yes ·
    /// paid-partnership=yes. X: replies=following|mentioned|subscribers|verified ·
    /// paid-partnership=yes
    #[arg(long = "network-option", value_name = "KEY=VALUE")]
    pub(crate) options: Vec<String>,
    /// Check everything and print every call that would be made, without secrets
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) quiet: Quiet,
    #[command(flatten)]
    pub(crate) json: Json,
}

impl Post {
    /// Returns to whom.
    pub(crate) fn targets(&self) -> Targets {
        Targets(self.to.clone())
    }

    /// Returns what is posted beside the files, or what is wrong with it.
    pub(crate) fn order(&self) -> Result<Order, ApiError> {
        let usage = |message: String, hint: &str| {
            ApiError::new(ErrorCode::Usage, message).hint(hint.to_owned())
        };
        let at = self.at.as_deref().map(|text| {
            parse_moment(text).ok_or_else(|| {
                usage(
                    format!("--at {text} is no time"),
                    "for example 2026-12-01T18:00:00+01:00 or 2026-12-01T17:00:00Z",
                )
            })
        });
        if self.key.is_some() && self.files.len() > 1 {
            return Err(usage(
                "--key names one post, and there are several files".to_owned(),
                "post them one by one, each with its key",
            ));
        }
        if self.key.as_deref().is_some_and(|key| key.trim().is_empty()) {
            return Err(usage(
                "--key is empty".to_owned(),
                "leave it out or name the post",
            ));
        }
        let mut options = BTreeMap::new();
        for option in &self.options {
            let (key, value) = option.split_once('=').ok_or_else(|| {
                usage(
                    format!("--network-option {option} has no value"),
                    "write it as KEY=VALUE",
                )
            })?;
            if options.insert(key.to_owned(), value.to_owned()).is_some() {
                let message = format!("--network-option {key} comes twice");
                return Err(usage(message, "give it once"));
            }
        }
        Ok(Order {
            title: self.title.clone(),
            caption: self.caption.clone(),
            privacy: self.privacy.map(|privacy| match privacy {
                PrivacyName::Public => Privacy::Public,
                PrivacyName::Unlisted => Privacy::Unlisted,
                PrivacyName::Followers => Privacy::Followers,
                PrivacyName::Friends => Privacy::Friends,
                PrivacyName::Connections => Privacy::Connections,
                PrivacyName::Private => Privacy::Private,
            }),
            made_for_kids: self.made_for_kids.map(|answer| match answer {
                YesNo::Yes => Answer::Yes,
                YesNo::No => Answer::No,
            }),
            // Not told is not a no.
            synthetic: self.disclose_ai.then_some(Answer::Yes),
            options,
            at: at.transpose()?,
            key: self.key.clone(),
            reel: None,
        })
    }
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Outbox {
    /// Posts what is due, until it is stopped
    Run {
        /// End when nothing is due and nothing under way; what has to wait is left for the next run
        #[arg(long)]
        once: bool,
        #[command(flatten)]
        quiet: Quiet,
        #[command(flatten)]
        json: Json,
    },
    /// Lists every post for every account, and how it stands
    List(Json),
    /// Lists the calls to networks of the last 90 days, without secrets
    Log(Json),
    /// Says of an uncertain post whether it is on the network
    Resolve {
        /// Its number in `crealia outbox list`
        id: i64,
        /// What you found there
        #[arg(value_enum)]
        found: Found,
        #[command(flatten)]
        json: Json,
    },
    /// Calls a post off, as long as nothing of it can be on the network
    Cancel {
        /// Its number in `crealia outbox list`
        id: i64,
        #[command(flatten)]
        json: Json,
    },
}

/// What the user found on a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Found {
    /// It is there
    Published,
    /// It is not there
    NotPublished,
}
