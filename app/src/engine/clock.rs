//! Time in the worker.

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

/// Lets messages leave and arrive: a macrotask, since a microtask would starve them.
///
/// A message to ourselves, behind those that have come: a browser lets a timer that follows upon
/// others wait 4 ms, which is as long as a small picture takes.
pub(super) async fn pause() {
    let Ok([here, there]) = ports() else {
        return TimeoutFuture::new(0).await;
    };
    let turn = Promise::new(&mut |arrived, _| {
        here.set_onmessage(Some(&arrived));
    });
    if there.post_message(&JsValue::NULL).is_ok() {
        JsFuture::from(turn).await.ok();
    }
    here.close();
}

/// Both ends of a new channel. An end has what a worker's scope has, `onmessage`, `postMessage` and
/// `close`, and is spoken to as one.
fn ports() -> Result<[DedicatedWorkerGlobalScope; 2], JsValue> {
    let class: Function = Reflect::get(&global(), &"MessageChannel".into())?.dyn_into()?;
    let channel = Reflect::construct(&class, &Array::new())?;
    let end = |name: &str| Reflect::get(&channel, &name.into()).map(JsCast::unchecked_into);
    Ok([end("port1")?, end("port2")?])
}
