//! The page's surroundings: the only place that asks for the browser's window.

use std::cell::Cell;
use std::time::Duration;

use leptos::ev::{self, EventDescriptor};
use leptos::leptos_dom::helpers::{
    AnimationFrameRequestHandle, TimeoutHandle, request_animation_frame_with_handle,
    set_timeout_with_handle,
};
use leptos::prelude::{
    GetUntracked as _, ReadSignal, RwSignal, Set as _, StoredValue, Update as _, UpdateValue,
    WithValue as _, on_cleanup, signal, window_event_listener,
};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    Document, Element, HtmlElement, MediaQueryList, MediaQueryListEvent, PointerEvent,
    ResizeObserver, Window,
};

/// Returns the browser's window.
pub fn window() -> Window {
    leptos::prelude::window()
}

/// Returns the page.
pub fn document() -> Document {
    leptos::prelude::document()
}

/// Returns milliseconds since the page began; never goes back.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Notes a moment by a name, where tools that measure the page find it.
pub fn mark(name: &str) {
    if let Some(clock) = window().performance() {
        // A name that is refused is one of the browser's own, and ours are not.
        drop(clock.mark(name));
    }
}

/// Returns the present in Unix milliseconds, and minutes to add to UTC for the user's clock.
pub fn clock() -> (i64, i32) {
    let date = js_sys::Date::new_0();
    (date.get_time() as i64, -date.get_timezone_offset() as i32)
}

/// Returns minutes to add to UTC for the user's clock at a moment in Unix milliseconds.
pub fn offset_at(moment: i64) -> i32 {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(moment as f64));
    -date.get_timezone_offset() as i32
}

/// Puts words on the clipboard; `done` runs once they are there.
pub fn copy(words: &str, done: impl FnOnce() + 'static) {
    let written = window().navigator().clipboard().write_text(words);
    crate::task::spawn(async move {
        // Where the page may not, the words can be selected and copied by hand.
        if wasm_bindgen_futures::JsFuture::from(written).await.is_ok() {
            done();
        }
    });
}

/// Runs `then` before the next picture of the page.
pub fn next_frame(then: impl FnOnce() + 'static) -> Option<AnimationFrameRequestHandle> {
    request_animation_frame_with_handle(then).ok()
}

/// Counts the pictures that are drawn from now on, up to `last`: what waits for a turn of its own is made
/// without holding all else up.
pub fn turns(last: u32) -> ReadSignal<u32> {
    fn next(turn: RwSignal<u32>, last: u32) {
        next_frame(move || {
            // By then the view may be gone.
            if turn.try_update(|turn| *turn += 1).is_some()
                && turn.try_get_untracked().is_some_and(|turn| turn < last)
            {
                next(turn, last);
            }
        });
    }
    let turn = RwSignal::new(0);
    next(turn, last);
    turn.read_only()
}

/// Runs `then` after a while.
pub fn after(delay: Duration, then: impl FnOnce() + 'static) -> Option<TimeoutHandle> {
    set_timeout_with_handle(then, delay).ok()
}

/// Listens to the window for as long as the component lives.
pub fn on_window<E: EventDescriptor + 'static>(event: E, heard: impl Fn(E::EventType) + 'static)
where
    E::EventType: JsCast,
{
    let listener = window_event_listener(event, heard);
    on_cleanup(move || listener.remove());
}

/// Sends every further move of this pointer to `element`, wherever it goes. Released by the browser
/// when the button is.
pub fn capture_pointer(element: &Element, event: &PointerEvent) {
    // A pointer that is gone by now needs no capture.
    drop(element.set_pointer_capture(event.pointer_id()));
}

/// Returns the element that has the focus.
pub fn focused() -> Option<HtmlElement> {
    document()
        .active_element()
        .and_then(|element| element.dyn_into().ok())
}

/// Gives the focus to an element.
pub fn focus(element: &HtmlElement) {
    // An element that cannot be focused leaves the focus where it is.
    drop(element.focus());
}

/// Gives the focus to the first element that a selector finds within `root`.
pub fn focus_first(root: &Element, selector: &str) {
    let found = root.query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        focus(&element);
    }
}

/// Gives the focus to what a selector finds, when nothing has it.
pub fn keep_focus(selector: &str) {
    if focused().is_none_or(|element| element == body()) {
        focus_first(&body(), selector);
    }
}

/// Returns whether keys typed at `target` are text, so that shortcuts without Ctrl are not meant.
pub fn takes_text(target: Option<web_sys::EventTarget>) -> bool {
    let Some(element) = target.and_then(|target| target.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => !matches!(
            element.get_attribute("type").as_deref(),
            Some("checkbox" | "radio" | "range" | "button")
        ),
        _ => element.is_content_editable(),
    }
}

/// Returns the words that are selected on the page.
pub fn selected_text() -> String {
    let selection = window().get_selection().ok().flatten();
    selection.map_or_else(String::new, |selection| String::from(selection.to_string()))
}

thread_local! {
    /// Whether the focus was last moved by the Tab key.
    static BY_KEYBOARD: Cell<bool> = const { Cell::new(false) };
}

/// Notes from now on whether the user moves by keyboard or pointer. `:focus-visible` does not say it of
/// what the page itself gave the focus to.
pub fn watch_movement() {
    on_window(ev::pointerdown, |_| BY_KEYBOARD.set(false));
    on_window(ev::keydown, |event| {
        if event.key() == "Tab" {
            BY_KEYBOARD.set(true);
        }
    });
}

/// Returns whether a control was reached by keyboard, so that Space and Enter press it.
pub fn is_reached_control(target: Option<web_sys::EventTarget>) -> bool {
    let Some(element) = target.and_then(|target| target.dyn_into::<Element>().ok()) else {
        return false;
    };
    let is = |selector: &str| element.matches(selector).unwrap_or(false);
    is("button, a, input, select, summary, [role='tab'], [role^='menuitem']") && BY_KEYBOARD.get()
}

/// Returns whether the user wants little motion.
pub fn wants_less_motion() -> bool {
    matches("(prefers-reduced-motion: reduce)")
}

/// Returns whether the system is light, now and whenever that changes.
pub fn system_is_light() -> ReadSignal<bool> {
    let list = media("(prefers-color-scheme: light)");
    let (is_light, set) = signal(list.as_ref().is_some_and(MediaQueryList::matches));
    if let Some(list) = list {
        let heard =
            Closure::<dyn Fn(MediaQueryListEvent)>::new(move |event: MediaQueryListEvent| {
                set.set(event.matches());
            });
        list.set_onchange(Some(heard.as_ref().unchecked_ref()));
        // The page listens as long as it lives.
        let kept = StoredValue::new_local((list, heard));
        on_cleanup(move || kept.with_value(|(list, _)| list.set_onchange(None)));
    }
    is_light
}

/// How the browser puts the page together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Composition {
    /// Out of layers, on the graphics card.
    Layers,
    /// As one picture, by the processor.
    Whole,
}

/// Returns how the browser puts the page together. Turning an element in space takes layers, so that a
/// browser without them says that it cannot.
pub fn composition() -> Composition {
    if matches("(-webkit-transform-3d)") {
        Composition::Layers
    } else {
        Composition::Whole
    }
}

fn matches(query: &str) -> bool {
    media(query).is_some_and(|list| list.matches())
}

fn media(query: &str) -> Option<MediaQueryList> {
    window().match_media(query).ok().flatten()
}

/// Returns what stands in the page's address after `#`; empty when nothing does.
pub fn fragment() -> String {
    let hash = window().location().hash().unwrap_or_default();
    hash.strip_prefix('#').unwrap_or_default().to_owned()
}

/// Writes what stands in the page's address after `#`, without a step to go back to.
pub fn set_fragment(words: &str) {
    let address = format!("#{words}");
    let history = window().history();
    let set = history.and_then(|own| {
        own.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address))
    });
    if set.is_err() {
        crate::ipc::log_fault(format!("the page's address does not take {address}"));
    }
}

/// Returns pixels of the screen per pixel of the page.
pub fn pixel_ratio() -> f64 {
    window().device_pixel_ratio()
}

/// Sets an attribute of the page's root.
pub fn set_root_attribute(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        // Only a malformed name is refused, and ours are constants.
        drop(root.set_attribute(name, value));
    }
}

/// Changes what every colour of the page hangs on, at once everywhere: a ground that is still on its way
/// under letters that have changed cannot be read.
pub fn set_colours(theme: &str) {
    set_root_attribute("data-turning", "");
    set_root_attribute("data-theme", theme);
    // Asking for a size makes the browser compute styles while nothing may move.
    body().offset_width();
    if let Some(root) = document().document_element() {
        // An attribute that is not there is no error.
        drop(root.remove_attribute("data-turning"));
    }
}

/// Calls `seen` with the width and height within an element now and whenever they change, without
/// what scrolls it, for as long as the component lives.
pub fn on_resize(element: &Element, seen: impl Fn(f64, f64) + 'static) {
    on_size(element, move |own| {
        seen(
            f64::from(own.client_width()),
            f64::from(own.client_height()),
        );
    });
}

/// Calls `seen` with an element now and whenever its size changes, for as long as the component
/// lives.
pub fn on_size(element: &Element, seen: impl Fn(&Element) + 'static) {
    let own = element.clone();
    let heard = Closure::<dyn Fn()>::new(move || seen(&own));
    let Ok(observer) = ResizeObserver::new(heard.as_ref().unchecked_ref()) else {
        return;
    };
    observer.observe(element);
    let kept = StoredValue::new_local(Some((observer, heard)));
    on_cleanup(move || {
        if let Some((observer, heard)) = kept.try_update_value(Option::take).flatten() {
            observer.disconnect();
            drop(heard);
        }
    });
}

/// Returns the page's body.
pub fn body() -> HtmlElement {
    leptos::tachys::dom::body()
}
