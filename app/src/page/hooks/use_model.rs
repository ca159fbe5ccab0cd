//! Opens the model that the visitor chose.

use web_sys::AbortSignal;
use yew::prelude::*;

use crate::page::engine::download::download;
use crate::page::engine::handle::Engine;
use crate::page::engine::loading::Part;
use crate::page::engine::numbers::CHOSEN_MODEL;
use crate::page::engine::task::Task;
use crate::page::failure::Failure;
use crate::page::view::engine::EngineAction;
use crate::page::view::settings::Settings;
use crate::page::view::state::State;
use crate::protocol::{Draw, DrawReply, wire::File};

type Dispatch = UseReducerDispatcher<State>;

/// Downloads the chosen model and has the engine open it, whenever another is chosen and whenever
/// the engine is started.
#[hook]
pub fn use_model(state: &UseReducerHandle<State>, engine: &Engine) {
    let (engine, dispatch) = (engine.clone(), state.dispatcher());
    let settings = state.engine.settings.clone();
    use_effect_with((state.engine.attempt, state.engine.opening), move |_| {
        let opening = settings.check().is_ok().then(|| {
            Task::begin(|signal| async move {
                let opened = open(&engine, settings, &signal, &dispatch).await;
                match opened {
                    Err(failure) if !signal.aborted() => {
                        dispatch.dispatch(EngineAction::FailToOpen(failure).into());
                    }
                    _ => {}
                }
            })
        });
        move || drop(opening)
    });
}

async fn open(
    engine: &Engine,
    settings: Settings,
    signal: &AbortSignal,
    dispatch: &Dispatch,
) -> Result<(), Failure> {
    let part = Part::Checkpoint;
    let progress = {
        let dispatch = dispatch.clone();
        move |done, total| dispatch.dispatch(EngineAction::Downloaded { part, done, total }.into())
    };
    let checkpoint = download(&settings.checkpoint, signal, progress).await?;
    if signal.aborted() {
        return Ok(());
    }
    let name = settings.checkpoint.rsplit('/').next();
    let ask = Draw::Open {
        model: CHOSEN_MODEL,
        checkpoint: File(checkpoint),
        name: name.unwrap_or_default().to_owned(),
        device: settings.device,
    };
    let (signal, dispatch) = (signal.clone(), dispatch.clone());
    engine.models(ask, move |reply| {
        let action = match reply {
            // Another one has been chosen meanwhile.
            _ if signal.aborted() => return,
            DrawReply::Stage(stage) => EngineAction::Reach(stage),
            DrawReply::Ready { device, model } => EngineAction::Ready { device, model },
            DrawReply::Failed { sentence } => {
                EngineAction::FailToOpen(Failure::Engine { sentence })
            }
            // Answers to other questions.
            DrawReply::Closed
            | DrawReply::Sample { .. }
            | DrawReply::Done { .. }
            | DrawReply::Superseded => return,
        };
        dispatch.dispatch(action.into());
    });
    Ok(())
}
