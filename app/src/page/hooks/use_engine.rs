//! Starts the engine and keeps it.

use web_sys::AbortSignal;
use yew::prelude::*;

use crate::page::engine::download::download_program;
use crate::page::engine::handle::{Engine, Told};
use crate::page::engine::loading::Part;
use crate::page::engine::reload;
use crate::page::engine::task::Task;
use crate::page::failure::Failure;
use crate::page::view::engine::EngineAction;
use crate::page::view::settings::ENGINE_WASM;
use crate::page::view::state::State;

type Dispatch = UseReducerDispatcher<State>;

/// The engine, which is started when the page opens and whenever it is to be started again.
#[hook]
pub fn use_engine(state: &UseReducerHandle<State>) -> Engine {
    let engine = (*use_memo((), |()| Engine::default())).clone();
    {
        let (engine, dispatch) = (engine.clone(), state.dispatcher());
        use_effect_with(state.engine.attempt, move |_| {
            let start = Task::begin(|signal| {
                let (engine, dispatch) = (engine.clone(), dispatch);
                async move {
                    let started = start(&engine, &signal, &dispatch).await;
                    match started {
                        Err(failure) if !signal.aborted() => {
                            dispatch.dispatch(EngineAction::Fail(failure).into());
                        }
                        _ => {}
                    }
                }
            });
            move || {
                drop(start);
                engine.stop();
            }
        });
    }
    engine
}

async fn start(engine: &Engine, signal: &AbortSignal, dispatch: &Dispatch) -> Result<(), Failure> {
    let part = Part::Engine;
    let progress = {
        let dispatch = dispatch.clone();
        move |done, total| dispatch.dispatch(EngineAction::Downloaded { part, done, total }.into())
    };
    let program = download_program(ENGINE_WASM, signal, progress).await?;
    if signal.aborted() {
        return Ok(());
    }
    let dispatch = dispatch.clone();
    engine.start(&program, move |told| {
        let action = match told {
            Told::Listening => {
                reload::succeeded();
                EngineAction::Listens
            }
            Told::OtherBuild if reload::once() => return,
            Told::OtherBuild => EngineAction::Fail(Failure::OtherBuild),
            Told::Lost(failure) => EngineAction::Fail(failure),
        };
        dispatch.dispatch(action.into());
    })
}
