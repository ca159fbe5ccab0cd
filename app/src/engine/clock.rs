//! Time in the worker.

use std::cell::{Cell, OnceCell};

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Promise, Reflect, global};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::DedicatedWorkerGlobalScope;

/// Milliseconds, from some moment.
pub(super) fn now() -> f64 {
    let scope: web_sys::WorkerGlobalScope = global().unchecked_into();
    scope
        .performance()
        .map_or_else(js_sys::Date::now, |clock| clock.now())
}

/// How long the thread works before messages get a turn, in milliseconds: half a frame, so that a
/// slider does not feel it. A turn costs as much as a tenth of a small picture.
const TURN: f64 = 8.0;

/// Both ends of a channel.
type Ends = [DedicatedWorkerGlobalScope; 2];

thread_local! {
    static CHANNEL: OnceCell<Option<Ends>> = const { OnceCell::new() };
    static LAST_TURN: Cell<f64> = const { Cell::new(0.0) };
}

/// As [`pause`], if the last one is long enough ago.
pub(super) async fn pause_now_and_then() {
    if now() - LAST_TURN.get() >= TURN {
        pause().await;
    }
}

/// Lets messages leave and arrive: a macrotask, since a microtask would starve them.
///
/// A message to ourselves, behind those that have come: a browser lets a timer that follows upon
/// others wait 4 ms, which is as long as a small picture takes. The engine is one task, so that no two
/// wait at the channel's end.
pub(super) async fn pause() {
    match CHANNEL.with(|channel| channel.get_or_init(|| ports().ok()).clone()) {
        Some([here, there]) => {
            let turn = Promise::new(&mut |arrived, _| {
                here.set_onmessage(Some(&arrived));
            });
            if there.post_message(&JsValue::NULL).is_ok() {
                JsFuture::from(turn).await.ok();
            }
        }
        None => TimeoutFuture::new(0).await,
    }
    LAST_TURN.set(now());
}

/// A new channel. An end has what a worker's scope has, `onmessage` and `postMessage`, and is spoken
/// to as one.
fn ports() -> Result<Ends, JsValue> {
    let class: Function = Reflect::get(&global(), &"MessageChannel".into())?.dyn_into()?;
    let channel = Reflect::construct(&class, &Array::new())?;
    let end = |name: &str| Reflect::get(&channel, &name.into()).map(JsCast::unchecked_into);
    Ok([end("port1")?, end("port2")?])
}
