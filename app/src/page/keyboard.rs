//! What keys ask for.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

/// Columns and rows that an arrow key moves by; eight with Shift.
pub fn step_of_key(event: &KeyboardEvent) -> Option<(i32, i32)> {
    let step = if event.shift_key() { 8 } else { 1 };
    match event.key().as_str() {
        "ArrowLeft" => Some((-step, 0)),
        "ArrowRight" => Some((step, 0)),
        "ArrowUp" => Some((0, -step)),
        "ArrowDown" => Some((0, step)),
        _ => None,
    }
}

/// Tells of each key that is pressed on the page, but not of what is typed into a text field; ends
/// when it is dropped. `None` where there is no window.
pub fn listen(heard: impl Fn(&KeyboardEvent) + 'static) -> Option<EventListener> {
    let options = EventListenerOptions::enable_prevent_default();
    let window = web_sys::window()?;
    let listener = EventListener::new_with_options(&window, "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
            return;
        };
        let target = event.target();
        let field = target.and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if field.is_none_or(|field| field.type_() != "text") {
            heard(event);
        }
    });
    Some(listener)
}

/// Whether a key is pressed alone, but for Shift: with others it is the browser's.
pub fn is_plain(event: &KeyboardEvent) -> bool {
    !event.ctrl_key() && !event.meta_key() && !event.alt_key()
}
