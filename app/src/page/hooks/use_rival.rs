//! Draws what the second of two runs has learned, and what it drew at an earlier step.

use std::cell::RefCell;
use std::rc::Rc;

use yew::prelude::*;

use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::{RIVAL, RIVAL_PAST, RIVAL_PICTURES};
use crate::page::training::readings::{PICTURES, PICTURES_SEED};
use crate::page::training::rival::RivalAction;
use crate::page::training::state::{Phase, TrainingAction};
use crate::page::view::state::State;
use crate::protocol::{DrawReply, Network, Pictures, Source, Weights};

/// Pictures of a run that goes on are drawn after so many milliseconds.
const REDRAW_MILLIS: f64 = 4000.0;

/// The same latents as the first run's pictures: now and then while it goes on, where it rests, and
/// whenever the slider stands at a snapshot.
#[hook]
pub fn use_rival(state: &UseReducerHandle<State>, engine: &Engine) {
    let training = &state.training;
    let rival = training.rival.as_ref().filter(|rival| rival.open);
    let back = training.back;
    {
        let (engine, dispatch) = (engine.clone(), state.dispatcher());
        let wanted = back.filter(|_| rival.is_some());
        use_effect_with(wanted, move |&wanted| {
            let Some(step) = wanted else {
                engine.forget(RIVAL_PAST);
                return;
            };
            let pictures = Pictures {
                network: Network {
                    of: Source::Run(RIVAL),
                    weights: Weights::Snapshot(step),
                },
                ..of_rival(RIVAL_PAST)
            };
            engine.redraw(pictures, move |reply| {
                if let DrawReply::Sample { index, sample } = reply {
                    let past = TrainingAction::RivalPast {
                        step,
                        index,
                        sample,
                    };
                    dispatch.dispatch(past.into());
                }
            });
        });
    }
    let last: Rc<RefCell<(bool, f64)>> = use_mut_ref(|| (false, 0.0));
    let (engine, dispatch) = (engine.clone(), state.dispatcher());
    let resting = training.phase == Phase::Resting;
    let at = rival.map(|rival| (rival.step, rival.drawn_at.filter(|_| rival.drawn_live)));
    use_effect_with((at, resting, back), move |&(at, resting, back)| {
        let Some((step, drawn_at)) = at.filter(|_| back.is_none()) else {
            engine.forget(RIVAL_PICTURES);
            last.take();
            return;
        };
        let now = js_sys::Date::now();
        let (under_way, then) = *last.borrow();
        let early = !resting && drawn_at.is_some() && now - then < REDRAW_MILLIS;
        if under_way || drawn_at == Some(step) || early {
            return;
        }
        last.replace((true, now));
        engine.draw(of_rival(RIVAL_PICTURES), move |reply| {
            let action = match reply {
                DrawReply::Sample { index, sample } => RivalAction::Place(index, sample),
                DrawReply::Done { .. } => {
                    last.replace((false, js_sys::Date::now()));
                    RivalAction::Drawn(step)
                }
                DrawReply::Failed { .. } => {
                    last.borrow_mut().0 = false;
                    return;
                }
                _ => return,
            };
            dispatch.dispatch(TrainingAction::Rival(action).into());
        });
    });
}

fn of_rival(topic: u32) -> Pictures {
    Pictures::of_seed(topic, Source::Run(RIVAL), PICTURES_SEED, 0, PICTURES)
}
