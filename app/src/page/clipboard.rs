//! Copying to the visitor's clipboard.

use js_sys::{Array, Object, Promise, Reflect};
use thiserror::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Clipboard, ClipboardItem};

use super::engine::download::words_of;

/// Why nothing was copied.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// Browsers give a clipboard to secure pages only.
    #[error("Nothing was copied: browsers let only pages opened over https copy. Save it instead.")]
    Insecure,
    /// The browser's reason.
    #[error("Nothing was copied, since the browser refused ({0}). Save it instead.")]
    Browser(String),
}

/// Copies a text.
///
/// # Errors
/// [`Refused`].
pub async fn copy_text(text: &str) -> Result<(), Refused> {
    done(clipboard()?.write_text(text)).await
}

/// Copies a PNG, a promise of a blob: browsers want to be asked at once, while it is still made.
///
/// # Errors
/// [`Refused`].
pub async fn copy_png(png: Promise) -> Result<(), Refused> {
    let refused = |error: JsValue| Refused::Browser(words_of(&error));
    let clipboard = clipboard()?;
    let kinds = Object::new();
    Reflect::set(&kinds, &JsValue::from_str("image/png"), &png).map_err(refused)?;
    let item = ClipboardItem::new_with_record_from_str_to_blob_promise(&kinds).map_err(refused)?;
    done(clipboard.write(&Array::of1(&item))).await
}

async fn done(promise: Promise) -> Result<(), Refused> {
    let done = JsFuture::from(promise).await;
    done.map(drop)
        .map_err(|error| Refused::Browser(words_of(&error)))
}

fn clipboard() -> Result<Clipboard, Refused> {
    let clipboard = web_sys::window().map(|window| window.navigator().clipboard());
    // Insecure pages have none, whatever the type says.
    let there = clipboard.filter(|clipboard| !AsRef::<JsValue>::as_ref(clipboard).is_undefined());
    there.ok_or(Refused::Insecure)
}
