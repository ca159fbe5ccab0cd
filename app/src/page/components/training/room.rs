//! The training room, above the microscope.

use yew::prelude::*;

use super::curves::Curves;
use super::run_card::RunCard;
use super::run_form::RunForm;
use super::shelf::Shelf;
use super::watch_card::WatchCard;
use crate::page::components::thumbnail::Thumbnail;
use crate::page::hooks::use_training::Asks;
use crate::page::training::state::{Phase, Training};
use crate::page::view::slot::Slot;
use crate::page::view::state::State;

/// What the room needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What the page knows of training.
    pub training: Training,
    /// Whether the engine takes requests.
    pub listens: bool,
    /// Who asks for runs.
    pub asks: Asks,
    /// Where choices go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// The training room: a form, or the run that is open, its pictures and its curves.
#[component]
pub fn TrainingRoom(props: &Props) -> Html {
    let Props {
        training,
        listens,
        asks,
        dispatch,
    } = props;
    let word = match training.phase {
        Phase::None => "none",
        Phase::Opening(_) => "opening",
        Phase::Resting => "resting",
        Phase::Going(_) => "going",
    };
    html! {
        <section class="training" aria-label="Training" data-testid="training" data-phase={word}>
            if let Some(notice) = &training.notice {
                <p class="training-notice" role="alert" data-testid="training-notice">{ notice.clone() }</p>
            }
            if training.phase == Phase::None {
                <Shelf runs={training.stored.clone()} interrupted={training.interrupted.clone()} {listens} asks={asks.clone()} />
                <RunForm training={training.clone()} {listens} asks={asks.clone()} dispatch={dispatch.clone()} />
            } else {
                <div class="run">
                    if training.watched.is_some() {
                        <WatchCard training={training.clone()} asks={asks.clone()} />
                    } else {
                        <RunCard training={training.clone()} asks={asks.clone()} />
                    }
                    { pictures(training, dispatch) }
                    if training.history.is_empty() {
                        <p class="quiet run-empty">{ "Curves and pictures appear with the first steps. Point at a picture then, and see where the young network looks." }</p>
                    } else {
                        <Curves history={training.history.clone()} />
                    }
                </div>
            }
        </section>
    }
}

/// What the run draws of always the same latents.
fn pictures(training: &Training, dispatch: &UseReducerDispatcher<State>) -> Html {
    let shown = &training.pictures;
    let Some(step) = training.drawn_at else {
        return Html::default();
    };
    let thumbnail = |(index, slot): (usize, &Option<Slot>)| {
        html! {
            <Thumbnail
                key={index} {index} picture={slot.as_ref().map(|slot| slot.picture.clone())} stale=false
                chosen={index == shown.chosen && slot.is_some()} dispatch={dispatch.clone()}
            />
        }
    };
    html! {
        <section class="samples" aria-label="What it draws">
            <p class="quiet" data-testid="drawn-at" data-step={step.to_string()}>{ format!("What it draws after step {step}") }</p>
            <div class="grid" role="group" aria-label="Choose a picture">
                { for shown.slots.iter().enumerate().map(thumbnail) }
            </div>
        </section>
    }
}
