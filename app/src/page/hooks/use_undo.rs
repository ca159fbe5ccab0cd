//! Ctrl+Z takes a change back, wherever the focus is.

use web_sys::KeyboardEvent;
use yew::prelude::*;

use crate::page::keyboard;
use crate::page::view::edits::EditsAction;
use crate::page::view::state::State;

/// Takes the last change back at Ctrl+Z, and makes it again at Ctrl+Shift+Z or Ctrl+Y; on a Mac
/// with the command key.
#[hook]
pub fn use_undo(dispatch: UseReducerDispatcher<State>) {
    use_effect_with((), move |()| {
        let listener = keyboard::listen(move |event| {
            if let Some(action) = action_of(event) {
                event.prevent_default();
                dispatch.dispatch(action.into());
            }
        });
        move || drop(listener)
    });
}

fn action_of(event: &KeyboardEvent) -> Option<EditsAction> {
    if !(event.ctrl_key() || event.meta_key()) || event.alt_key() {
        return None;
    }
    match event.key().to_ascii_lowercase().as_str() {
        "z" if event.shift_key() => Some(EditsAction::Redo),
        "z" => Some(EditsAction::Undo),
        "y" if !event.shift_key() => Some(EditsAction::Redo),
        _ => None,
    }
}
