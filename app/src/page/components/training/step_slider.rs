//! One slider over a run's time: pictures, their maps and the curves' cursor follow it.

use gloo_timers::callback::Timeout;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::phase_row::PhaseRow;
use crate::page::training::phases::phases;
use crate::page::training::state::{Training, TrainingAction};
use crate::page::training::timeline::{back_at, name, nearest, next, place};
use crate::page::view::state::State;

/// How long a snapshot is seen at least while they are played.
const SEEN_MILLIS: u32 = 250;

/// What the slider needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What the page knows of training.
    pub training: Training,
    /// Where choices go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// One slider over a run's time, from its first snapshot to now.
#[component]
pub fn StepSlider(Props { training, dispatch }: &Props) -> Html {
    let still = use_memo((), |()| wants_stillness());
    let (snapshots, back, playing) = (&training.run.snapshots, training.back, training.playing);
    let go = {
        let dispatch = dispatch.clone();
        Callback::from(move |back: Option<u64>| {
            dispatch.dispatch(TrainingAction::Back(back).into())
        })
    };
    let following = next(snapshots, back);
    {
        // The next one comes once this one is drawn, so that no device is asked for more than it can.
        let (go, drawn) = (go.clone(), back == training.run.drawn_at);
        use_effect_with((playing, drawn, back), move |&(playing, drawn, _)| {
            let later =
                (playing && drawn).then(|| Timeout::new(SEEN_MILLIS, move || go.emit(following)));
            move || drop(later)
        });
    }
    let oninput = {
        let (go, snapshots, dispatch) = (go.clone(), snapshots.clone(), dispatch.clone());
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            dispatch.dispatch(TrainingAction::Play(false).into());
            let place = input.value().parse().unwrap_or(usize::MAX);
            go.emit(back_at(&snapshots, place));
        })
    };
    let onplay = {
        let (go, dispatch, still) = (go.clone(), dispatch.clone(), *still);
        Callback::from(move |_: MouseEvent| {
            if still {
                go.emit(following);
                return;
            }
            if !playing && back.is_none() {
                go.emit(following);
            }
            dispatch.dispatch(TrainingAction::Play(!playing).into());
        })
    };
    let tonow = go.reform(|_: MouseEvent| None);
    let said = name(back, training.step());
    let read = (
        training.run.vital_names.clone(),
        training.run.vitals.clone(),
    );
    let phases = use_memo(read, |(names, vitals)| phases(names, vitals));
    let onpick = {
        let (go, snapshots) = (go.clone(), snapshots.clone());
        Callback::from(move |step| go.emit(nearest(&snapshots, step)))
    };
    html! {
        <div class="time" role="group" aria-label="The run's time">
            <button type="button" class="small" onclick={onplay} data-testid="play">
                { match (*still, playing) { (true, _) => "Next", (false, true) => "Stop", (false, false) => "Play" } }
            </button>
            <input
                type="range" min="0" max={snapshots.len().to_string()} step="1" value={place(snapshots, back).to_string()} {oninput}
                aria-label="Step" aria-valuetext={said.clone()} data-testid="step-slider"
            />
            <output data-testid="slider-says" data-step={back.map(|step| step.to_string())}>{ said }</output>
            <button type="button" class="small" disabled={back.is_none()} onclick={tonow} data-testid="to-now">{ "Now" }</button>
            if !phases.is_empty() {
                <PhaseRow phases={(*phases).clone()} step={back.unwrap_or(training.step())} {onpick} />
            }
        </div>
    }
}

/// Whether the visitor asked for less motion: then each snapshot is asked for by hand.
fn wants_stillness() -> bool {
    let query = web_sys::window().and_then(|window| {
        window
            .match_media("(prefers-reduced-motion: reduce)")
            .ok()
            .flatten()
    });
    query.is_some_and(|query| query.matches())
}
