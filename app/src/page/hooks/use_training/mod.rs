//! What keeps the training room in step with the engine.

mod asks;
mod begin;
mod leaving;
mod pictures;
mod stored;

use yew::prelude::*;

pub use asks::Asks;
pub(super) use pictures::past;

use crate::page::engine::handle::Engine;
use crate::page::training::run::Which;
use crate::page::view::room::Room;
use crate::page::view::state::State;
use leaving::use_leaving;
use pictures::use_pictures;

/// What keeps the training room in step with the engine: worlds and the stored run when it is first
/// entered, own pictures when they are chosen, the run's pictures while it goes on; and nothing is
/// lost when the tab is hidden or closed.
#[hook]
pub fn use_training(state: &UseReducerHandle<State>, engine: &Engine) -> Asks {
    let training = &state.training;
    let asks = Asks {
        engine: engine.clone(),
        dispatch: state.dispatcher(),
        device: state.engine.settings.device,
        pair: training.open(Which::Second).is_some(),
    };
    {
        let asks = asks.clone();
        let wanted = state.room == Room::Train && state.engine.listens;
        use_effect_with((wanted, state.engine.attempt), move |&(wanted, _)| {
            if wanted {
                asks.look_for_worlds();
                asks.look_for_stored();
            }
        });
    }
    {
        let asks = asks.clone();
        let ready = training.wanted.clone().filter(|_| state.engine.listens);
        use_effect_with(ready, move |ready| {
            if let Some(wanted) = ready {
                asks.open_wanted(wanted.clone());
            }
        });
    }
    {
        let asks = asks.clone();
        let form = &training.form;
        // Albums go with the engine that holds them.
        let attempt = state.engine.attempt;
        let wanted = (training.files.clone(), form.size, form.mirror, attempt);
        use_effect_with(wanted, move |(files, size, mirror, _)| {
            if let Some(files) = files {
                asks.gather(files.clone(), *size, *mirror);
            }
        });
    }
    use_pictures(state, engine, Which::First);
    use_pictures(state, engine, Which::Second);
    use_leaving(training.would_lose());
    asks
}
