//! Figures that the visitor brings back, each of which opens its view again.

use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::figure::carried::address_in;
use super::location;

/// The largest file that is looked into: no figure comes near.
const LARGEST: f64 = 64e6;

/// Opens the view that a file carries.
///
/// # Errors
/// One sentence on why it does not.
pub async fn reopen(file: File) -> Result<(), String> {
    let name = file.name();
    let said = |reason: &dyn std::fmt::Display| format!("{name} {reason}");
    if file.size() > LARGEST {
        return Err(said(&"is far larger than any figure of this page."));
    }
    let buffer = JsFuture::from(file.array_buffer())
        .await
        .map_err(|_| said(&"could not be read. Save it anew, and try again."))?;
    let query = address_in(&Uint8Array::new(&buffer).to_vec()).map_err(|error| said(&error))?;
    location::visit(&query);
    Ok(())
}
