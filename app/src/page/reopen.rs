//! Figures that the visitor brings back, each of which carries its view.

use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::figure::carried::address_in;

/// The largest file that is looked into: no figure comes near.
const LARGEST: f64 = 64e6;

/// Whether a file is one of weights, as its name tells.
pub fn holds_weights(file: &File) -> bool {
    let name = file.name().to_lowercase();
    let weights = [".safetensors", ".pth", ".pt"];
    weights.iter().any(|end| name.ends_with(end))
}

/// The query part of the view that a file carries.
///
/// # Errors
/// One sentence on why it carries none.
pub async fn query_in(file: File) -> Result<String, String> {
    let name = file.name();
    let said = |reason: &dyn std::fmt::Display| format!("{name} {reason}");
    if holds_weights(&file) {
        return Err(said(
            &"holds weights, not a view. Open it under “Other models” to look at it, or under Train, by “Open a run”, to train on.",
        ));
    }
    if file.size() > LARGEST {
        return Err(said(&"is far larger than any figure of this page."));
    }
    let buffer = JsFuture::from(file.array_buffer())
        .await
        .map_err(|_| said(&"could not be read. Save it anew, and try again."))?;
    address_in(&Uint8Array::new(&buffer).to_vec()).map_err(|error| said(&error))
}
