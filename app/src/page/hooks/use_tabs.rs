//! The line between the tabs of one visitor.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use yew::prelude::*;

use super::use_training::Asks;
use crate::js::{call, get, global};
use crate::page::training::state::Training;
use crate::page::training::tabs::Said;

/// What the line is called.
const NAME: &str = "saganscope-runs";

/// A `BroadcastChannel`, until this is dropped.
struct Line {
    channel: JsValue,
}

impl Line {
    fn open() -> Result<Self, JsValue> {
        let class: Function = global("BroadcastChannel")?.dyn_into()?;
        let channel = Reflect::construct(&class, &Array::of1(&NAME.into()))?;
        Ok(Self { channel })
    }

    fn listen(&self, hear: &Closure<dyn FnMut(JsValue)>) {
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

/// Lets go of the run that another tab wants, looks anew at the one that another tab kept, and tells
/// when this tab kept its own.
#[hook]
pub fn use_tabs(training: &Training, asks: &Asks) {
    let own = training.kept_as;
    {
        let asks = asks.clone();
        use_effect_with((own, training.watched), move |&(own, watched)| {
            let hear = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
                let text = get(&event, "data").ok().and_then(|data| data.as_string());
                match text.and_then(|text| Said::read(&text)) {
                    Some(Said::Take(id)) if own == Some(id) => asks.hand_over(),
                    Some(Said::Kept(id)) if watched == Some(id) => asks.watch(id),
                    _ => {}
                }
            });
            let line = Line::open().inspect(|line| line.listen(&hear));
            move || drop((line, hear))
        });
    }
    let kept = training.kept.as_ref();
    let kept = kept.filter(|kept| kept.trouble.is_none());
    let kept = kept.map(|kept| kept.step);
    use_effect_with((own, kept), move |&(own, kept)| {
        if let (Some(own), Some(_)) = (own, kept) {
            say(Said::Kept(own));
        }
    });
}
