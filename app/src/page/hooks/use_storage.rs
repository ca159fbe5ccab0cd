//! How much of this browser's storage the page uses.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::js::{call_async, get, global, number};

/// What the browser tells of this page's storage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usage {
    /// Bytes in use, about.
    pub used: f64,
    /// Bytes that the browser allows at most, about.
    pub most: f64,
    /// Whether the browser has promised not to clear it by itself.
    pub lasts: bool,
}

/// How much is used, asked anew whenever `when` changes; nothing where the browser does not tell.
#[hook]
pub fn use_storage<T: PartialEq + 'static>(when: T) -> Option<Usage> {
    let usage = use_state_eq(|| None);
    {
        let usage = usage.setter();
        use_effect_with(when, move |_| {
            spawn_local(async move { usage.set(ask().await.ok()) });
        });
    }
    *usage
}

async fn ask() -> Result<Usage, JsValue> {
    let storage = get(&global("navigator")?, "storage")?;
    let estimate = call_async(&storage, "estimate", &[]).await?;
    let lasts = call_async(&storage, "persisted", &[]).await;
    Ok(Usage {
        used: number(&estimate, "usage")?,
        most: number(&estimate, "quota")?,
        lasts: lasts.is_ok_and(|lasts| lasts.is_truthy()),
    })
}
