//! A step of the latent vector along one of its numbers, or along a direction.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::page::view::changes::{Changes, Move};
use crate::page::view::edits::EditsAction;
use crate::page::view::state::State;
use crate::page::words;
use crate::protocol::Along;

/// How far the slider goes: to where pictures begin to break.
const REACH: f32 = 6.0;

/// What the choice needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Whether it is about directions, rather than about single numbers.
    pub directions: bool,
    /// How many there are.
    pub count: u32,
    /// What is changed.
    pub changes: Changes,
    /// Where changes go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// Which one, by its number from 1, and a slider for how far.
#[component]
pub fn NudgeChoice(props: &Props) -> Html {
    let Props {
        directions,
        count,
        changes,
        dispatch,
    } = props.clone();
    let along = move |index: u32| match directions {
        true => Along::Direction(index),
        false => Along::Number(index),
    };
    let first = changes
        .moves
        .nudges
        .iter()
        .find_map(|nudge| match nudge.along {
            Along::Direction(index) if directions => Some(index),
            Along::Number(index) if !directions => Some(index),
            _ => None,
        });
    let chosen = use_state_eq(move || first.unwrap_or(0));
    let index = (*chosen).min(count.saturating_sub(1));
    let by = changes.nudge(along(index));
    let onwhich = {
        let chosen = chosen.setter();
        Callback::from(move |event: Event| {
            let value = event
                .target_unchecked_into::<HtmlInputElement>()
                .value_as_number();
            // What is no number becomes 0, which stands for the first.
            chosen.set((value as u32).clamp(1, count.max(1)) - 1);
        })
    };
    let oninput = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let slider: HtmlInputElement = event.target_unchecked_into();
            let by = slider.value_as_number() as f32;
            let nudge = Move::Nudge(along(index), by);
            dispatch.dispatch(EditsAction::Move(nudge).into());
        })
    };
    let onchange = Callback::from(move |_: Event| dispatch.dispatch(EditsAction::Settle.into()));
    let (name, id) = match directions {
        true => ("Direction", "direction"),
        false => ("One number", "number"),
    };
    let told = words::step(by);
    html! {
        <div class="latent-row">
            <label class="latent-which">
                { name }
                <input
                    type="number" min="1" max={count.to_string()} step="1" value={(index + 1).to_string()} onchange={onwhich}
                    aria-label={format!("{name}, from 1 to {count}")} data-testid={format!("{id}-which")}
                />
            </label>
            <input
                type="range" min={(-REACH).to_string()} max={REACH.to_string()} step="0.1" value={by.to_string()}
                aria-label={format!("How far along {} {}", name.to_lowercase(), index + 1)} aria-valuetext={told.clone()}
                {oninput} {onchange} data-testid={format!("{id}-by")}
            />
            <output>{ told }</output>
        </div>
    }
}
