//! Draws the pictures to choose from.

use yew::prelude::*;

use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::{CHOSEN_MODEL, GRID};
use crate::page::failure::Failure;
use crate::page::view::engine::EngineAction;
use crate::page::view::pictures::PicturesAction;
use crate::page::view::state::{Action, State};
use crate::protocol::{DrawReply, Pictures, Source};

/// Asks for the pictures of the seed whenever it is another one, and whenever a model is opened.
#[hook]
pub fn use_grid(state: &UseReducerHandle<State>, engine: &Engine) {
    let (engine, dispatch) = (engine.clone(), state.dispatcher());
    let wanted = (
        state.engine.runs(),
        state.pictures.seed,
        state.engine.settings.count,
    );
    use_effect_with(wanted, move |&(runs, seed, count)| {
        if !runs {
            engine.forget(GRID);
            return;
        }
        let pictures = Pictures::of_seed(GRID, Source::Model(CHOSEN_MODEL), seed, 0, count);
        engine.draw(pictures, move |reply| {
            let action: Action = match reply {
                DrawReply::Sample { index, sample } => PicturesAction::Place {
                    seed,
                    index,
                    sample,
                }
                .into(),
                DrawReply::Done { millis } => PicturesAction::Finish { seed, millis }.into(),
                DrawReply::Failed { sentence } => {
                    EngineAction::Fail(Failure::Engine { sentence }).into()
                }
                // Nothing to be done, or answers to other questions.
                DrawReply::Superseded
                | DrawReply::Stage(_)
                | DrawReply::Ready { .. }
                | DrawReply::Closed => return,
            };
            dispatch.dispatch(action);
        });
    });
}
