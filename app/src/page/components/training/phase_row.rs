//! What a run's attention does to be seen, phase by phase.

use yew::prelude::*;

use crate::page::training::phases::{Phase, place_of};

/// What the row needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// From which step on the run is in which phase.
    pub phases: Vec<(u64, Phase)>,
    /// The step that is looked at.
    pub step: u64,
    /// Told which step the pictures should be of.
    pub onpick: Callback<u64>,
}

/// The phases of a run, each a way to its beginning; the one that is looked at is marked.
#[component]
pub fn PhaseRow(
    Props {
        phases,
        step,
        onpick,
    }: &Props,
) -> Html {
    let current = place_of(phases, *step);
    let phase = |(place, &(from, phase)): (usize, &(u64, Phase))| {
        let current = (current == Some(place)).then_some("true");
        let onclick = onpick.reform(move |_: MouseEvent| from);
        html! {
            <button type="button" class="phase" aria-current={current} {onclick} data-testid="phase" data-step={from.to_string()}>
                { phase.words() }<span class="quiet">{ format!(" from step {from}") }</span>
            </button>
        }
    };
    html! {
        <div class="phases" role="group" aria-label="What is seen, from which step on">
            { for phases.iter().enumerate().map(phase) }
        </div>
    }
}
