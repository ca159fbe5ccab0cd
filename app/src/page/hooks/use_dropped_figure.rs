//! Opens the view of a figure that is dropped anywhere on the page.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DataTransfer, DragEvent};
use yew::prelude::*;

use crate::page::reopen::reopen;

/// Opens the view of a figure that is dropped anywhere on the page, and tells why where it does not.
/// Whatever takes a file itself does so first, and prevents the event's default.
#[hook]
pub fn use_dropped_figure(refused: Callback<String>) {
    use_effect_with((), move |()| {
        let listeners = web_sys::window().map(|window| {
            let on = |name: &'static str, act: fn(&DataTransfer, &Callback<String>)| {
                let options = EventListenerOptions::enable_prevent_default();
                let refused = refused.clone();
                EventListener::new_with_options(&window, name, options, move |event| {
                    let dragged = event
                        .dyn_ref::<DragEvent>()
                        .and_then(DragEvent::data_transfer);
                    if let Some(dragged) = dragged.filter(has_files)
                        && !event.default_prevented()
                    {
                        // Else the browser leaves the page for the file.
                        event.prevent_default();
                        act(&dragged, &refused);
                    }
                })
            };
            [on("dragover", |_, _| ()), on("drop", take)]
        });
        move || drop(listeners)
    });
}

fn has_files(dragged: &DataTransfer) -> bool {
    dragged.types().includes(&JsValue::from_str("Files"), 0)
}

fn take(dragged: &DataTransfer, refused: &Callback<String>) {
    let Some(files) = dragged.files() else { return };
    if files.length() > 1 {
        refused.emit("Several files were dropped: a view is opened from one figure.".into());
    } else if let Some(file) = files.get(0) {
        let refused = refused.clone();
        spawn_local(async move {
            if let Err(sentence) = reopen(file).await {
                refused.emit(sentence);
            }
        });
    }
}
