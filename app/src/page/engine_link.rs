//! The page's end of the line to the engine.

use gloo_events::EventListener;
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, Event, MessageEvent, Worker};

use crate::protocol::{Reply, Request};

use super::download::words_of;
use super::failure::Failure;
use super::settings::ENGINE_WORKER;

/// What comes over the line.
#[derive(Debug)]
pub enum Heard {
    /// The engine has started and takes requests.
    Listening,
    /// The engine says something.
    Reply(Box<Reply>),
    /// There is no engine any more.
    Lost(Failure),
}

/// A worker with the engine in it; dropping it ends both.
#[derive(Debug)]
pub struct EngineLink {
    worker: Worker,
    _listeners: [EventListener; 3],
}

impl EngineLink {
    /// Starts a worker, and in it the engine from these bytes (which move there).
    ///
    /// # Errors
    /// [`Failure::NoWorker`] where the browser gives none. What goes wrong in the worker comes
    /// later, as [`Heard::Lost`].
    pub fn start(
        wasm: &Uint8Array,
        heard: impl Fn(Heard) + Clone + 'static,
    ) -> Result<Self, Failure> {
        let no_worker = |error: JsValue| Failure::NoWorker {
            detail: words_of(&error),
        };
        let worker = Worker::new(ENGINE_WORKER).map_err(no_worker)?;
        let listeners = [
            on(&worker, "message", &heard, |event| {
                event
                    .dyn_ref::<MessageEvent>()
                    .map_or_else(|| unreadable("an unknown event"), |e| hear(&e.data()))
            }),
            on(&worker, "error", &heard, |event| {
                Heard::Lost(crashed(event))
            }),
            on(&worker, "messageerror", &heard, |_| {
                unreadable("a message that did not survive the way")
            }),
        ];
        let first = Object::new();
        Reflect::set(&first, &JsValue::from_str("wasm"), &wasm.buffer()).map_err(no_worker)?;
        worker
            .post_message_with_transfer(&first, &Array::of1(&wasm.buffer()))
            .map_err(no_worker)?;
        Ok(Self {
            worker,
            _listeners: listeners,
        })
    }

    /// Asks the engine for something.
    ///
    /// # Errors
    /// Where the request cannot be written down or posted.
    pub fn post(&self, request: &Request) -> Result<(), Failure> {
        let crashed = |detail: String| Failure::Crashed { detail };
        let bytes = postcard::to_stdvec(request).map_err(|e| crashed(e.to_string()))?;
        let message = Uint8Array::from(bytes.as_slice());
        self.worker
            .post_message_with_transfer(&message, &Array::of1(&message.buffer()))
            .map_err(|e| crashed(words_of(&e)))
    }
}

impl Drop for EngineLink {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

fn on(
    worker: &Worker,
    kind: &'static str,
    heard: &(impl Fn(Heard) + Clone + 'static),
    read: impl Fn(&Event) -> Heard + 'static,
) -> EventListener {
    let heard = heard.clone();
    EventListener::new(worker, kind, move |event| heard(read(event)))
}

/// Bytes are the protocol's, none at all mean "listening", and an object with `failed` comes from
/// `engine_worker.js`.
fn hear(data: &JsValue) -> Heard {
    if let Some(bytes) = data.dyn_ref::<Uint8Array>() {
        if bytes.length() == 0 {
            return Heard::Listening;
        }
        return match postcard::from_bytes(&bytes.to_vec()) {
            Ok(reply) => Heard::Reply(Box::new(reply)),
            Err(error) => unreadable(&error.to_string()),
        };
    }
    let text = |name: &str| {
        Reflect::get(data, &JsValue::from_str(name))
            .ok()
            .and_then(|v| v.as_string())
    };
    if let Some(detail) = text("failed") {
        Heard::Lost(Failure::NoStart { detail })
    } else if let Some(detail) = text("crashed") {
        Heard::Lost(Failure::Crashed { detail })
    } else {
        unreadable("a message of another kind")
    }
}

fn unreadable(detail: &str) -> Heard {
    Heard::Lost(Failure::Unreadable {
        detail: detail.to_owned(),
    })
}

fn crashed(event: &Event) -> Failure {
    // A script that fails to load gives an event without a message.
    match event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message) {
        Some(detail) if !detail.is_empty() => Failure::Crashed { detail },
        _ => Failure::NoStart {
            detail: format!("{ENGINE_WORKER} could not be loaded."),
        },
    }
}
