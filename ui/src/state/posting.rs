//! Accounts and posts.

use leptos::prelude::*;
use posts::Network;
use protocol::error::ApiError;
use protocol::studio::posting::{
    AccountId, AccountView, ConsentView, NetworkView, PostId, PostView, Posting as View, ShutVault,
};
use protocol::studio::view::ProjectId;
use timeline::ids::SequenceId;

/// Accounts and posts.
#[derive(Debug, Clone, Copy)]
pub struct Posting {
    /// The networks that can be posted to.
    pub networks: RwSignal<Vec<NetworkView>>,
    /// The accounts.
    pub accounts: RwSignal<Vec<AccountView>>,
    /// Every post for every account, the newest first.
    pub posts: RwSignal<Vec<PostView>>,
    /// The consent that is asked for.
    pub consent: RwSignal<Option<ConsentView>>,
    /// Why nothing is posted now.
    pub trouble: RwSignal<Option<ApiError>>,
    /// What has to be done before tokens can be kept.
    pub vault: RwSignal<Option<ShutVault>>,
}

/// Returns accounts and posts.
pub fn use_posting() -> Posting {
    super::taken()
}

impl Posting {
    pub(super) fn new() -> Self {
        Self {
            networks: RwSignal::new(Vec::new()),
            accounts: RwSignal::new(Vec::new()),
            posts: RwSignal::new(Vec::new()),
            consent: RwSignal::new(None),
            trouble: RwSignal::new(None),
            vault: RwSignal::new(None),
        }
    }

    pub(super) fn begin(&self, view: View) {
        self.networks.set(view.networks);
        self.accounts.set(view.accounts);
        self.posts.set(view.posts);
        self.consent.set(view.consent);
        self.trouble.set(view.trouble);
        self.vault.set(view.vault);
    }

    pub(super) fn heard_accounts(
        &self,
        networks: Vec<NetworkView>,
        accounts: Vec<AccountView>,
        vault: Option<ShutVault>,
    ) {
        self.networks.set(networks);
        self.accounts.set(accounts);
        self.vault.set(vault);
    }

    pub(super) fn heard_post(&self, post: PostView) {
        self.posts.update(|posts| put(posts, post));
    }

    /// Returns the accounts of a network, tracked.
    pub fn of_network(&self, network: Network) -> Vec<AccountId> {
        self.accounts.with(|all| {
            let own = all.iter().filter(|account| account.network == network);
            own.map(|account| account.id).collect()
        })
    }

    /// Returns one account, tracked.
    pub fn account(&self, id: AccountId) -> Option<AccountView> {
        self.accounts
            .with(|all| all.iter().find(|account| account.id == id).cloned())
    }

    /// Returns one post, tracked.
    pub fn post(&self, id: PostId) -> Option<PostView> {
        self.posts
            .with(|all| all.iter().find(|post| post.id == id).cloned())
    }

    /// Returns the posts of a reel, tracked.
    pub fn of_reel(&self, project: ProjectId, sequence: SequenceId) -> Vec<PostView> {
        self.posts.with(|all| {
            let is_it = |post: &&PostView| {
                post.reel
                    .is_some_and(|reel| reel.project == project && reel.sequence == sequence)
            };
            all.iter().filter(is_it).cloned().collect()
        })
    }
}

/// Puts a post in the place of what was known of it, or at the front.
fn put(posts: &mut Vec<PostView>, post: PostView) {
    match posts.iter_mut().find(|own| own.id == post.id) {
        Some(own) => *own = post,
        None => posts.insert(0, post),
    }
}
