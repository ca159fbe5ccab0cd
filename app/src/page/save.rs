//! Texts and bytes into files on the visitor's machine.

use gloo_timers::callback::Timeout;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// How long the file is kept for the browser to fetch.
const KEPT_MILLIS: u32 = 60_000;

/// Offers a text as a download under this name.
///
/// # Errors
/// The browser's own error where it refuses.
pub fn save_text(name: &str, mime: &str, text: &str) -> Result<(), JsValue> {
    save(name, &blob(mime, text.as_bytes())?)
}

/// Offers bytes as a download under this name.
///
/// # Errors
/// The browser's own error where it refuses.
pub fn save_bytes(name: &str, mime: &str, bytes: &[u8]) -> Result<(), JsValue> {
    save(name, &blob(mime, bytes)?)
}

/// Bytes as the browser holds files.
///
/// # Errors
/// The browser's own error where it refuses.
pub fn blob(mime: &str, bytes: &[u8]) -> Result<Blob, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    let parts = Array::of1(&Uint8Array::from(bytes));
    Blob::new_with_u8_array_sequence_and_options(&parts, &options)
}

/// As [`save_bytes`], for a file that should not enter this program's memory, which it would grow
/// for good.
///
/// # Errors
/// The browser's own error where it refuses.
pub fn save_file(name: &str, mime: &str, file: &Uint8Array) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    let blob = Blob::new_with_u8_array_sequence_and_options(&Array::of1(file), &options)?;
    save(name, &blob)
}

fn save(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let document = web_sys::window()
        .and_then(|window| window.document())
        .ok_or(JsValue::NULL)?;
    let link: HtmlAnchorElement = document.create_element("a")?.dyn_into()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // Some browsers fetch the file only after the click is over, and would find nothing.
    Timeout::new(KEPT_MILLIS, move || {
        let _ = Url::revoke_object_url(&url);
    })
    .forget();
    Ok(())
}
