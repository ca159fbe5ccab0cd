//! Draws what a run's generator drew at an earlier step.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::{PAST_LARGE, PAST_PICTURES, RUN};
use crate::page::training::readings::{PICTURES, PICTURES_SEED};
use crate::page::training::state::TrainingAction;
use crate::page::view::state::State;
use crate::protocol::{DrawReply, Network, Parts, Pictures, Source, Weights};

/// How long a snapshot must be looked at before all of its pictures get their maps.
const REST_MILLIS: u32 = 500;

/// While snapshots pass by, the large picture comes with its maps and the others without; where the
/// slider rests, all come with theirs.
#[hook]
pub fn use_past(state: &UseReducerHandle<State>, engine: &Engine) {
    let training = &state.training;
    let chosen = training.pictures.chosen as u32;
    {
        let (engine, dispatch) = (engine.clone(), state.dispatcher());
        use_effect_with((training.back, chosen), move |&(back, chosen)| {
            let Some(step) = back else {
                engine.forget(PAST_PICTURES);
                engine.forget(PAST_LARGE);
                return;
            };
            let thumbnails = Pictures {
                parts: Parts {
                    attention: false,
                    ..Parts::default()
                },
                ..past(PAST_PICTURES, step, 0, PICTURES)
            };
            // The engine draws for the newest request first.
            engine.redraw(thumbnails, hear(&dispatch, step, 0));
            engine.redraw(
                past(PAST_LARGE, step, chosen, 1),
                hear(&dispatch, step, chosen),
            );
        });
    }
    let (engine, dispatch) = (engine.clone(), state.dispatcher());
    let resting = training.back.filter(|_| !training.playing);
    use_effect_with(resting, move |&resting| {
        let later = resting.map(|step| {
            Timeout::new(REST_MILLIS, move || {
                engine.redraw(
                    past(PAST_PICTURES, step, 0, PICTURES),
                    hear(&dispatch, step, 0),
                );
            })
        });
        move || drop(later)
    });
}

/// Pictures of always the same latents, as the run's average drew them after a step.
pub(super) fn past(topic: u32, step: u64, first: u32, count: u32) -> Pictures {
    Pictures {
        network: Network {
            of: Source::Run(RUN),
            weights: Weights::Snapshot(step),
        },
        ..Pictures::of_seed(topic, Source::Run(RUN), PICTURES_SEED, first, count)
    }
}

/// Puts what is drawn where it belongs.
fn hear(
    dispatch: &UseReducerDispatcher<State>,
    step: u64,
    first: u32,
) -> impl Fn(DrawReply) + 'static {
    let dispatch = dispatch.clone();
    move |reply| {
        let action = match reply {
            DrawReply::Sample { index, sample } => TrainingAction::Past {
                step,
                index: first + index,
                sample,
            },
            DrawReply::Failed { sentence } => TrainingAction::Notice(Some(sentence)),
            // Nothing to be done, or answers to other questions.
            _ => return,
        };
        dispatch.dispatch(action.into());
    }
}
