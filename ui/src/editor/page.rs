//! What the editor asks of the page's elements.

use leptos::html::ElementType;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use crate::dom;

/// Returns the element that an event happened on.
pub(crate) fn target_element(event: &Event) -> Option<Element> {
    event.target().and_then(|target| target.dyn_into().ok())
}

/// Tells an element's width and height in pixels, now and whenever they change, for as long as the
/// component lives.
pub(crate) fn on_resize<E>(element: NodeRef<E>, heard: impl Fn(f64, f64) + Clone + 'static)
where
    E: ElementType,
    E::Output: JsCast + Clone + 'static,
{
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let Ok(element) = JsCast::dyn_into::<Element>(element) else {
            return;
        };
        let heard = heard.clone();
        dom::on_size(&element, move |own| {
            let rect = own.get_bounding_client_rect();
            heard(rect.width(), rect.height());
        });
    });
}
