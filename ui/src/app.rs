//! The frame that every view stands in.

use leptos::prelude::*;

use crate::command::Commands;
use crate::state;

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    state::provide();
    provide_context(Commands::new(state::use_place()));
    view! { <main></main> }
}
