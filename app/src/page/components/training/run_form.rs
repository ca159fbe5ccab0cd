//! The form in which a run is described, and begun.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::album_choice::AlbumChoice;
use super::experiments::Experiments;
use super::run_choices::RunChoices;
use super::world_choice::WorldChoice;
use crate::page::hooks::use_training::Asks;
use crate::page::training::form::{Form, FormAction};
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
    let can_begin = *listens && training.can_begin() && training.probe != Probe::UnderWay;
    html! {
        <form class="run-form" {onsubmit} data-testid="run-form">
            <h2>{ "Train a network here" }</h2>
            <p class="quiet">{ "A generator learns to draw what a discriminator takes for real, on this machine; nothing leaves it. You can watch its attention appear." }</p>
            <WorldChoice worlds={training.worlds.clone()} from={form.from.clone()} dispatch={dispatch.clone()} />
            if matches!(form.from, PictureSource::Own(_)) {
                <AlbumChoice album={training.album.clone()} mirror={form.mirror} augment={form.augment} asks={asks.clone()} dispatch={dispatch.clone()} />
            }
            <RunChoices form={form.clone()} running={None::<Form>} gpu={training.gpu} onform={choose.clone()} />
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
