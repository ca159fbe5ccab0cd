//! The run that is open: how far it is, and what one can do with it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::keeping::Keeping;
use super::live_settings::LiveChoices;
use super::quality::QualityMeasure;
use super::running_choices::RunningChoices;
use crate::page::hooks::use_training::Asks;
use crate::page::training::rival::Rival;
use crate::page::training::shelf::learned_from;
use crate::page::training::state::{Phase, Training};
use crate::page::view::state::State;
use crate::page::words;
use crate::protocol::{RunInfo, TrainingStage};

/// Steps that are offered at once.
const MORE_STEPS: u64 = 100;

/// What the card needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What the page knows of training.
    pub training: Training,
    /// Who asks for steps.
    pub asks: Asks,
    /// Where choices go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// The run that is open: how far it is, and what one can do with it.
#[component]
pub fn RunCard(props: &Props) -> Html {
    let Props {
        training,
        asks,
        dispatch,
    } = props;
    let more = use_state_eq(|| MORE_STEPS);
    let act = |act: fn(&Asks)| {
        let asks = asks.clone();
        Callback::from(move |_: MouseEvent| act(&asks))
    };
    let onmore = {
        let (asks, more) = (asks.clone(), *more);
        Callback::from(move |_: MouseEvent| asks.go(Some(more)))
    };
    let onnumber = {
        let more = more.setter();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            more.set(input.value().trim().parse().unwrap_or(0));
        })
    };
    let going = matches!(training.phase, Phase::Going(_));
    let resting = training.phase == Phase::Resting;
    let begun = training.step() > 0;
    html! {
        <section class="run-card" aria-label="The run" data-testid="run-card">
            if let Some(run) = &training.run.info {
                <h2>{ learned_from(training.run.from.as_ref()) }</h2>
                <p class="quiet">{ described(run) }</p>
            }
            <p class="run-state" role="status" data-testid="run-state" data-step={training.step().to_string()}>{ doing(training) }</p>
            if let Phase::Going(Some(until)) = training.phase {
                <progress
                    value={training.step().to_string()} max={until.to_string()} aria-label="Steps done"
                />
            }
            <div class="buttons">
                if going {
                    <button type="button" class="primary" onclick={act(Asks::pause)} data-testid="pause">{ "Pause" }</button>
                } else {
                    <button type="button" class="primary" disabled={!resting} onclick={act(|asks| asks.go(None))} data-testid="go-on">
                        { if begun { "Go on" } else { "Start" } }
                    </button>
                }
                <button type="button" disabled={!resting} onclick={act(|asks| asks.go(Some(1)))} data-testid="one-step">{ "One step" }</button>
                <span class="more-steps">
                    <input
                        type="text" inputmode="numeric" aria-label="How many more steps" value={more.to_string()} oninput={onnumber}
                        data-testid="how-many"
                    />
                    <button type="button" disabled={!resting || *more == 0} onclick={onmore} data-testid="more-steps">{ "more steps" }</button>
                </span>
            </div>
            if let Some(settings) = training.run.settings.filter(|_| going || resting) {
                <LiveChoices {settings} {resting} pair={training.rival.is_some()} said={training.said.clone()} asks={asks.clone()} />
            }
            <RunningChoices training={training.clone()} asks={asks.clone()} dispatch={dispatch.clone()} />
            if let Some(rival) = &training.rival {
                <p class="quiet" data-testid="pair" data-step={rival.run.step().to_string()}>{ beside(rival) }</p>
            }
            if (resting || going) && begun {
                <QualityMeasure quality={training.run.quality} step={training.step()} {resting} />
            }
            <Keeping kept={training.run.kept.clone()} hidden_too={training.hidden_too} asks={asks.clone()} />
            <div class="buttons">
                <button type="button" disabled={!resting && !going} onclick={act(|asks| asks.download(false))} data-testid="download">{ "Download" }</button>
                if training.rival.is_some() {
                    <button type="button" disabled={!resting && !going} onclick={act(|asks| asks.download(true))} data-testid="download-rival">{ "Download the second" }</button>
                }
                <button type="button" disabled={!resting} onclick={act(Asks::put_away)} data-testid="put-away">{ "Put away" }</button>
            </div>
        </section>
    }
}

fn described(run: &RunInfo) -> String {
    format!(
        "{0}×{0} pixels, width {1}, {2} pictures a step, {3} energy",
        run.size, run.conv_dim, run.batch, run.energy
    )
}

fn beside(rival: &Rival) -> String {
    let [first, second] = &rival.names;
    let now = rival.run.step();
    let kept = match rival.run.stored_step() {
        Some(step) if step == now => "kept in this browser".to_owned(),
        Some(step) => format!("kept in this browser at step {step}"),
        None => "in memory alone; download it to keep it".to_owned(),
    };
    format!(
        "Two runs in turns, of the same seed and pictures: {first} against {second}, which is at step {now}, {kept}."
    )
}

fn doing(training: &Training) -> String {
    let step = training.step();
    let pace = training.run.history.last().map(|point| point.millis);
    match (training.phase, pace) {
        (Phase::None, _) => String::new(),
        (Phase::Opening(stage), _) => opening(stage).to_owned(),
        (Phase::Resting, _) if step == 0 => "Ready to begin.".to_owned(),
        (Phase::Resting, _) => format!("Resting at step {step}."),
        (Phase::Going(_), None) => "The first step…".to_owned(),
        (Phase::Going(None), Some(millis)) => {
            format!("Step {step}, {} each.", words::duration(millis))
        }
        (Phase::Going(Some(until)), Some(millis)) => {
            let left = until.saturating_sub(step) as f64 * millis;
            let each = words::duration(millis);
            format!(
                "Step {step} of {until}, {each} each, {} left.",
                words::long_duration(left)
            )
        }
    }
}

fn opening(stage: Option<TrainingStage>) -> &'static str {
    match stage {
        None | Some(TrainingStage::Weights) => "Making the networks…",
        Some(TrainingStage::Device) => "Looking for a device…",
        Some(TrainingStage::Warmup { .. }) => "Compiling for the graphics device…",
    }
}
