//! Escape clears, wherever the focus is.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use crate::page::view::looking::LookingAction;
use crate::page::view::state::State;

/// Clears the pixel in question when Escape is pressed anywhere on the page.
#[hook]
pub fn use_escape(dispatch: UseReducerDispatcher<State>) {
    use_effect_with((), move |()| {
        let listener = web_sys::window().map(|window| {
            EventListener::new(&window, "keydown", move |event| {
                if event
                    .dyn_ref::<KeyboardEvent>()
                    .is_some_and(|e| e.key() == "Escape")
                {
                    dispatch.dispatch(LookingAction::Clear.into());
                }
            })
        });
        move || drop(listener)
    });
}
