//! What a run does while its tab is hidden.

use std::cell::Cell;
use std::rc::Rc;

use gloo_events::EventListener;
use yew::prelude::*;

use super::use_training::Asks;
use crate::page::training::state::{Phase, Training};
use crate::page::visibility::is_hidden;

/// Keeps the run when the tab is hidden. Unless the visitor wants it to go on, it pauses then, and
/// goes on when the tab is seen again, for as many steps as it would have.
#[hook]
pub fn use_hidden(training: &Training, asks: &Asks) {
    // Up to which step a run goes on that was paused because nobody saw it.
    let paused: Rc<Cell<Option<Option<u64>>>> = use_memo((), |()| Cell::new(None));
    let asks = asks.clone();
    let step = training.step();
    let now = (training.phase, training.would_lose(), training.hidden_too);
    use_effect_with(
        (now, step),
        move |&((phase, would_lose, hidden_too), step)| {
            let go_on = {
                let (asks, paused) = (asks.clone(), Rc::clone(&paused));
                move || {
                    if let Some(until) = paused.take() {
                        asks.go(until.map(|until| until.saturating_sub(step)));
                    }
                }
            };
            match phase {
                // It was seen again before it had come to rest.
                Phase::Resting if !is_hidden() => go_on(),
                Phase::None | Phase::Opening(_) => paused.set(None),
                Phase::Resting | Phase::Going(_) => {}
            }
            let document = web_sys::window().and_then(|window| window.document());
            let listener = document.map(|document| {
                EventListener::new(&document, "visibilitychange", move |_| {
                    match (is_hidden(), phase) {
                        (true, Phase::Going(until)) if !hidden_too => {
                            paused.set(Some(until));
                            asks.pause();
                        }
                        (true, _) if would_lose => asks.keep(),
                        (false, Phase::Resting) => go_on(),
                        _ => {}
                    }
                })
            });
            move || drop(listener)
        },
    );
}
