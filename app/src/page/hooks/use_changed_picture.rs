//! Draws the chosen picture with what is changed.

use yew::prelude::*;

use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::{CHANGED, CHOSEN_MODEL};
use crate::page::view::edits::{EditsAction, Layers};
use crate::page::view::state::State;
use crate::protocol::{DrawReply, Pictures, Source};

/// Asks for the chosen picture whenever another change is made, and whenever another is chosen. While
/// one is drawn only the newest of all later changes waits.
#[hook]
pub fn use_changed_picture(state: &UseReducerHandle<State>, engine: &Engine) {
    let (engine, dispatch) = (engine.clone(), state.dispatcher());
    let wanted = (
        state.engine.runs() && state.edits.any(),
        state.pictures.seed,
        state.pictures.chosen,
        state.edits.layers().clone(),
    );
    use_effect_with(wanted, move |(any, seed, index, layers)| {
        if !any {
            engine.forget(CHANGED);
            return;
        }
        let (seed, index, layers) = (*seed, *index, layers.clone());
        engine.redraw(changed(seed, index, &layers), move |reply| {
            let action = match reply {
                DrawReply::Sample { sample, .. } => EditsAction::Redrawn {
                    seed,
                    index,
                    layers: layers.clone(),
                    sample,
                },
                DrawReply::Failed { sentence } => EditsAction::Refused(layers.clone(), sentence),
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

/// One picture of a seed, with changes.
fn changed(seed: u64, index: usize, layers: &Layers) -> Pictures {
    let model = Source::Model(CHOSEN_MODEL);
    Pictures {
        edits: layers.to_vec(),
        ..Pictures::of_seed(CHANGED, model, seed, index as u32, 1)
    }
}
