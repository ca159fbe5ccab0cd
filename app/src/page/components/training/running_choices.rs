//! The open run's choices: what it began with, and a run with others in its place.

use yew::prelude::*;

use super::run_choices::RunChoices;
use crate::page::hooks::use_training::Asks;
use crate::page::training::form::FormAction;
use crate::page::training::state::{Phase, Training, TrainingAction};
use crate::page::view::state::State;

/// What the choices need.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What the page knows of training.
    pub training: Training,
    /// Who asks for a run.
    pub asks: Asks,
    /// Where choices go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// The open run's choices, where it began on this page; another run with others takes its place.
#[component]
pub fn RunningChoices(props: &Props) -> Html {
    let Props {
        training,
        asks,
        dispatch,
    } = props;
    let Some(begun) = &training.begun else {
        return Html::default();
    };
    let onform = {
        let dispatch = dispatch.clone();
        Callback::from(move |choice: FormAction| {
            dispatch.dispatch(TrainingAction::Choose(choice).into());
        })
    };
    let onrestart = {
        let (asks, form) = (asks.clone(), training.form.clone());
        Callback::from(move |_: MouseEvent| asks.restart(&form))
    };
    let why_not = why_not(training);
    html! {
        <details class="more" data-testid="running-choices">
            <summary>{ "What it began with" }</summary>
            <RunChoices form={training.form.clone()} running={begun.clone()} gpu={training.gpu} {onform} />
            <div class="buttons">
                <button type="button" disabled={why_not.is_some()} onclick={onrestart} data-testid="restart">{ "Restart with these" }</button>
            </div>
            <p class="quiet" data-testid="restart-says">{ why_not.unwrap_or("The run so far stays in this browser, among the kept ones.") }</p>
        </details>
    }
}

/// Why no other run can take this one's place now: one sentence.
fn why_not(training: &Training) -> Option<&'static str> {
    if training.begun.as_ref() == Some(&training.form) {
        return Some(
            "Choose otherwise, and another run with the same pictures can take this one's place.",
        );
    }
    if training.phase != Phase::Resting {
        return Some("Pause the run first.");
    }
    if training.would_lose() {
        return Some(
            "This run is in memory alone: download it and put it away first, or it would be lost.",
        );
    }
    if !training.can_begin() {
        return Some(
            "Your pictures were read at another size: put the run away, and choose them again.",
        );
    }
    None
}
