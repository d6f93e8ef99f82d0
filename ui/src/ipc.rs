//! The only contact with the shell: questions, the stream of events, preview frames, pictures.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{ArrayBuffer, Function, Object, Promise, Reflect, Uint8Array};
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::{Call, LogFault, Request};
use protocol::studio::event::Event;
use serde::Deserialize;
use timeline::time::SequenceTime;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::{dom, task};

/// What takes preview frames: the bytes that [`protocol::studio::frame`] describes.
type FrameSink = Rc<dyn Fn(Uint8Array)>;

thread_local! {
    static SINK: RefCell<Option<FrameSink>> = const { RefCell::new(None) };
    static SINK_TURN: Cell<u32> = const { Cell::new(0) };
}

/// An answer as it crosses.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer<T> {
    Ok(T),
    Error(ApiError),
}

/// Asks the engine, and returns its answer.
///
/// # Errors
/// What the engine or the shell says; [`ErrorCode::Internal`] when the shell cannot be reached.
pub async fn call<C: Call>(call: C) -> Result<C::Reply, ApiError> {
    let request: Request = call.into();
    let request = serde_json::to_string(&request).map_err(|error| unreachable(&error))?;
    let arguments = Object::new();
    put(&arguments, "request", &JsValue::from_str(&request))?;
    let reply = invoke("call", &arguments).await?;
    let bytes = bytes_of(&reply).ok_or_else(|| unreachable(&"the answer holds no bytes"))?;
    match serde_json::from_slice(&bytes.to_vec()).map_err(|error| unreachable(&error))? {
        Answer::Ok(reply) => Ok(reply),
        Answer::Error(error) => Err(error),
    }
}

/// Listens from now on: `heard` gets every event, the whole state first, and frames go to the
/// sink that is registered at the time.
///
/// # Errors
/// When the shell cannot be reached.
pub async fn subscribe(heard: impl Fn(Event) + 'static) -> Result<(), ApiError> {
    let events = channel(move |message| {
        let Some(bytes) = bytes_of(&message) else {
            return;
        };
        match serde_json::from_slice(&bytes.to_vec()) {
            Ok(event) => heard(event),
            Err(error) => log_fault(format!("an event cannot be read: {error}")),
        }
    })?;
    let frames = channel(|message| {
        let sink = SINK.with_borrow(Clone::clone);
        if let (Some(sink), Some(bytes)) = (sink, bytes_of(&message)) {
            sink(bytes);
        }
    })?;
    let arguments = Object::new();
    put(&arguments, "events", &events)?;
    put(&arguments, "frames", &frames)?;
    invoke("subscribe", &arguments).await.map(|_| ())
}

/// Says that a preview frame was drawn, so that the next one is sent.
pub fn frame_shown(preview: u32, at: SequenceTime) {
    task::spawn(async move {
        let arguments = Object::new();
        // A frame that is not acknowledged is dropped by the engine after a while: nothing to tell.
        let told = put(
            &arguments,
            "preview",
            &JsValue::from_f64(f64::from(preview)),
        )
        .and_then(|()| put(&arguments, "at", &JsValue::from_f64(at.0 as f64)));
        if told.is_ok() {
            drop(invoke("frame_shown", &arguments).await);
        }
    });
}

/// A registered sink; see [`set_frame_sink`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SinkTurn(u32);

/// Sends preview frames to `sink` from now on, in place of any other.
pub fn set_frame_sink(sink: impl Fn(Uint8Array) + 'static) -> SinkTurn {
    SINK.set(Some(Rc::new(sink)));
    let turn = SINK_TURN.get().wrapping_add(1);
    SINK_TURN.set(turn);
    SinkTurn(turn)
}

/// Sends frames nowhere, unless another sink took the place of this one.
pub fn clear_frame_sink(turn: SinkTurn) {
    if SINK_TURN.get() == turn.0 {
        SINK.set(None);
    }
}

/// Returns where the page fetches a [picture](protocol::studio::picture) from.
pub fn picture_url(address: &str) -> String {
    // The shell knows how its scheme is spelt on this system.
    let base = core("convertFileSrc")
        .and_then(|convert| {
            convert
                .call2(
                    &JsValue::NULL,
                    &JsValue::from_str(""),
                    &JsValue::from_str("crealia"),
                )
                .map_err(|error| unreachable(&describe(&error)))
        })
        .ok()
        .and_then(|base| base.as_string())
        .unwrap_or_else(|| "crealia://localhost/".to_owned());
    format!("{base}{address}")
}

/// Writes a fault of the page to the program's log.
pub fn log_fault(message: String) {
    task::spawn(async move {
        // There is no further place to tell that the log cannot be reached.
        drop(call(LogFault { message }).await);
    });
}

fn channel(heard: impl Fn(JsValue) + 'static) -> Result<JsValue, ApiError> {
    let constructor = core("Channel")?;
    let channel = Reflect::construct(&constructor, &js_sys::Array::new())
        .map_err(|error| unreachable(&describe(&error)))?;
    let listener = Closure::<dyn Fn(JsValue)>::new(heard);
    put(&channel, "onmessage", listener.as_ref())?;
    // The stream lasts as long as the page.
    listener.forget();
    Ok(channel)
}

async fn invoke(command: &str, arguments: &Object) -> Result<JsValue, ApiError> {
    let invoke = core("invoke")?;
    let promise = invoke
        .call2(&JsValue::NULL, &JsValue::from_str(command), arguments)
        .map_err(|error| unreachable(&describe(&error)))?;
    let promise: Promise = promise
        .dyn_into()
        .map_err(|error| unreachable(&describe(&error)))?;
    JsFuture::from(promise)
        .await
        .map_err(|error| unreachable(&describe(&error)))
}

/// Returns a function of the shell's bridge.
fn core(name: &str) -> Result<Function, ApiError> {
    let mut found: JsValue = dom::window().into();
    for part in ["__TAURI__", "core", name] {
        found = Reflect::get(&found, &JsValue::from_str(part))
            .map_err(|error| unreachable(&describe(&error)))?;
    }
    found
        .dyn_into()
        .map_err(|error| unreachable(&describe(&error)))
}

fn put(object: &JsValue, name: &str, value: &JsValue) -> Result<(), ApiError> {
    Reflect::set(object, &JsValue::from_str(name), value)
        .map(|_| ())
        .map_err(|error| unreachable(&describe(&error)))
}

fn bytes_of(value: &JsValue) -> Option<Uint8Array> {
    if let Some(buffer) = value.dyn_ref::<ArrayBuffer>() {
        return Some(Uint8Array::new(buffer));
    }
    value.dyn_ref::<Uint8Array>().cloned()
}

fn describe(value: &JsValue) -> String {
    value.as_string().unwrap_or_else(|| format!("{value:?}"))
}

fn unreachable(detail: &dyn std::fmt::Display) -> ApiError {
    ApiError::new(
        ErrorCode::Internal,
        format!("the shell did not answer: {detail}"),
    )
}
