//! What TikTok says of the accounts that are posted to: their names, and what they may do.

use leptos::prelude::*;
use protocol::studio::calls::GetCreator;
use protocol::studio::posting::{AccountId, CreatorView};

use super::Writing;
use super::compose::Asked;
use crate::state::use_posting;
use crate::words::{errors, use_words};
use crate::{format, ipc, task};

/// Asks TikTok about each account that is chosen, once.
pub(super) fn ask_creators(writing: Writing) {
    let posting = use_posting();
    Effect::new(move || {
        let unasked = posting
            .accounts
            .with(|all| writing.composed.with(|composed| composed.unasked(all)));
        for account in unasked {
            writing.change(|composed| composed.heard(account, Asked::Waiting));
            task::spawn(async move {
                let asked = match ipc::call(GetCreator { account }).await {
                    Ok(told) => Asked::Told(told.unwrap_or_default()),
                    Err(error) => Asked::Failed(error.code),
                };
                // The dialog may be closed by then.
                writing
                    .composed
                    .try_update(|composed| composed.heard(account, asked));
            });
        }
    });
}

/// Whom it is posted to on TikTok, in TikTok's words, or why that is not known.
#[component]
pub(super) fn Creators(writing: Writing) -> impl IntoView {
    let posting = use_posting();
    let rows = move || {
        let asked = writing.composed.with(|composed| {
            let of_chosen = composed.creators.iter();
            of_chosen
                .filter(|(id, _)| composed.chosen.contains(id))
                .map(|(id, asked)| (*id, asked.clone()))
                .collect::<Vec<(AccountId, Asked)>>()
        });
        let row = |(id, asked)| {
            let name = posting.account(id).map(|account| account.name);
            view! { <Creator name=name.unwrap_or_default() asked /> }
        };
        asked.into_iter().map(row).collect_view()
    };
    view! { <div class="publish-creators" aria-live="polite">{rows}</div> }
}

#[component]
fn Creator(name: String, asked: Asked) -> impl IntoView {
    let w = use_words();
    let state = match asked {
        Asked::Waiting => "waiting",
        Asked::Told(_) => "told",
        Asked::Failed(_) => "failed",
    };
    let words = move || {
        let words = w.posting();
        match &asked {
            Asked::Waiting => words.creator_asked(&name),
            Asked::Told(creator) => {
                let shown = shown(creator, &name);
                match creator.longest_ms {
                    Some(longest) => {
                        let longest = footage::time::Ticks::from_secs(longest as f64 / 1_000.0);
                        words.creator_longest(&shown, &format::duration(longest))
                    }
                    None => words.creator(&shown),
                }
            }
            Asked::Failed(code) => {
                words.creator_unknown(&name, errors::happened(*code, w.language()))
            }
        }
    };
    view! { <p class="muted" data-part="publish-creator" data-state=state>{words}</p> }
}

/// Returns an account as TikTok names it, else as it is known here.
fn shown(creator: &CreatorView, name: &str) -> String {
    let own = if creator.name.is_empty() {
        name
    } else {
        &creator.name
    };
    match &creator.handle {
        Some(handle) => format!("{own} ({handle})"),
        None => own.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_named_as_tiktok_names_it() {
        let creator = CreatorView {
            name: "L’atelier".to_owned(),
            handle: Some("@petitatelier".to_owned()),
            ..CreatorView::default()
        };
        assert_eq!(shown(&creator, "old name"), "L’atelier (@petitatelier)");
        assert_eq!(shown(&CreatorView::default(), "kept"), "kept");
    }
}
