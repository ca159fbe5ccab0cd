//! What was dropped or pasted: files, and all files of a folder.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::js::{call, get};

/// The most files that are taken of folders, and the deepest folder that is looked into: somebody
/// may drop a whole disk.
const MOST_FILES: u32 = 60_000;
const DEEPEST: u32 = 32;

/// What a `DataTransfer` held when it was dropped: it forgets all as soon as its event is over.
pub struct Dropped {
    /// Each a `FileSystemEntry`.
    entries: Vec<JsValue>,
    /// Each a `File`, where the browser tells of no entries.
    files: Array,
}

impl Dropped {
    /// Of an event's `dataTransfer` or `clipboardData`.
    pub fn of(transfer: &JsValue) -> Self {
        let list = |name| get(transfer, name).map(|list| Array::from(&list));
        let items = list("items").unwrap_or_default();
        let entry = |item: JsValue| call(&item, "webkitGetAsEntry", &[]).ok();
        let entries = items.iter().filter_map(entry).filter(JsValue::is_object);
        Self {
            entries: entries.collect(),
            files: list("files").unwrap_or_default(),
        }
    }

    /// All files, those of a folder and of the folders below it in the order of their paths.
    pub async fn files(self) -> Array {
        let folder = |entry: &JsValue| get(entry, "isDirectory").is_ok_and(|is| is.is_truthy());
        if !self.entries.iter().any(folder) {
            return self.files;
        }
        let files = Array::new();
        // The last is taken first.
        let mut waiting: Vec<_> = self.entries.into_iter().map(|entry| (entry, 0)).collect();
        waiting.reverse();
        while let Some((entry, depth)) = waiting.pop() {
            if files.length() >= MOST_FILES {
                break;
            }
            if !folder(&entry) {
                // What vanished meanwhile is no picture any more.
                if let Ok(file) = promised(&entry, "file").await {
                    files.push(&file);
                }
            } else if depth < DEEPEST {
                let mut below = listed(&entry).await;
                below.sort_by_key(|entry| std::cmp::Reverse(name(entry)));
                waiting.extend(below.into_iter().map(|entry| (entry, depth + 1)));
            }
        }
        files
    }
}

/// What is in a folder; browsers tell of it in lots.
async fn listed(folder: &JsValue) -> Vec<JsValue> {
    let mut all = Vec::new();
    let Ok(reader) = call(folder, "createReader", &[]) else {
        return all;
    };
    while let Ok(lot) = promised(&reader, "readEntries").await {
        let lot = Array::from(&lot);
        if lot.length() == 0 {
            break;
        }
        all.extend(lot.iter());
    }
    all
}

fn name(entry: &JsValue) -> String {
    let name = get(entry, "name").ok().and_then(|name| name.as_string());
    name.unwrap_or_default()
}

/// What a method tells that takes two functions, for success and for failure.
async fn promised(of: &JsValue, method: &str) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(of, &method.into())?.dyn_into()?;
    let promise = Promise::new(&mut |done, failed| {
        if let Err(error) = function.call2(of, &done, &failed) {
            let _ = failed.call1(&JsValue::NULL, &error);
        }
    });
    JsFuture::from(promise).await
}
