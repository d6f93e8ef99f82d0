//! What the window shows of accounts and posts.

use std::path::Path;

use posts::Network;
use posts::outbox::{Cancelled, Entry, Next, State};
use protocol::error::{ApiError, ErrorCode};
use protocol::publishing::AccountDocument;
use protocol::studio::posting::{
    AccountId, AccountStanding, AccountView, NetworkView, PostAction, PostId, PostView,
};
use store::outbox::{AccountRow, AccountState, EntryRow};

use super::executor::stored;
use super::orders::Content;
use super::{Marks, Publishing, Targets, documents, error_of, millis, read};
use crate::Error;

/// Letters of a caption that stand for a title.
const BEGINNING: usize = 60;

impl Publishing {
    /// Returns the networks that can be posted to.
    pub fn network_views(&self) -> Result<Vec<NetworkView>, Error> {
        let mut views = Vec::new();
        for network in Network::ALL {
            let Ok(port) = (self.ports)(network) else {
                continue;
            };
            let app = self.outbox.app(network.id())?;
            views.push(NetworkView {
                network,
                client_id: app.map(|app| app.client_id),
                redirects: port.guide().redirects,
            });
        }
        Ok(views)
    }

    /// Returns the accounts that are connected, or were until their consent ended.
    pub fn account_views(&self) -> Result<Vec<AccountView>, Error> {
        let rows = self.outbox.accounts()?.into_iter();
        rows.filter_map(|row| self.account_view(&row).transpose())
            .collect()
    }

    /// Returns one account.
    ///
    /// # Errors
    /// When there is none, or it was disconnected.
    pub fn account_of(&self, id: AccountId) -> Result<AccountView, Error> {
        let row = self.outbox.account(id.0)?;
        let view = self.account_view(&row)?;
        view.ok_or_else(|| {
            let message = format!("the account {} was disconnected", id.0);
            ApiError::new(ErrorCode::NotConnected, message).into()
        })
    }

    /// Returns which account a document tells of; `None` when it is gone.
    pub fn id_of(&self, document: &AccountDocument) -> Result<Option<AccountId>, Error> {
        let is_it =
            |row: &&AccountRow| row.network == document.network && row.remote == document.remote_id;
        let rows = self.outbox.accounts()?;
        Ok(rows.iter().find(is_it).map(|row| AccountId(row.id)))
    }

    /// Returns what [`Targets`] and commands take for an account.
    pub fn name_of(&self, id: AccountId) -> Result<String, Error> {
        let row = self.outbox.account(id.0)?;
        Ok(format!("{}:{}", row.network, row.remote))
    }

    /// Returns the accounts as targets.
    pub fn target(&self, id: AccountId) -> Result<Targets, Error> {
        Ok(Targets(vec![self.name_of(id)?]))
    }

    /// Returns every post for every account, the newest first.
    pub fn post_views(&self) -> Result<Vec<PostView>, Error> {
        let rows = self.outbox.entries()?;
        rows.iter().rev().map(|row| self.view(row)).collect()
    }

    /// Returns one post.
    pub fn post_of(&self, id: PostId) -> Result<PostView, Error> {
        self.view(&self.outbox.entry(id.0)?)
    }

    /// Tries a failed post again where it ended.
    ///
    /// # Errors
    /// [`ErrorCode::TooLate`] when it did not fail, or the network took it.
    pub fn retry(&self, id: PostId) -> Result<(), Error> {
        let now = self.now();
        let mut is_late = true;
        self.change_with(id.0, "tried again by the user", |row, entry| {
            if !may_retry(&entry) {
                return None;
            }
            is_late = false;
            let marks = Marks {
                error: None,
                ..Marks::of(row)
            };
            Some((entry.due(now), marks))
        })?;
        if is_late {
            let message = format!("post {} cannot be tried again", id.0);
            return Err(ApiError::new(ErrorCode::TooLate, message)
                .hint("`crealia outbox list` shows how it stands")
                .into());
        }
        Ok(())
    }

    /// Returns whether anything is to be posted, now or later.
    pub fn has_work(&self) -> Result<bool, Error> {
        Ok(!self.outbox.unfinished_entries()?.is_empty())
    }

    /// Returns the files that posts need which are not over, or may be gone on with.
    pub fn needed_files(&self) -> Result<Vec<String>, Error> {
        let mut paths = Vec::new();
        for row in self.outbox.entries()? {
            if !read(&row).is_ok_and(|entry| !entry.needs_file()) {
                paths.push(self.outbox.post(row.post)?.path);
            }
        }
        Ok(paths)
    }

    fn account_view(&self, row: &AccountRow) -> Result<Option<AccountView>, Error> {
        let standing = match row.state {
            AccountState::Connected => AccountStanding::Connected,
            AccountState::Expired => AccountStanding::Expired,
            AccountState::Disconnected => return Ok(None),
        };
        let network = documents::network(row)?;
        let port = (self.ports)(network)?;
        let document = documents::account(row, port.scopes());
        let lacks = documents::missing(port.needed(), &row.scopes);
        Ok(Some(AccountView {
            id: AccountId(row.id),
            network,
            name: document.name,
            handle: row.handle.clone(),
            standing,
            scopes: document.scopes,
            missing_scopes: document.missing_scopes,
            can_post: standing == AccountStanding::Connected && lacks.is_empty(),
            checked_at: row.checked_at,
        }))
    }

    fn view(&self, row: &EntryRow) -> Result<PostView, Error> {
        let account = self.outbox.account(row.account)?;
        let network = documents::network(&account)?;
        let post = self.outbox.post(row.post)?;
        let content: Content = serde_json::from_str(&post.content).unwrap_or_default();
        let entry = read(row).ok();
        let document = self.document_of(row, &account);
        let next_at = entry
            .as_ref()
            .and_then(|entry| match entry.next(self.now()) {
                Next::Wait(moment) => Some(millis(moment)),
                Next::Nothing | Next::Do(_) => None,
            });
        Ok(PostView {
            id: PostId(row.id),
            account: AccountId(account.id),
            network,
            account_name: account.name.clone(),
            title: title(&content, &post.path),
            reel: content.reel,
            state: document.state,
            stored: entry.as_ref().map_or(0.0, stored),
            attempts: document.attempts,
            due_at: entry.as_ref().and_then(|entry| entry.due).map(millis),
            next_at,
            changed_at: row.updated_at,
            url: document.url,
            error: document.error.map(Into::into).or_else(|| error_of(row)),
            can: entry.as_ref().map(actions).unwrap_or_default(),
        })
    }
}

/// Returns what a post is called.
fn title(content: &Content, path: &str) -> String {
    let first = content.caption.lines().map(str::trim);
    let beginning = first
        .filter(|line| !line.is_empty())
        .map(|line| shortened(line, BEGINNING))
        .next();
    let stem = || {
        let stem = Path::new(path).file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    };
    match (content.title.trim(), beginning) {
        ("", Some(beginning)) => beginning,
        ("", None) => stem(),
        (title, _) => title.to_owned(),
    }
}

fn shortened(line: &str, most: usize) -> String {
    let mut letters = line.chars();
    let mut kept: String = letters.by_ref().take(most).collect();
    if letters.next().is_some() {
        kept.truncate(kept.trim_end().len());
        kept.push('…');
    }
    kept
}

fn actions(entry: &Entry) -> Vec<PostAction> {
    let (_, cancelled) = entry.clone().cancelled();
    let is_over = entry.state == State::Cancelled;
    [
        (cancelled == Cancelled::Yes && !is_over).then_some(PostAction::Cancel),
        may_retry(entry).then_some(PostAction::Retry),
        (entry.state == State::Uncertain).then_some(PostAction::Resolve),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn may_retry(entry: &Entry) -> bool {
    entry.state == State::Failed && entry.takes_time()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_called_by_its_title_else_its_caption_else_its_file() {
        let content = |title: &str, caption: &str| Content {
            title: title.to_owned(),
            caption: caption.to_owned(),
            ..Content::default()
        };
        let path = "/a/Reel 1.mp4";
        assert_eq!(title(&content(" Talk ", "words"), path), "Talk");
        assert_eq!(title(&content("", "\n first \nsecond"), path), "first");
        assert_eq!(title(&content("", " \n"), path), "Reel 1");
        let long = "é".repeat(70);
        let shown = title(&content("", &long), path);
        assert_eq!(shown, format!("{}…", "é".repeat(60)));
    }
}
