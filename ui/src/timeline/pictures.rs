//! Waveforms and filmstrips, fetched once.

use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlImageElement, Response};

use super::wave::Wave;
use crate::{dom, ipc, task};

/// What was fetched, by address. An address without anything is under way or cannot be had.
#[derive(Default)]
struct Shelf {
    waves: BTreeMap<String, Option<Rc<Wave>>>,
    images: BTreeMap<String, HtmlImageElement>,
}

/// Waveforms and filmstrips.
#[derive(Clone, Copy)]
pub(crate) struct Pictures {
    shelf: StoredValue<Shelf, LocalStorage>,
    /// Counts arrivals, so that what is drawn is drawn again.
    arrived: RwSignal<u32>,
}

impl Pictures {
    /// Returns an empty shelf.
    pub(crate) fn new() -> Self {
        Self {
            shelf: StoredValue::new_local(Shelf::default()),
            arrived: RwSignal::new(0),
        }
    }

    /// Returns a waveform if it is here, and fetches it if it is not. Tracked: the caller runs again
    /// when something arrived.
    pub(crate) fn wave(self, address: &str) -> Option<Rc<Wave>> {
        self.arrived.track();
        let known = self
            .shelf
            .with_value(|shelf| shelf.waves.get(address).cloned());
        if let Some(known) = known {
            return known;
        }
        let address = address.to_owned();
        self.shelf.update_value(|shelf| {
            shelf.waves.insert(address.clone(), None);
        });
        task::spawn(async move {
            let wave = fetched(&ipc::picture_url(&address)).await;
            let Some(wave) = wave.as_deref().and_then(Wave::read) else {
                ipc::log_fault(format!("the waveform {address} cannot be read"));
                return;
            };
            let kept = self.shelf.try_update_value(|shelf| {
                shelf.waves.insert(address, Some(Rc::new(wave)));
            });
            if kept.is_some() {
                self.tell();
            }
        });
        None
    }

    /// Returns an image if it is here, and fetches it if it is not. Tracked like
    /// [`Pictures::wave`].
    pub(crate) fn image(self, address: &str) -> Option<HtmlImageElement> {
        self.arrived.track();
        let known = self
            .shelf
            .with_value(|shelf| shelf.images.get(address).cloned());
        if let Some(image) = known {
            return (image.complete() && image.natural_width() > 0).then_some(image);
        }
        let image = HtmlImageElement::new().ok()?;
        let arrived = Closure::<dyn FnMut()>::new(move || self.tell());
        image.set_onload(Some(arrived.as_ref().unchecked_ref()));
        // A filmstrip is asked for once for as long as the editor is open.
        arrived.forget();
        image.set_src(&ipc::picture_url(address));
        self.shelf.update_value(|shelf| {
            shelf.images.insert(address.to_owned(), image);
        });
        None
    }

    fn tell(self) {
        // The editor may be closed by the time something arrives.
        if let Some(count) = self.arrived.try_get_untracked() {
            self.arrived.try_set(count.wrapping_add(1));
        }
    }
}

async fn fetched(url: &str) -> Option<Vec<u8>> {
    let response = JsFuture::from(dom::window().fetch_with_str(url))
        .await
        .ok()?;
    let response: Response = response.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let body: JsValue = JsFuture::from(response.array_buffer().ok()?).await.ok()?;
    let body: ArrayBuffer = body.dyn_into().ok()?;
    Some(Uint8Array::new(&body).to_vec())
}
