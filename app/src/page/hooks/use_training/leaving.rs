//! Asks before the tab is closed.

use gloo_events::{EventListener, EventListenerOptions};
use yew::prelude::*;

/// Asks before the tab is closed, where something would be lost.
#[hook]
pub fn use_leaving(would_lose: bool) {
    use_effect_with(would_lose, move |&would_lose| {
        let window = web_sys::window().filter(|_| would_lose);
        let closing = window.map(|window| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&window, "beforeunload", options, |event| {
                event.prevent_default();
            })
        });
        move || drop(closing)
    });
}
