//! Whether the visitor wants things to move by themselves.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Whether the system is set to reduced motion; a browser that does not tell is taken to be set so.
pub fn is_reduced() -> bool {
    let told = || {
        let window = web_sys::window()?;
        let ask = Reflect::get(&window, &JsValue::from_str("matchMedia")).ok()?;
        let query = JsValue::from_str("(prefers-reduced-motion: no-preference)");
        let list = ask.dyn_into::<Function>().ok()?.call1(&window, &query);
        let matches = Reflect::get(&list.ok()?, &JsValue::from_str("matches"));
        matches.ok()?.as_bool()
    };
    !told().unwrap_or(false)
}
