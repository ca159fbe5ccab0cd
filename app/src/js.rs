//! Calls of the browser by name, for the few of its objects that one file alone uses. Each typed
//! binding of them would be a feature of `web-sys`, which wgpu and with it all of Burn are compiled
//! against: one more, and everything is compiled anew. Page and engine both use some.

// Each of the two programs uses a part of it.
#![allow(dead_code)]

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A property; undefined where there is none.
pub(crate) fn get(of: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(of, &name.into())
}

/// A property of the global scope, be it the page's or a worker's.
pub(crate) fn global(name: &str) -> Result<JsValue, JsValue> {
    get(&js_sys::global(), name)
}

/// What a method gives back.
///
/// # Errors
/// What it throws; a sentence where there is no such method.
pub(crate) fn call(of: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = get(of, method)?
        .dyn_into()
        .map_err(|_| JsValue::from_str(&format!("this browser has no {method} here")))?;
    Reflect::apply(&function, of, &arguments.iter().collect::<Array>())
}

/// What a method gives back in the end.
///
/// # Errors
/// As [`call`], and what the promise is rejected with.
pub(crate) async fn call_async(
    of: &JsValue,
    method: &str,
    arguments: &[JsValue],
) -> Result<JsValue, JsValue> {
    let promise = call(of, method, arguments)?;
    JsFuture::from(Promise::resolve(&promise)).await
}

/// A property that is a number.
///
/// # Errors
/// Where it is none.
pub(crate) fn number(of: &JsValue, name: &str) -> Result<f64, JsValue> {
    let value = get(of, name)?.as_f64();
    value.ok_or_else(|| JsValue::from_str(&format!("there is no number {name}")))
}

/// An object with these properties.
pub(crate) fn object(properties: &[(&str, JsValue)]) -> Result<JsValue, JsValue> {
    let object = Object::new();
    for (name, value) in properties {
        Reflect::set(&object, &JsValue::from_str(name), value)?;
    }
    Ok(object.into())
}

/// The name and the words of what was thrown.
pub(crate) fn words(error: &JsValue) -> String {
    let part = |name| get(error, name).ok().and_then(|part| part.as_string());
    match (part("name"), part("message")) {
        (Some(name), Some(message)) if !message.is_empty() => format!("{name}: {message}"),
        (Some(name), _) => name,
        _ => error
            .as_string()
            .unwrap_or_else(|| "no further details".into()),
    }
}

/// Whether what was thrown has this name, as the browser's exceptions do.
pub(crate) fn is_named(error: &JsValue, name: &str) -> bool {
    get(error, "name").is_ok_and(|found| found.as_string().as_deref() == Some(name))
}
