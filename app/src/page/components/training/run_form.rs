//! The form in which a run is described, and begun.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::album_choice::AlbumChoice;
use super::experiments::Experiments;
use super::world_choice::WorldChoice;
use crate::page::components::segments::{Segment, Segments};
use crate::page::hooks::use_training::Asks;
use crate::page::training::form::{
    Attention, BATCHES, Energy, FormAction, NORMS, Rates, SIZES, WIDTHS,
};
use crate::page::training::state::{Probe, Training, TrainingAction};
use crate::page::view::state::State;
use crate::page::words;
use crate::protocol::PictureSource;

/// Steps after which one can expect to see something.
const SOMETHING_TO_SEE: f64 = 1000.0;

/// What the form needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What the page knows of training.
    pub training: Training,
    /// Whether the engine takes requests.
    pub listens: bool,
    /// Who asks for a run.
    pub asks: Asks,
    /// Where choices go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// The form in which a run is described, and begun.
#[component]
pub fn RunForm(props: &Props) -> Html {
    let Props {
        training,
        listens,
        asks,
        dispatch,
    } = props;
    let form = &training.form;
    let choose = {
        let dispatch = dispatch.clone();
        Callback::from(move |choice: FormAction| {
            dispatch.dispatch(TrainingAction::Choose(choice).into());
        })
    };
    let onsubmit = {
        let (asks, form) = (asks.clone(), form.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            asks.begin(&form);
        })
    };
    let probe = {
        let (asks, form) = (asks.clone(), form.clone());
        Callback::from(move |_: MouseEvent| asks.probe(&form))
    };
    let onfile = {
        let (asks, form) = (asks.clone(), form.clone());
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                asks.open_file(file, &form);
            }
            input.set_value("");
        })
    };
    let onseed = choose.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        FormAction::Seed(input.value().trim().parse().unwrap_or(1))
    });
    let can_begin = *listens && training.can_begin() && training.probe != Probe::UnderWay;
    let number =
        |name: &'static str, all: &'static [u32], chosen: u32, action: fn(u32) -> FormAction| {
            choice(
                name,
                all.iter().map(u32::to_string).collect(),
                all.iter().position(|&one| one == chosen),
                choose.reform(move |index: usize| action(all[index])),
            )
        };
    html! {
        <form class="run-form" {onsubmit} data-testid="run-form">
            <h2>{ "Train a network here" }</h2>
            <p class="quiet">{ "A generator learns to draw what a discriminator takes for real, on this machine; nothing leaves it. You can watch its attention appear." }</p>
            <WorldChoice worlds={training.worlds.clone()} from={form.from.clone()} dispatch={dispatch.clone()} />
            if matches!(form.from, PictureSource::Own(_)) {
                <AlbumChoice album={training.album.clone()} mirror={form.mirror} augment={form.augment} asks={asks.clone()} dispatch={dispatch.clone()} />
            }
            <div class="choices">
                { number("Picture size", &SIZES, form.size, FormAction::Size) }
                { number("Width of the networks", &WIDTHS, form.width, FormAction::Width) }
                { number("Pictures a step", &BATCHES, form.batch, FormAction::Batch) }
            </div>
            <details class="more">
                <summary data-testid="more-choices">{ "Attention, rates, seed" }</summary>
                <div class="choices">
                    { choice(
                        "Energy", Energy::ALL.map(|one| one.name().to_owned()).into(),
                        Energy::ALL.iter().position(|one| *one == form.energy),
                        choose.reform(|index: usize| FormAction::Energy(Energy::ALL[index])),
                    ) }
                    <p class="quiet">{ form.energy.sentence() }</p>
                    { choice(
                        "Attention", Attention::ALL.map(|one| one.name().to_owned()).into(),
                        Attention::ALL.iter().position(|one| *one == form.attention),
                        choose.reform(|index: usize| FormAction::Attention(Attention::ALL[index])),
                    ) }
                    { choice(
                        "Learning rates", Rates::ALL.map(|one| one.name().to_owned()).into(),
                        Rates::ALL.iter().position(|one| *one == form.rates),
                        choose.reform(|index: usize| FormAction::Rates(Rates::ALL[index])),
                    ) }
                    { choice(
                        "Spectral norm", NORMS.map(|(_, name)| name.to_owned()).into(), Some(form.norm),
                        choose.reform(FormAction::Norm),
                    ) }
                    <p class="quiet">{ "It bounds how fast each layer can change; without it runs diverge more easily." }</p>
                    <label class="seed-choice">
                        { "Seed " }
                        <input type="text" inputmode="numeric" autocomplete="off" value={form.seed.to_string()} oninput={onseed} data-testid="run-seed" />
                    </label>
                </div>
            </details>
            <Experiments form={form.clone()} {can_begin} asks={asks.clone()} onform={choose.clone()} />
            <div class="buttons">
                <button type="submit" class="primary" disabled={!can_begin} data-testid="begin">{ "Start training" }</button>
                <button type="button" onclick={probe} disabled={!can_begin} data-testid="probe">{ "How long will it take?" }</button>
                <label class="button">
                    { "Open a run" }
                    <input class="unseen" type="file" accept=".safetensors" disabled={!listens} onchange={onfile} data-testid="open-run" />
                </label>
            </div>
            <p class="quiet" role="status" data-testid="estimate">{ estimate(training, *listens) }</p>
        </form>
    }
}

/// One choice of a few, with its name before it.
fn choice(
    name: &'static str,
    all: Vec<String>,
    chosen: Option<usize>,
    onchoose: Callback<usize>,
) -> Html {
    let key = name.to_lowercase().replace(' ', "-");
    let segments = all.into_iter().map(|name| Segment {
        testid: format!("{key}-{}", name.replace(' ', "-")).into(),
        name: name.into(),
    });
    html! {
        <div class="choice">
            <span aria-hidden="true">{ name }</span>
            <Segments legend={name} group={key.clone()} segments={segments.collect::<Vec<_>>()} {chosen} {onchoose} />
        </div>
    }
}

fn estimate(training: &Training, listens: bool) -> String {
    match &training.probe {
        _ if !listens => "The engine is on its way.".to_owned(),
        Probe::UnderWay => "Doing three steps…".to_owned(),
        Probe::Found {
            millis,
            bytes,
            memory,
            most,
        } => format!(
            "A step takes {} on this device: 1000 steps, where one begins to see something, about {}. It holds about {} of memory{}. The run is a file of {}.",
            words::duration(*millis),
            words::long_duration(SOMETHING_TO_SEE * millis),
            words::bytes(*memory),
            most.map_or_else(String::new, |most| format!(
                ", and batches of up to {most} fit this GPU"
            )),
            words::bytes(*bytes),
        ),
        Probe::None if training.can_begin() => String::new(),
        Probe::None => "Choose your pictures first.".to_owned(),
    }
}
