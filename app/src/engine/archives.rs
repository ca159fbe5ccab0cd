//! Zip files that the visitor chose: what is in them, and each file in them as the browser holds files.
//! A zip stays on the visitor's disk; what is read of it is one file at a time.

use js_sys::{Array, Function, Reflect, Uint8Array};
use saganscope_model::data::zip::{Directory, END, Entry, LOCAL};
use wasm_bindgen::{JsCast, JsValue};

use super::js::{call, call_async, global, number};

/// How much is read of a file's name and of what else stands between its header and its data: where
/// that is enough, a file takes one reading.
const BETWEEN: u64 = 512;

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
    entry.check()?;
    let broken = |_| "cannot be unpacked".to_string();
    // What is stored as it is need not be in memory.
    let ahead = if entry.deflated { entry.packed } else { 0 };
    let read = bytes(zip, entry.at, entry.at + LOCAL + BETWEEN + ahead);
    let mut read = read.await.map_err(broken)?;
    let start = entry.data(&read).ok_or("is not where the zip says")?;
    let end = start + entry.packed;
    if !entry.deflated {
        return slice(zip, start, end).map_err(broken);
    }
    let places = [start, end].map(|place| (place - entry.at) as usize);
    let packed = if read.len() >= places[1] {
        read.drain(places[0]..places[1]).collect()
    } else {
        bytes(zip, start, end).await.map_err(broken)?
    };
    let unpacked = entry.unpack(packed)?;
    let blob = || {
        let class: Function = global("Blob")?.dyn_into()?;
        let parts = Array::of1(&Uint8Array::from(unpacked.as_slice()));
        Reflect::construct(&class, &Array::of1(&parts))
    };
    blob().map_err(broken)
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
