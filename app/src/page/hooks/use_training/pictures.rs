//! Draws what a run's generator draws of always the same latents: now, and at an earlier step.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::{OF_RIVAL, OF_RUN, RunNumbers};
use crate::page::training::readings::{PICTURES, PICTURES_SEED};
use crate::page::training::run::Which;
use crate::page::training::state::{Phase, TrainingAction as A};
use crate::page::view::state::State;
use crate::page::visibility::is_hidden;
use crate::protocol::{DrawReply, Network, Parts, Pictures, Source, Weights};

/// Pictures of a run that goes on are drawn after so many milliseconds, and never for more than one
/// part in so many of the time.
const REDRAW_MILLIS: f64 = 3000.0;
const REDRAW_SHARE: f64 = 16.0;

/// How long a snapshot must be looked at before all of its pictures get their maps.
const REST_MILLIS: u32 = 500;

/// Draws what the run, or the one beside it, has learned, and whenever the slider stands at a
/// snapshot what it drew then.
#[hook]
pub fn use_pictures(state: &UseReducerHandle<State>, engine: &Engine, which: Which) {
    use_running(state, engine, which);
    use_past(state, engine, which);
}

/// What was drawn of a run last.
#[derive(Default)]
struct Drawn {
    under_way: bool,
    at: f64,
    millis: f64,
}

/// Draws what the run has learned: every now and then while it goes on, and where it rests.
#[hook]
fn use_running(state: &UseReducerHandle<State>, engine: &Engine, which: Which) {
    let drawn: Rc<RefCell<Drawn>> = use_mut_ref(Drawn::default);
    let training = &state.training;
    let (engine, dispatch) = (engine.clone(), state.dispatcher());
    let resting = match training.phase {
        Phase::Resting => Some(true),
        Phase::Going(_) => Some(false),
        Phase::None | Phase::Opening(_) => None,
    };
    let run = training.open(which);
    let step = run.map(|run| run.step());
    let drawn_at = run.and_then(|run| run.drawn_at.filter(|_| run.drawn_live));
    let wanted = (resting, step, drawn_at, training.back);
    // Two runs share the time.
    let share = REDRAW_SHARE
        * [Which::First, Which::Second]
            .map(|one| training.open(one).map_or(0.0, |_| 1.0))
            .iter()
            .sum::<f64>();
    use_effect_with(wanted, move |&(resting, step, drawn_at, back)| {
        let numbers = numbers(which);
        let (Some(resting), Some(step), None) = (resting, step, back) else {
            // Whatever is under way is another run's, or not what is looked at.
            engine.forget(numbers.pictures);
            drawn.take();
            return;
        };
        let now = js_sys::Date::now();
        {
            let last = drawn.borrow();
            let pause = REDRAW_MILLIS.max(share * last.millis);
            let early = !resting && drawn_at.is_some() && now - last.at < pause;
            // Nobody sees them.
            let early = early || !resting && is_hidden();
            if last.under_way || drawn_at == Some(step) || early {
                return;
            }
        }
        drawn.borrow_mut().under_way = true;
        let all = pictures(numbers.pictures, numbers, Weights::Average, 0, PICTURES);
        engine.draw(all, move |reply| match reply {
            DrawReply::Sample { index, sample } => {
                dispatch.dispatch(A::Place(which, index, sample).into());
            }
            DrawReply::Done { millis } => {
                let at = js_sys::Date::now();
                drawn.replace(Drawn {
                    under_way: false,
                    at,
                    millis,
                });
                dispatch.dispatch(A::Drawn(which, step).into());
            }
            DrawReply::Failed { .. } => {
                drawn.borrow_mut().under_way = false;
            }
            _ => {}
        });
    });
}

/// While snapshots pass by, the large picture comes with its maps and the others without; where the
/// slider rests, all come with theirs.
#[hook]
fn use_past(state: &UseReducerHandle<State>, engine: &Engine, which: Which) {
    let training = &state.training;
    let run = training.open(which);
    let chosen = run.map_or(0, |run| run.pictures.chosen as u32);
    let back = training.back.filter(|_| run.is_some());
    let numbers = numbers(which);
    {
        let (engine, dispatch) = (engine.clone(), state.dispatcher());
        use_effect_with((back, chosen), move |&(back, chosen)| {
            let Some(step) = back else {
                engine.forget(numbers.past);
                engine.forget(numbers.past_large);
                return;
            };
            let then = Weights::Snapshot(step);
            let thumbnails = Pictures {
                parts: Parts {
                    attention: false,
                    ..Parts::default()
                },
                ..pictures(numbers.past, numbers, then, 0, PICTURES)
            };
            let large = pictures(numbers.past_large, numbers, then, chosen, 1);
            // The engine draws for the newest request first.
            engine.redraw(thumbnails, hear(&dispatch, which, step, 0));
            engine.redraw(large, hear(&dispatch, which, step, chosen));
        });
    }
    let (engine, dispatch) = (engine.clone(), state.dispatcher());
    let resting = back.filter(|_| !training.playing);
    use_effect_with(resting, move |&resting| {
        let later = resting.map(|step| {
            Timeout::new(REST_MILLIS, move || {
                let all = pictures(numbers.past, numbers, Weights::Snapshot(step), 0, PICTURES);
                engine.redraw(all, hear(&dispatch, which, step, 0));
            })
        });
        move || drop(later)
    });
}

fn numbers(which: Which) -> RunNumbers {
    match which {
        Which::First => OF_RUN,
        Which::Second => OF_RIVAL,
    }
}

/// Pictures of always the same latents, as a run's average drew them after a step.
pub(crate) fn past(which: Which, topic: u32, step: u64, first: u32, count: u32) -> Pictures {
    let then = Weights::Snapshot(step);
    pictures(topic, numbers(which), then, first, count)
}

/// Pictures of always the same latents, as these weights of the run draw them.
fn pictures(topic: u32, of: RunNumbers, weights: Weights, first: u32, count: u32) -> Pictures {
    let of = Source::Run(of.run);
    Pictures {
        network: Network { of, weights },
        ..Pictures::of_seed(topic, of, PICTURES_SEED, first, count)
    }
}

/// Puts what is drawn where it belongs.
fn hear(
    dispatch: &UseReducerDispatcher<State>,
    which: Which,
    step: u64,
    first: u32,
) -> impl Fn(DrawReply) + 'static {
    let dispatch = dispatch.clone();
    move |reply| {
        let action = match reply {
            DrawReply::Sample { index, sample } => A::Past {
                which,
                step,
                index: first + index,
                sample,
            },
            DrawReply::Failed { sentence } => A::Notice(Some(sentence)),
            // Nothing to be done, or answers to other questions.
            _ => return,
        };
        dispatch.dispatch(action.into());
    }
}
