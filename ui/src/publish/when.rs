//! When a post is made: now, or at a time of the user's own clock.

use leptos::prelude::*;

use crate::widget::{Choice, TextField};
use crate::words::use_words;
use crate::{dom, format};

/// Days that can be chosen, today included.
const DAYS: i64 = 60;
/// Minutes from now that are offered at first, to the next quarter of an hour.
const FIRST: i64 = 60;

/// When.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    later: RwSignal<bool>,
    /// Days since 1970, on the user's clock.
    day: RwSignal<i64>,
    time: RwSignal<String>,
}

impl When {
    pub(super) fn new() -> Self {
        let (now, offset) = dom::clock();
        let minute = format::local_minute(now, offset) + FIRST;
        let quarter = (minute + 14).div_euclid(15) * 15;
        Self {
            later: RwSignal::new(false),
            day: RwSignal::new(quarter.div_euclid(1440)),
            time: RwSignal::new(format::time(quarter)),
        }
    }

    /// Returns whether it is not now, tracked.
    pub(super) fn is_later(self) -> bool {
        self.later.get()
    }

    /// Returns whether what was entered is no moment to come, tracked.
    pub(super) fn is_wrong(self) -> bool {
        self.later.get() && self.moment().is_none_or(|at| at < dom::clock().0)
    }

    /// Returns the moment in Unix milliseconds; `None` for now. Untracked.
    pub(super) fn at(self) -> Option<i64> {
        untrack(|| self.later.get().then(|| self.moment()).flatten())
    }

    fn moment(self) -> Option<i64> {
        let (hours, minutes) = self.time.with(|time| format::time_of_day(time))?;
        let local = self.day.get() * 1440 + i64::from(hours * 60 + minutes);
        Some(format::moment_of(local, dom::offset_at))
    }
}

/// Asks when.
#[component]
pub(super) fn WhenFields(when: When) -> impl IntoView {
    let w = use_words();
    let kinds = Signal::derive(move || {
        vec![
            ("now".to_owned(), w.posting().now()),
            ("later".to_owned(), w.posting().at_a_time()),
        ]
    });
    let kind = Signal::derive(move || if when.later.get() { "later" } else { "now" }.to_owned());
    let days = Signal::derive(move || {
        let (now, offset) = dom::clock();
        let today = format::local_day(now, offset);
        let day = |day: i64| (day.to_string(), format::day_name(day, today, w.language()));
        (today..today + DAYS).map(day).collect::<Vec<_>>()
    });
    let says = move || {
        let words = w.posting();
        match when.moment() {
            None => words.time_wrong(),
            Some(at) if at < dom::clock().0 => words.time_past(),
            Some(at) => {
                let (now, offset) = (dom::clock().0, dom::offset_at(at));
                words.scheduled(&format::moment(at, now, offset, w.language()))
            }
        }
    };
    view! {
        <div class="publish-when">
            <Choice
                label=Signal::derive(move || w.posting().when())
                choices=kinds
                value=kind
                part="publish-when"
                on_choose=move |chosen| when.later.set(chosen == "later")
            />
            <Show when=move || when.later.get()>
                <Choice
                    label=Signal::derive(move || w.posting().day())
                    choices=days
                    value=Signal::derive(move || when.day.get().to_string())
                    part="publish-day"
                    on_choose=move |chosen| {
                        if let Ok(day) = chosen.parse() {
                            when.day.set(day);
                        }
                    }
                />
                <TextField
                    label=Signal::derive(move || w.posting().time())
                    value=when.time
                    part="publish-time"
                />
            </Show>
        </div>
        <Show when=move || when.later.get()>
            <p class="muted" role="status">{says}</p>
        </Show>
    }
}
