//! The line between the tabs of one visitor.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use crate::js::{call, global};
use crate::page::training::tabs::Said;

/// What the line is called.
const NAME: &str = "saganscope-runs";

/// A `BroadcastChannel`, until this is dropped.
pub struct Line {
    channel: JsValue,
}

impl Line {
    /// Opens it.
    ///
    /// # Errors
    /// Where the browser has none.
    pub fn open() -> Result<Self, JsValue> {
        let class: Function = global("BroadcastChannel")?.dyn_into()?;
        let channel = Reflect::construct(&class, &Array::of1(&NAME.into()))?;
        Ok(Self { channel })
    }

    /// Has every message heard, as an event, by this alone.
    pub fn listen(&self, hear: &Closure<dyn FnMut(JsValue)>) {
        // Only a frozen object refuses, which this is not.
        let _ = Reflect::set(&self.channel, &"onmessage".into(), hear.as_ref());
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // What was said has been handed over by then.
        let _ = call(&self.channel, "close", &[]);
    }
}

/// Tells all other tabs. Where a browser has no such line, they take the lock in the end, or wait.
pub fn say(said: Said) {
    if let Ok(line) = Line::open() {
        let _ = call(&line.channel, "postMessage", &[said.text().into()]);
    }
}
