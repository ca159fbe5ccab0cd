//! A run that another tab keeps, as it was kept last.

use yew::prelude::*;

use crate::page::hooks::use_training::Asks;
use crate::page::training::shelf::learned_from;
use crate::page::training::state::{Phase, Training};

/// What the card needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What the page knows of training.
    pub training: Training,
    /// Who asks for the run.
    pub asks: Asks,
}

/// A run that another tab keeps: how far it was when it was kept last, and a way to take it over.
#[component]
pub fn WatchCard(Props { training, asks }: &Props) -> Html {
    let take_over = {
        let (asks, watched) = (asks.clone(), training.watched);
        Callback::from(move |_: MouseEvent| {
            if let Some(id) = watched {
                asks.take_over(id);
            }
        })
    };
    let put_away = {
        let asks = asks.clone();
        Callback::from(move |_: MouseEvent| asks.put_away())
    };
    let step = training.step();
    let resting = training.phase == Phase::Resting;
    html! {
        <section class="run-card" aria-label="The run in another tab" data-testid="watch-card">
            <h2>{ learned_from(training.run.from.as_ref()) }</h2>
            <p class="run-state" role="status" data-testid="run-state" data-step={step.to_string()}>{ format!("Step {step}, in another tab.") }</p>
            <p class="quiet">{ "You see what was kept last: it is kept once a minute, and what you see follows. Taken over, it is kept there once more, and goes on here." }</p>
            <div class="buttons">
                <button type="button" class="primary" disabled={!resting} onclick={take_over} data-testid="take-over">{ "Take over" }</button>
                <button type="button" disabled={!resting} onclick={put_away} data-testid="put-away">{ "Stop watching" }</button>
            </div>
        </section>
    }
}
