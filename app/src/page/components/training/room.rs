//! The training room, above the microscope.

use yew::prelude::*;

use super::curves::Curves;
use super::film_panel::FilmPanel;
use super::run_card::RunCard;
use super::run_form::RunForm;
use super::shelf::Shelf;
use super::step_slider::StepSlider;
use super::watch_card::WatchCard;
use crate::page::attention::pixel::Point;
use crate::page::components::heat_canvas::HeatCanvas;
use crate::page::components::map_marks::MapMarks;
use crate::page::components::segments::{Segment, Segments};
use crate::page::components::thumbnail::Thumbnail;
use crate::page::hooks::use_looks::Layers;
use crate::page::hooks::use_training::Asks;
use crate::page::training::rival::{Rival, RivalAction};
use crate::page::training::state::{Phase, Training, TrainingAction};
use crate::page::training::timeline::nearest;
use crate::page::view::looking::Looking;
use crate::page::view::slot::Slot;
use crate::page::view::state::State;

/// What the room needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What the page knows of training.
    pub training: Training,
    /// How maps are looked at.
    pub looking: Looking,
    /// What the maps of the chosen picture say of the pixel in question.
    pub looks: Option<Layers>,
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
        looking,
        looks,
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
    let onpick = {
        let (dispatch, snapshots) = (dispatch.clone(), training.run.snapshots.clone());
        Callback::from(move |step| {
            let back = nearest(&snapshots, step);
            dispatch.dispatch(TrainingAction::Back(back).into());
        })
    };
    let onrefused = {
        let dispatch = dispatch.clone();
        Callback::from(move |sentence: &'static str| {
            dispatch.dispatch(TrainingAction::Notice(Some(sentence.into())).into());
        })
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
                        <RunCard training={training.clone()} asks={asks.clone()} dispatch={dispatch.clone()} />
                    }
                    if training.run.snapshots.len() > 1 && training.run.drawn_at.is_some() {
                        <StepSlider training={training.clone()} dispatch={dispatch.clone()} />
                    }
                    { pictures(training, looking, looks.as_ref(), dispatch) }
                    if training.run.history.is_empty() {
                        <p class="quiet run-empty">{ "Curves and pictures appear with the first steps. Point at a picture then, and see where the young network looks." }</p>
                    } else {
                        <Curves
                            history={training.run.history.clone()} vital_names={training.run.vital_names.clone()} vitals={training.run.vitals.clone()}
                            rival={training.rival.clone()} back={training.back} {onpick} {onrefused}
                        />
                    }
                </div>
            }
        </section>
    }
}

/// What the run draws of always the same latents.
fn pictures(
    training: &Training,
    looking: &Looking,
    looks: Option<&Layers>,
    dispatch: &UseReducerDispatcher<State>,
) -> Html {
    let shown = &training.run.pictures;
    let Some(step) = training.run.drawn_at else {
        return Html::default();
    };
    let it = training
        .rival
        .as_ref()
        .map_or("it", |rival| rival.names[0].as_str());
    let thumbnail = |(index, slot): (usize, &Option<Slot>)| {
        html! {
            <Thumbnail
                key={index} {index} picture={slot.as_ref().map(|slot| slot.picture.clone())} stale=false
                chosen={index == shown.chosen && slot.is_some()} dispatch={dispatch.clone()}
            />
        }
    };
    let look_at = {
        let dispatch = dispatch.clone();
        Callback::from(move |rival: usize| {
            dispatch.dispatch(TrainingAction::Rival(RivalAction::LookAt(rival == 1)).into());
        })
    };
    html! {
        <section class="samples" aria-label="What it draws">
            if let Some(rival) = &training.rival {
                { whose(rival, look_at.clone()) }
            }
            <p class="quiet" data-testid="drawn-at" data-step={step.to_string()}>{ match training.back {
                Some(_) => format!("What {it} drew after step {step}"),
                None => format!("What {it} draws after step {step}"),
            } }</p>
            <div class="grid" role="group" aria-label="Choose a picture">
                { for shown.slots.iter().enumerate().map(thumbnail) }
            </div>
            if let Some(rival) = &training.rival {
                { pictures_of(rival, training.back.is_some(), look_at, dispatch) }
            }
            if let Some((Point { x, y }, looks)) = looking.pixel().zip(looks) {
                <p class="quiet">{ format!("Where pixel ({x}, {y}) of the chosen one looks; larger below") }</p>
                <div class="glance" data-testid="glance">
                    { for looks.iter().enumerate().map(|(layer, look)| html! {
                        <span class="map-frame">
                            <HeatCanvas look={look.clone()} display={looking.display} testid={format!("glance-{layer}")} />
                            <MapMarks look={look.clone()} pin={looking.pins.active()} bare=true />
                        </span>
                    }) }
                </div>
            }
            if training.run.snapshots.len() > 1 {
                <FilmPanel training={training.clone()} looking={*looking} />
            }
        </section>
    }
}

/// Whose maps the microscope shows.
fn whose(rival: &Rival, onchoose: Callback<usize>) -> Html {
    let segments = rival.names.iter().zip(["first", "second"]);
    let segments = segments.map(|(name, key)| Segment {
        name: name.clone().into(),
        testid: format!("look-at-{key}").into(),
    });
    let chosen = Some(usize::from(rival.looked_at));
    html! {
        <div class="whose">
            <span class="quiet" aria-hidden="true">{ "Maps of" }</span>
            <Segments legend="Whose maps are shown" group="whose" segments={segments.collect::<Vec<_>>()} {chosen} {onchoose} />
        </div>
    }
}

/// What the second run draws of the same latents; choosing one shows its maps.
fn pictures_of(
    rival: &Rival,
    past: bool,
    look_at: Callback<usize>,
    dispatch: &UseReducerDispatcher<State>,
) -> Html {
    let shown = &rival.run.pictures;
    let name = &rival.names[1];
    let says = match rival.run.drawn_at {
        Some(step) if past => format!("What {name} drew after step {step}"),
        Some(step) => format!("What {name} draws after step {step}"),
        None => format!("What {name} draws comes with its first steps"),
    };
    let thumbnail = |(index, slot): (usize, &Option<Slot>)| {
        html! {
            <Thumbnail
                key={index} {index} picture={slot.as_ref().map(|slot| slot.picture.clone())} stale=false
                chosen={index == shown.chosen && slot.is_some()} called="rival" dispatch={dispatch.clone()}
            />
        }
    };
    html! {
        <>
            <p class="quiet" data-testid="rival-drawn-at" data-step={rival.run.drawn_at.map(|step| step.to_string())}>{ says }</p>
            <div class="grid" role="group" aria-label={format!("Choose a picture of {name}")} onclick={look_at.reform(|_: MouseEvent| 1)}>
                { for shown.slots.iter().enumerate().map(thumbnail) }
            </div>
        </>
    }
}
