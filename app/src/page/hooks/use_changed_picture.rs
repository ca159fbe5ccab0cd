//! Draws the chosen picture with what is changed.

use yew::prelude::*;

use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::{CHANGED, CHOSEN_MODEL};
use crate::page::view::edits::EditsAction;
use crate::page::view::state::State;
use crate::protocol::{DrawReply, Source};

/// Asks for the chosen picture whenever another change is made, and whenever another is chosen. While
/// one is drawn only the newest of all later changes waits.
#[hook]
pub fn use_changed_picture(state: &UseReducerHandle<State>, engine: &Engine) {
    let (engine, dispatch) = (engine.clone(), state.dispatcher());
    let wanted = (
        state.engine.runs() && state.edits.any(),
        state.pictures.seed,
        state.pictures.chosen,
        state.edits.changes().clone(),
    );
    use_effect_with(wanted, move |(any, seed, index, changes)| {
        if !any {
            engine.forget(CHANGED);
            return;
        }
        let (seed, index, changes) = (*seed, *index, changes.clone());
        let model = Source::Model(CHOSEN_MODEL);
        engine.redraw(changes.picture(CHANGED, model, seed, index), move |reply| {
            let action = match reply {
                DrawReply::Sample { sample, .. } => EditsAction::Redrawn {
                    seed,
                    index,
                    changes: changes.clone(),
                    sample,
                },
                DrawReply::Failed { sentence } => EditsAction::Refused(changes.clone(), sentence),
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
