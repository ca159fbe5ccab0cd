//! Keeps the screen on while a run goes on in sight.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_events::EventListener;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::js::{call, call_async, get, global};
use crate::page::visibility::is_hidden;

/// A screen that stays on, until this is dropped.
#[derive(Default)]
struct Awake {
    /// A `WakeLockSentinel`, once the browser has given it.
    sentinel: RefCell<Option<JsValue>>,
    over: Cell<bool>,
}

impl Awake {
    /// Asks for it. A browser that does not know it, or refuses it as on a low battery, goes on as
    /// it would have.
    fn ask(self: &Rc<Self>) {
        if is_hidden() {
            return;
        }
        let own = Rc::clone(self);
        spawn_local(async move {
            let asked = async {
                let lock = get(&global("navigator")?, "wakeLock")?;
                call_async(&lock, "request", &["screen".into()]).await
            };
            let Ok(sentinel) = asked.await else {
                return;
            };
            // The run may rest again by now.
            if own.over.get() {
                let _ = call(&sentinel, "release", &[]);
            } else {
                own.sentinel.replace(Some(sentinel));
            }
        });
    }

    fn end(&self) {
        self.over.set(true);
        if let Some(sentinel) = self.sentinel.take() {
            let _ = call(&sentinel, "release", &[]);
        }
    }
}

/// Keeps the screen on while a run goes on. A browser lets go of it when the tab is hidden, so it is
/// asked again whenever the tab is seen.
#[hook]
pub fn use_wake_lock(going: bool) {
    use_effect_with(going, move |&going| {
        let awake = going.then(Rc::<Awake>::default);
        let document = web_sys::window().and_then(|window| window.document());
        let listener = awake.clone().zip(document).map(|(awake, document)| {
            awake.ask();
            EventListener::new(&document, "visibilitychange", move |_| awake.ask())
        });
        move || {
            drop(listener);
            if let Some(awake) = awake {
                awake.end();
            }
        }
    });
}
