//! Menus: a button, the right button of a mouse or the menu key opens a list of things to do. Arrows
//! move, Enter does, Esc closes.

use std::sync::Arc;

use icondata_core::IconData;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, MouseEvent, Node};

use super::Icon;
use crate::dom;

/// An entry of a menu.
#[derive(Clone)]
pub enum MenuItem {
    /// Something to do.
    Do {
        /// What it says.
        label: String,
        /// A picture before the words.
        icon: Option<&'static IconData>,
        /// The keys that do the same.
        keys: Option<String>,
        /// Its name for WebDriver.
        part: String,
        /// Whether it cannot be taken back.
        look: super::Look,
        /// What it does.
        act: Arc<dyn Fn() + Send + Sync>,
    },
    /// One of several, with the chosen one ticked.
    Pick {
        /// What it says.
        label: String,
        /// A colour before the words, as the name of a token.
        colour: Option<&'static str>,
        /// Whether it is chosen.
        chosen: Chosen,
        /// What it does.
        act: Arc<dyn Fn() + Send + Sync>,
    },
    /// A line between groups.
    Line,
    /// What a group is called.
    Title(String),
}

/// Whether an entry is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// It is.
    Yes,
    /// It is not.
    No,
}

impl MenuItem {
    /// Returns something to do.
    pub fn new(
        label: String,
        icon: &'static IconData,
        part: &'static str,
        act: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self::Do {
            label,
            icon: Some(icon),
            keys: None,
            part: part.to_owned(),
            look: super::Look::Plain,
            act: Arc::new(act),
        }
    }
}

/// A button with a menu.
#[component]
pub fn Menu(
    /// The button's name.
    #[prop(into)]
    name: Signal<String>,
    /// What the button shows.
    children: Children,
    /// The entries, made when it opens.
    items: impl Fn() -> Vec<MenuItem> + Copy + Send + Sync + 'static,
    /// The button's class.
    #[prop(default = "button button--icon")]
    class: &'static str,
    /// Its name for WebDriver.
    part: &'static str,
    /// The button's place in the order of the Tab key.
    #[prop(default = Signal::stored("0"), into)]
    tabindex: Signal<&'static str>,
) -> impl IntoView {
    let button = NodeRef::<html::Button>::new();
    let list = NodeRef::<html::Div>::new();
    let open = RwSignal::new(None::<(f64, f64)>);
    let close = move || {
        open.set(None);
        if let Some(button) = button.get_untracked() {
            dom::focus(&button);
        }
    };
    let toggle = move || {
        if open.with_untracked(Option::is_some) {
            close();
        } else if let Some(button) = button.get_untracked() {
            let place = button.get_bounding_client_rect();
            open.set(Some((place.left(), place.bottom() + 4.0)));
        }
    };
    closes_outside(open, list, move |hit| {
        let button: Option<Node> = button.get_untracked().map(Into::into);
        button.is_some_and(|button| button.contains(hit))
    });
    view! {
        <button
            node_ref=button
            type="button"
            class=class
            data-part=part
            tabindex=move || tabindex.get()
            aria-haspopup="menu"
            aria-expanded=move || open.with(Option::is_some).to_string()
            aria-label=move || name.get()
            data-tip=move || name.get()
            on:click=move |event| {
                event.stop_propagation();
                toggle();
            }
        >
            {children()}
        </button>
        <List
            name=name
            items=items
            open=open
            list=list
            close=Callback::new(move |()| close())
        />
    }
}

/// A menu that opens where the pointer is, or at what has the focus: for the right button of a mouse and
/// the menu key. Its entries are made when it opens.
#[derive(Clone, Copy)]
pub struct ContextMenu {
    open: RwSignal<Option<(f64, f64)>>,
    /// What had the focus.
    from: StoredValue<Option<HtmlElement>, LocalStorage>,
}

impl Default for ContextMenu {
    fn default() -> Self {
        Self {
            open: RwSignal::new(None),
            from: StoredValue::new_local(None),
        }
    }
}

impl ContextMenu {
    /// Opens it at the pointer, in place of the browser's.
    pub fn open_at(self, event: &MouseEvent) {
        event.prevent_default();
        let place = (f64::from(event.client_x()), f64::from(event.client_y()));
        self.show(place);
    }

    /// Opens it at what has the focus when a key asks for it, and returns whether it does.
    pub fn open_by(self, event: &KeyboardEvent) -> bool {
        let is_asked = event.key() == "ContextMenu" || event.key() == "F10" && event.shift_key();
        let Some(focused) = dom::focused().filter(|_| is_asked) else {
            return false;
        };
        event.prevent_default();
        event.stop_propagation();
        let place = focused.get_bounding_client_rect();
        self.show((place.left() + 8.0, place.top() + place.height().min(24.0)));
        true
    }

    fn show(self, place: (f64, f64)) {
        // The list of another opening is not what had the focus.
        if self.open.with_untracked(Option::is_none) {
            self.from.set_value(dom::focused());
        }
        self.open.set(Some(place));
    }

    fn close(self) {
        self.open.set(None);
        if let Some(from) = self.from.with_value(Option::clone) {
            dom::focus(&from);
        }
    }
}

/// What a [`ContextMenu`] opens.
#[component]
pub fn ContextMenuList(
    /// Which.
    menu: ContextMenu,
    /// What it is called.
    #[prop(into)]
    name: Signal<String>,
    /// The entries, made when it opens.
    items: impl Fn() -> Vec<MenuItem> + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    closes_outside(menu.open, list, |_| false);
    view! {
        <List name=name items=items open=menu.open list=list close=Callback::new(move |()| menu.close()) />
    }
}

/// Closes a list when the pointer is pressed elsewhere; `is_own` tells what belongs to it besides.
fn closes_outside(
    open: RwSignal<Option<(f64, f64)>>,
    list: NodeRef<html::Div>,
    is_own: impl Fn(Option<&Node>) -> bool + 'static,
) {
    dom::on_window(ev::pointerdown, move |event| {
        if open.with_untracked(Option::is_none) {
            return;
        }
        let hit = event
            .target()
            .and_then(|target| target.dyn_into::<Node>().ok());
        let list: Option<Node> = list.get_untracked().map(Into::into);
        let is_within = list.is_some_and(|list| list.contains(hit.as_ref()));
        if !is_within && !is_own(hit.as_ref()) {
            open.set(None);
        }
    });
}

/// The list of a menu, while it is open.
#[component]
fn List(
    name: Signal<String>,
    items: impl Fn() -> Vec<MenuItem> + Copy + Send + Sync + 'static,
    open: RwSignal<Option<(f64, f64)>>,
    list: NodeRef<html::Div>,
    close: Callback<()>,
) -> impl IntoView {
    let close = move || close.run(());
    // Where the menu fits is known once it is drawn.
    Effect::new(move || {
        if let Some(list) = list.get() {
            dom::next_frame(move || {
                settle(&list);
                dom::focus_first(&list, "[role^='menuitem']");
            });
        }
    });
    view! {
        <Show when=move || open.with(Option::is_some)>
            <div
                node_ref=list
                class="menu"
                role="menu"
                aria-label=move || name.get()
                style:--x=move || open.get().map(|(x, _)| format!("{x}px"))
                style:--y=move || open.get().map(|(_, y)| format!("{y}px"))
                on:keydown=move |event| {
                    let Some(list) = list.get_untracked() else { return };
                    event.stop_propagation();
                    match event.key().as_str() {
                        "ArrowDown" => step(&list, 1),
                        "ArrowUp" => step(&list, -1),
                        "Home" => dom::focus_first(&list, "[role^='menuitem']"),
                        "End" => {
                            dom::focus_first(&list, "[role^='menuitem']");
                            step(&list, -1);
                        }
                        "Escape" | "Tab" => close(),
                        _ => return,
                    }
                    event.prevent_default();
                }
            >
                {items().into_iter().map(|item| entry(item, close)).collect_view()}
            </div>
        </Show>
    }
}

fn entry(item: MenuItem, close: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    match item {
        MenuItem::Do {
            label,
            icon,
            keys,
            part,
            look,
            act,
        } => view! {
            <button
                type="button"
                class="menu-item"
                role="menuitem"
                tabindex="-1"
                data-part=part
                data-danger=(look == super::Look::Danger).then_some("")
                on:click=move |event| {
                    event.stop_propagation();
                    close();
                    act();
                }
            >
                {icon.map(|icon| view! { <Icon icon=icon /> })}
                <span class="menu-label">{label}</span>
                {keys.map(|keys| view! { <kbd>{keys}</kbd> })}
            </button>
        }
        .into_any(),
        MenuItem::Pick {
            label,
            colour,
            chosen,
            act,
        } => view! {
            <button
                type="button"
                class="menu-item"
                role="menuitemradio"
                tabindex="-1"
                aria-checked=(chosen == Chosen::Yes).to_string()
                on:click=move |event| {
                    event.stop_propagation();
                    close();
                    act();
                }
            >
                <span class="menu-tick" aria-hidden="true">
                    {(chosen == Chosen::Yes).then(|| view! { <Icon icon=super::icons::LuCheck /> })}
                </span>
                {colour.map(|colour| view! {
                    <span class="menu-colour" aria-hidden="true" data-colour=colour></span>
                })}
                <span class="menu-label">{label}</span>
            </button>
        }
        .into_any(),
        MenuItem::Line => view! { <div class="menu-line" role="separator"></div> }.into_any(),
        MenuItem::Title(title) => {
            view! { <div class="menu-title" role="presentation">{title}</div> }.into_any()
        }
    }
}

/// Moves the focus by a step, around the ends.
fn step(list: &HtmlElement, by: isize) {
    let Ok(found) = list.query_selector_all("[role^='menuitem']") else {
        return;
    };
    let count = found.length() as isize;
    let focused: Option<Node> = dom::focused().map(Into::into);
    let at = (0..count)
        .find(|index| found.item(*index as u32) == focused)
        .unwrap_or(0);
    let next = (at + by).rem_euclid(count.max(1)) as u32;
    if let Some(element) = found
        .item(next)
        .and_then(|node| node.dyn_into::<HtmlElement>().ok())
    {
        dom::focus(&element);
    }
}

/// Moves a menu into the window where it would stand out.
fn settle(list: &HtmlElement) {
    let place = list.get_bounding_client_rect();
    let size = |value: Result<wasm_bindgen::JsValue, _>| {
        value
            .ok()
            .and_then(|value: wasm_bindgen::JsValue| value.as_f64())
            .unwrap_or(f64::MAX)
    };
    let width = size(dom::window().inner_width());
    let height = size(dom::window().inner_height());
    let style = HtmlElement::style(list);
    if place.right() > width - 8.0 {
        let x = (width - 8.0 - place.width()).max(8.0);
        drop(style.set_property("--x", &format!("{x}px")));
    }
    if place.bottom() > height - 8.0 {
        let y = (height - 8.0 - place.height()).max(8.0);
        drop(style.set_property("--y", &format!("{y}px")));
    }
}
