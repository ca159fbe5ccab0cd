//! Zip files that the visitor chose: what is in them, and each file in them as the browser holds files.
//! A zip stays on the visitor's disk; one file of it at a time is unpacked, by the browser.

use js_sys::{Array, Function, Reflect, Uint8Array};
use saganscope_model::data::zip::{Directory, END, Entry, LOCAL};
use wasm_bindgen::{JsCast, JsValue};

use super::js::{call, call_async, get, global, number};

/// Whether a `File` is called a zip.
pub(super) fn is_zip(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("zip"))
}

/// The files in a zip, by their paths, or what is wrong with it, as a part of a sentence.
pub(super) async fn list(zip: &JsValue) -> Result<Vec<Entry>, String> {
    let unread = |_| "could not be read; look whether it is still there".to_string();
    let length = number(zip, "size").map_err(unread)? as u64;
    let end = bytes(zip, length.saturating_sub(END), length).await;
    let directory = Directory::find(&end.map_err(unread)?, length);
    let directory = directory.map_err(|error| error.to_string())?;
    let Directory { at, length, .. } = directory;
    let listed = bytes(zip, at, at + length).await.map_err(unread)?;
    let mut entries = directory
        .entries(&listed)
        .map_err(|error| error.to_string())?;
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(entries)
}

/// One file of a zip, unpacked: a `Blob`. What is wrong with it, as a part of a sentence.
pub(super) async fn unpacked(zip: &JsValue, entry: &Entry) -> Result<JsValue, String> {
    if let Some(trouble) = &entry.trouble {
        return Err(trouble.clone());
    }
    let broken = |_| "cannot be unpacked".to_string();
    let header = bytes(zip, entry.at, entry.at + LOCAL).await;
    let start = entry.data(&header.map_err(broken)?);
    let start = start.ok_or("is not where the zip says")?;
    let packed = slice(zip, start, start + entry.packed).map_err(broken)?;
    if !entry.deflated {
        return Ok(packed);
    }
    let parts = inflated(&packed, entry.size).await.map_err(broken)?;
    let parts = parts.ok_or("is of another size than the zip says")?;
    let blob = || {
        let class: Function = global("Blob")?.dyn_into()?;
        Reflect::construct(&class, &Array::of1(&parts))
    };
    blob().map_err(broken)
}

/// What is inflated, in parts; nothing where it is not `size` bytes, and then no more of it than that.
async fn inflated(packed: &JsValue, size: u64) -> Result<Option<JsValue>, JsValue> {
    let class: Function = global("DecompressionStream")?.dyn_into()?;
    let inflate = Reflect::construct(&class, &Array::of1(&"deflate-raw".into()))?;
    let stream = call(packed, "stream", &[])?;
    let stream = call(&stream, "pipeThrough", &[inflate])?;
    let reader = call(&stream, "getReader", &[])?;
    let (parts, mut length) = (Array::new(), 0);
    loop {
        let next = call_async(&reader, "read", &[]).await?;
        if get(&next, "done")?.is_truthy() {
            break;
        }
        let part: Uint8Array = get(&next, "value")?.dyn_into()?;
        length += u64::from(part.length());
        if length > size {
            call_async(&reader, "cancel", &[]).await?;
            return Ok(None);
        }
        parts.push(&part);
    }
    Ok((length == size).then(|| parts.into()))
}

fn slice(file: &JsValue, start: u64, end: u64) -> Result<JsValue, JsValue> {
    let numbers = [start, end].map(|number| JsValue::from(number as f64));
    call(file, "slice", &numbers)
}

async fn bytes(file: &JsValue, start: u64, end: u64) -> Result<Vec<u8>, JsValue> {
    let part = slice(file, start, end)?;
    let buffer = call_async(&part, "arrayBuffer", &[]).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}
