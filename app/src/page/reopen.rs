//! Figures that the visitor brings back, each of which carries its view.

use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::figure::carried::address_in;

/// The largest file that is looked into: no figure comes near.
const LARGEST: f64 = 64e6;

/// The query part of the view that a file carries.
///
/// # Errors
/// One sentence on why it carries none.
pub async fn query_in(file: File) -> Result<String, String> {
    let name = file.name();
    let said = |reason: &dyn std::fmt::Display| format!("{name} {reason}");
    let weights = [".safetensors", ".pth", ".pt"];
    if weights.iter().any(|end| name.to_lowercase().ends_with(end)) {
        return Err(said(
            &"holds weights, not a view. A run is opened under Train, by “Open a run”; of a PyTorch checkpoint `sagan train --steps 0` makes one.",
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
