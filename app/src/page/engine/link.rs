//! The page's end of the line to the engine.

use gloo_events::EventListener;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, Event, MessageEvent, Worker};

use crate::protocol::{Greeting, Reply, Request, wire};

use super::download::{Program, words_of};
use crate::page::failure::Failure;
use crate::page::view::settings::ENGINE_WORKER;

/// What comes over the line.
#[derive(Debug)]
pub enum Heard {
    /// The engine has started, is of this page's build, and takes requests.
    Listening,
    /// The engine has started, and is of another build.
    OtherBuild,
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
    /// Starts a worker, and in it the engine.
    ///
    /// # Errors
    /// [`Failure::NoWorker`] where the browser gives none. What goes wrong in the worker comes
    /// later, as [`Heard::Lost`].
    pub fn start(
        program: &Program,
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
                    .map_or_else(|| unreadable("an unknown event"), |e| hear(e.data()))
            }),
            on(&worker, "error", &heard, |event| {
                Heard::Lost(crashed(event))
            }),
            on(&worker, "messageerror", &heard, |_| {
                unreadable("a message that did not survive the way")
            }),
        ];
        // A compiled module is shared with the worker; bytes move there.
        let (value, moving) = match program {
            Program::Compiled(module) => (module.as_ref(), Array::new()),
            Program::Bytes(bytes) => (bytes.as_ref(), Array::of1(&bytes.buffer())),
        };
        let first = Object::new();
        Reflect::set(&first, &JsValue::from_str("program"), value).map_err(no_worker)?;
        worker
            .post_message_with_transfer(&first, &moving)
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
        let (message, moving) = wire::write(request).map_err(crashed)?;
        self.worker
            .post_message_with_transfer(&message, &moving)
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

/// The first message is a greeting and all others are replies, but for an object with `failed` or
/// `crashed`, which comes from `engine_worker.js`. An engine of another build may greet otherwise.
fn hear(data: JsValue) -> Heard {
    let part = |name: &str| {
        let part = Reflect::get(&data, &JsValue::from_str(name)).ok();
        part.filter(|part| !part.is_undefined())
    };
    let text = |name: &str| part(name).and_then(|part| part.as_string());
    if let Some(detail) = text("failed") {
        Heard::Lost(Failure::NoStart { detail })
    } else if let Some(detail) = text("crashed") {
        Heard::Lost(Failure::Crashed { detail })
    } else if part("answer").is_some() {
        match wire::read(data) {
            Ok(reply) => Heard::Reply(Box::new(reply)),
            Err(error) => unreadable(&error),
        }
    } else if wire::read(data) == Ok(Greeting::own()) {
        Heard::Listening
    } else {
        Heard::OtherBuild
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
