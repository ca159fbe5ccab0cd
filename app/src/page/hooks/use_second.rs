//! Opens the second model, and has it draw the chosen picture too.

use yew::prelude::*;

use crate::page::attention::lens::Lens;
use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::{SECOND, SECOND_MODEL};
use crate::page::engine::opening::{Opening, Wanted, open};
use crate::page::engine::task::Task;
use crate::page::view::second::SecondAction;
use crate::page::view::state::State;
use crate::protocol::{Draw, DrawReply, Parts, Pictures, Source};

/// Downloads the second model and has the engine open it, whenever another is wanted and whenever
/// the engine is started anew, and asks it for the chosen picture. The chosen model comes first:
/// nobody should wait for a second one to see a picture.
#[hook]
pub fn use_second(state: &UseReducerHandle<State>, engine: &Engine) {
    let second = &state.second;
    let asks = state.engine.listens && state.engine.device.is_some();
    let device = state.engine.settings.device;
    {
        let (engine, dispatch) = (engine.clone(), state.dispatcher());
        let checkpoint = second.checkpoint().cloned();
        let wanted = (asks, state.engine.attempt, second.opening);
        use_effect_with(wanted, move |&(asks, _, opening)| {
            let begun = match checkpoint {
                Some(checkpoint) if asks => {
                    dispatch.dispatch(SecondAction::Begin.into());
                    let wanted = Wanted {
                        checkpoint,
                        model: SECOND_MODEL,
                        device,
                    };
                    let told = move |opening| dispatch.dispatch(action_of(opening).into());
                    Some(Task::begin(|signal| open(engine, wanted, signal, told)))
                }
                None if asks && opening > 0 => {
                    let model = SECOND_MODEL;
                    engine.models(Draw::Close { model }, |_| {});
                    None
                }
                _ => None,
            };
            move || drop(begun)
        });
    }
    let (engine, dispatch) = (engine.clone(), state.dispatcher());
    let open = asks && second.model().is_some();
    let wanted = (
        open,
        second.opening,
        state.pictures.seed,
        state.pictures.chosen,
        state.edits.changes().clone(),
        state.looking.lens == Lens::WouldLose,
    );
    use_effect_with(wanted, move |(open, _, seed, index, changes, loses)| {
        let (seed, index) = (*seed, *index);
        if !open {
            engine.forget(SECOND);
            return;
        }
        let of = Source::Model(SECOND_MODEL);
        // What is changed in layers is of the first model's.
        let pictures = Pictures {
            parts: Parts {
                values: *loses,
                layer_maps: *loses,
                ..Parts::default()
            },
            ..changes.without_edits(SECOND, of, seed, index)
        };
        engine.redraw(pictures, move |reply| {
            let action = match reply {
                DrawReply::Sample { sample, .. } => SecondAction::Drawn {
                    seed,
                    index,
                    sample,
                },
                DrawReply::Failed { sentence } => SecondAction::Refuse(sentence),
                // Nothing to be done, or answers to other questions.
                DrawReply::Done { .. }
                | DrawReply::Superseded
                | DrawReply::Stage(_)
                | DrawReply::Ready { .. }
                | DrawReply::Closed => return,
            };
            dispatch.dispatch(action.into());
        });
    });
}

fn action_of(opening: Opening) -> SecondAction {
    match opening {
        Opening::Downloaded(bytes) => SecondAction::Downloaded(bytes),
        Opening::Reached(stage) => SecondAction::Reach(stage),
        Opening::Ready(_, model) => SecondAction::Ready(model),
        Opening::Failed(failure) => SecondAction::Fail(failure),
    }
}
