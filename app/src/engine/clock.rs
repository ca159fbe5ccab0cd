//! Time in the worker.

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsCast;

/// Milliseconds, from some moment.
pub(super) fn now() -> f64 {
    let scope: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
    scope
        .performance()
        .map_or_else(js_sys::Date::now, |clock| clock.now())
}

/// Lets messages leave and arrive: a macrotask, since a microtask would starve them.
pub(super) async fn pause() {
    TimeoutFuture::new(0).await;
}
