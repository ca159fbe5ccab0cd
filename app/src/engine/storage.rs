//! Files in the browser's own storage (the origin's private file system), of this site alone.

use gloo_timers::future::TimeoutFuture;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

use super::js::{call, call_async, get, global, is_named, number, object, words};

/// Our folder in it.
const FOLDER: &str = "saganscope";

const FULL: &str = "The browser's storage for this page is full, so the run is in memory alone: download it, forget a kept run, or make room on the disk.";

/// How long a tab that was just closed, or reloaded, may still hold a file.
const TRIES: u32 = 8;
const BETWEEN_MILLIS: u32 = 250;

/// A folder of files.
pub(super) struct Storage {
    /// A `FileSystemDirectoryHandle`.
    folder: JsValue,
}

impl Storage {
    /// Opens it.
    ///
    /// # Errors
    /// A sentence where the browser has none, as in some private windows and on pages without https.
    pub(super) async fn open() -> Result<Self, String> {
        let open = async {
            let storage = get(&global("navigator")?, "storage")?;
            let root = call_async(&storage, "getDirectory", &[]).await?;
            let create = object(&[("create", true.into())])?;
            call_async(&root, "getDirectoryHandle", &[FOLDER.into(), create]).await
        };
        match open.await {
            Ok(folder) => Ok(Self { folder }),
            Err(error) => Err(format!(
                "This browser keeps no files for this page ({}), so the run is in memory alone: download it before you leave.",
                words(&error)
            )),
        }
    }

    /// The names of all files; none where they cannot be listed.
    pub(super) async fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let Ok(list) = call(&self.folder, "keys", &[]) else {
            return names;
        };
        while let Ok(next) = call_async(&list, "next", &[]).await {
            match get(&next, "value").ok().and_then(|name| name.as_string()) {
                Some(name) => names.push(name),
                None => break,
            }
        }
        names
    }

    /// The length of a file and its first bytes, so many at most; nothing where there is no such
    /// file, or it is being written. No other tab is kept from the file meanwhile.
    pub(super) async fn start(&self, name: &str, most: u32) -> Option<(u64, Vec<u8>)> {
        let read = async {
            let file = call_async(&self.folder, "getFileHandle", &[name.into()]).await?;
            let file = call_async(&file, "getFile", &[]).await?;
            let length = number(&file, "size")?;
            let start = call(&file, "slice", &[0.into(), most.into()])?;
            let bytes = call_async(&start, "arrayBuffer", &[]).await?;
            Ok::<_, JsValue>((length as u64, Uint8Array::new(&bytes).to_vec()))
        };
        read.await.ok()
    }

    /// A file's bytes; none where there is no such file.
    ///
    /// # Errors
    /// A sentence where it cannot be read.
    pub(super) async fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        let Ok(file) = call_async(&self.folder, "getFileHandle", &[name.into()]).await else {
            return Ok(Vec::new());
        };
        let handle = access(&file).await;
        let handle = handle.map_err(|error| failed("read", &error))?;
        let read = || {
            let length = call(&handle, "getSize", &[])?.as_f64().unwrap_or_default();
            let bytes = Uint8Array::new_with_length(length as u32);
            let read = call(&handle, "read", &[bytes.clone().into()])?.as_f64();
            let read = read.unwrap_or_default() as u32;
            Ok::<_, JsValue>(bytes.subarray(0, read).to_vec())
        };
        let bytes = read().map_err(|error| failed("read", &error));
        close(&handle);
        bytes
    }

    /// Makes these parts, one behind the other, a file's contents.
    ///
    /// # Errors
    /// A sentence where the disk is full, or the file cannot be written.
    pub(super) async fn write(&self, name: &str, parts: &[&[u8]]) -> Result<(), String> {
        let open = async {
            let create = object(&[("create", true.into())])?;
            let file = call_async(&self.folder, "getFileHandle", &[name.into(), create]).await?;
            access(&file).await
        };
        let handle = open.await.map_err(|error| failed("written", &error))?;
        let write = || {
            // Emptied first, so that a write that is cut short leaves nothing that looks whole.
            call(&handle, "truncate", &[0.into()])?;
            for part in parts {
                let bytes = Uint8Array::from(*part);
                let written = call(&handle, "write", &[bytes.into()])?.as_f64();
                // Where there is no more room, some browsers throw, and some take a part.
                if written != Some(part.len() as f64) {
                    return Ok(false);
                }
            }
            call(&handle, "flush", &[])?;
            Ok::<_, JsValue>(true)
        };
        let written = write();
        close(&handle);
        match written {
            Ok(true) => Ok(()),
            Ok(false) => Err(FULL.into()),
            Err(error) => Err(failed("written", &error)),
        }
    }

    /// Takes a file away, if it is there.
    pub(super) async fn remove(&self, name: &str) {
        // What is not there need not be removed; what another tab holds is not ours.
        let _ = call_async(&self.folder, "removeEntry", &[name.into()]).await;
    }
}

/// A `FileSystemSyncAccessHandle`, once another tab that is just closing has let go of the file.
async fn access(file: &JsValue) -> Result<JsValue, JsValue> {
    let mut tries = 0;
    loop {
        match call_async(file, "createSyncAccessHandle", &[]).await {
            Err(error) if tries < TRIES && is_named(&error, "NoModificationAllowedError") => {
                tries += 1;
                TimeoutFuture::new(BETWEEN_MILLIS).await;
            }
            opened => return opened,
        }
    }
}

fn close(handle: &JsValue) {
    // It cannot fail, and what it would say came too late.
    let _ = call(handle, "close", &[]);
}

fn failed(what: &str, error: &JsValue) -> String {
    if is_named(error, "QuotaExceededError") {
        return FULL.into();
    }
    format!(
        "The run's copy in the browser's storage could not be {what} ({}); download the run to keep it.",
        words(error)
    )
}
