//! Starts the engine, keeps it, and asks it for pictures.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Uint8Array;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal};
use yew::prelude::*;

use crate::page::download::download;
use crate::page::engine_link::{EngineLink, Heard};
use crate::page::failure::Failure;
use crate::page::loading::Part;
use crate::page::settings::{ENGINE_WASM, Settings};
use crate::page::state::{Action, Phase, State};
use crate::protocol::Request;

type Dispatch = UseReducerDispatcher<State>;
type Link = Rc<RefCell<Option<EngineLink>>>;

/// Starts the engine when the page opens and at every retry, and posts each new request to it.
/// What comes back goes into the state.
#[hook]
pub fn use_engine(state: &UseReducerHandle<State>) {
    let link: Link = use_mut_ref(|| None);

    {
        let (link, dispatch, settings) = (link.clone(), state.dispatcher(), state.settings.clone());
        use_effect_with(state.attempt, move |_| {
            let start = Start::begin(settings, dispatch, link);
            move || drop(start)
        });
    }

    let dispatch = state.dispatcher();
    let (seed, count, running) = (
        state.seed,
        state.settings.count,
        state.phase == Phase::Running,
    );
    use_effect_with((running, state.request), move |&(running, request)| {
        if let (true, Some(link)) = (running, &*link.borrow())
            && let Err(failure) = link.post(&Request::Generate {
                request,
                seed,
                count,
            })
        {
            dispatch.dispatch(Action::Fail(failure));
        }
    });
}

/// A start under way, or the engine that came of it; dropping it ends both.
struct Start {
    link: Link,
    abort: Option<AbortController>,
}

impl Start {
    fn begin(settings: Settings, dispatch: Dispatch, link: Link) -> Self {
        let abort = AbortController::new().ok();
        if let (Some(abort), Ok(())) = (&abort, settings.check()) {
            let (signal, link) = (abort.signal(), link.clone());
            spawn_local(async move {
                let started = start(settings, &signal, dispatch.clone(), link).await;
                match started {
                    Err(failure) if !signal.aborted() => dispatch.dispatch(Action::Fail(failure)),
                    _ => {}
                }
            });
        }
        Self { link, abort }
    }
}

impl Drop for Start {
    fn drop(&mut self) {
        if let Some(abort) = &self.abort {
            abort.abort();
        }
        self.link.borrow_mut().take();
    }
}

async fn start(
    settings: Settings,
    signal: &AbortSignal,
    dispatch: Dispatch,
    link: Link,
) -> Result<(), Failure> {
    let fetch = |part, file: String| {
        let dispatch = dispatch.clone();
        async move {
            download(&file, signal, move |done, total| {
                dispatch.dispatch(Action::Downloaded { part, done, total })
            })
            .await
        }
    };
    let wasm = fetch(Part::Engine, ENGINE_WASM.to_owned());
    let checkpoint = fetch(Part::Checkpoint, settings.checkpoint.clone());
    let (wasm, checkpoint) = futures::future::try_join(wasm, checkpoint).await?;
    if signal.aborted() {
        return Ok(());
    }
    let heard = {
        let (link, dispatch) = (link.clone(), dispatch.clone());
        move |heard| match heard {
            Heard::Listening => open(&link, &settings, &checkpoint, &dispatch),
            Heard::Reply(reply) => dispatch.dispatch(Action::Engine(*reply)),
            Heard::Lost(failure) => dispatch.dispatch(Action::Fail(failure)),
        }
    };
    let started = EngineLink::start(&wasm, heard)?;
    link.replace(Some(started));
    Ok(())
}

fn open(link: &Link, settings: &Settings, checkpoint: &Uint8Array, dispatch: &Dispatch) {
    let name = settings
        .checkpoint
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let request = Request::Open {
        checkpoint: checkpoint.to_vec(),
        name,
        device: settings.device,
    };
    if let Some(link) = &*link.borrow()
        && let Err(failure) = link.post(&request)
    {
        dispatch.dispatch(Action::Fail(failure));
    }
}
