//! Tooltips: one for the page. An element asks for it with `data-tip`, and `data-tip-keys` for the
//! keys that do the same. Its words are also the element's name or in it, so they are not read twice.

use std::time::Duration;

use leptos::ev;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};

use crate::dom;

/// How long the pointer rests before it shows.
const REST: Duration = Duration::from_millis(450);

#[derive(Debug, Clone, PartialEq)]
struct Shown {
    text: String,
    keys: Option<String>,
    centre: f64,
    top: f64,
    bottom: f64,
}

/// The page's tooltip.
#[component]
pub fn Tooltip() -> impl IntoView {
    let shown = RwSignal::new(None::<Shown>);
    let waiting = StoredValue::new_local(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        if shown.with_untracked(Option::is_some) {
            shown.set(None);
        }
    };
    let begin = move |target: Option<EventTarget>| {
        stop();
        let Some(element) = target.and_then(asking) else {
            return;
        };
        let handle = dom::after(REST, move || {
            if element.is_connected() {
                shown.set(describe(&element));
            }
        });
        waiting.set_value(handle);
    };
    dom::on_window(ev::pointerover, move |event| begin(event.target()));
    dom::on_window(ev::pointerdown, move |_| stop());
    dom::on_window(ev::keydown, move |_| stop());
    dom::on_window(ev::focusout, move |_| stop());
    dom::on_window(ev::focusin, move |event| {
        let by_keyboard = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .is_some_and(|element| element.matches(":focus-visible").unwrap_or(false));
        if by_keyboard {
            begin(event.target());
        }
    });
    view! {
        {move || {
            shown.get().map(|shown| {
                let width = dom::window().inner_width().ok().and_then(|width| width.as_f64());
                let height = dom::window().inner_height().ok().and_then(|height| height.as_f64());
                let is_low = shown.bottom + 40.0 > height.unwrap_or(f64::MAX);
                let y = if is_low { shown.top - 34.0 } else { shown.bottom + 6.0 };
                let x = shown.centre.clamp(8.0, width.unwrap_or(f64::MAX) - 8.0);
                let side = match width {
                    Some(width) if x > width - 140.0 => "right",
                    _ if x < 140.0 => "left",
                    _ => "centre",
                };
                view! {
                    <div
                        class="tooltip"
                        aria-hidden="true"
                        data-side=side
                        style:--x=format!("{x}px")
                        style:--y=format!("{y}px")
                    >
                        {shown.text}
                        {shown.keys.map(|keys| view! { <kbd>{keys}</kbd> })}
                    </div>
                }
            })
        }}
    }
}

fn asking(target: EventTarget) -> Option<Element> {
    let element: Element = target.dyn_into().ok()?;
    element.closest("[data-tip]").ok().flatten()
}

fn describe(element: &Element) -> Option<Shown> {
    let text = element
        .get_attribute("data-tip")
        .filter(|text| !text.is_empty())?;
    let place = element.get_bounding_client_rect();
    Some(Shown {
        text,
        keys: element
            .get_attribute("data-tip-keys")
            .filter(|keys| !keys.is_empty()),
        centre: place.left() + place.width() / 2.0,
        top: place.top(),
        bottom: place.bottom(),
    })
}
