//! Draws the pictures to choose from.

use yew::prelude::*;

use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::{CHOSEN_MODEL, GRID};
use crate::page::failure::Failure;
use crate::page::view::engine::EngineAction;
use crate::page::view::pictures::PicturesAction;
use crate::page::view::state::{Action, State};
use crate::protocol::{DrawReply, Latents, Network, Parts, Pictures, Source, Weights};

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
        engine.draw(grid(seed, count), move |reply| {
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

/// The pictures of a seed, as the chosen model draws them.
fn grid(seed: u64, count: u32) -> Pictures {
    Pictures {
        topic: GRID,
        network: Network {
            of: Source::Model(CHOSEN_MODEL),
            weights: Weights::Average,
        },
        latents: Latents::Seed {
            seed,
            first: 0,
            count,
        },
        noise: None,
        edits: Vec::new(),
        parts: Parts::default(),
    }
}
