//! Work that goes on beside the page: the one place that spawns besides [`crate::ipc`].

use std::future::Future;

/// Runs a future to its end on the page's own thread. It outlives the component that began it, so
/// it may only touch state that lives as long as the page.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(future);
}
