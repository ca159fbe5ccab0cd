//! Opens the model that the visitor chose.

use yew::prelude::*;

use crate::page::engine::handle::Engine;
use crate::page::engine::loading::{Bytes, Part};
use crate::page::engine::numbers::CHOSEN_MODEL;
use crate::page::engine::opening::{Opening, Wanted, open};
use crate::page::engine::task::Task;
use crate::page::view::engine::EngineAction;
use crate::page::view::state::State;

/// Downloads the chosen model and has the engine open it, whenever another is chosen and whenever
/// the engine is started.
#[hook]
pub fn use_model(state: &UseReducerHandle<State>, engine: &Engine) {
    let (engine, dispatch) = (engine.clone(), state.dispatcher());
    let settings = state.engine.settings.clone();
    use_effect_with((state.engine.attempt, state.engine.opening), move |_| {
        let opening = settings.check().is_ok().then(|| {
            let wanted = Wanted {
                checkpoint: settings.checkpoint,
                model: CHOSEN_MODEL,
                device: settings.device,
            };
            let told = move |opening| dispatch.dispatch(action_of(opening).into());
            Task::begin(|signal| open(engine, wanted, signal, told))
        });
        move || drop(opening)
    });
}

fn action_of(opening: Opening) -> EngineAction {
    match opening {
        Opening::Downloaded(Bytes { done, total }) => EngineAction::Downloaded {
            part: Part::Checkpoint,
            done,
            total,
        },
        Opening::Reached(stage) => EngineAction::Reach(stage),
        Opening::Ready(device, model) => EngineAction::Ready { device, model },
        Opening::Failed(failure) => EngineAction::FailToOpen(failure),
    }
}
