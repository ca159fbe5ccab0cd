//! Starts the engine, keeps it, and asks it for pictures.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Uint8Array;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal};
use yew::prelude::*;

use crate::page::engine::download::{Program, download, download_program};
use crate::page::engine::link::{EngineLink, Heard};
use crate::page::engine::loading::Part;
use crate::page::engine::reload;
use crate::page::failure::Failure;
use crate::page::view::engine::EngineAction;
use crate::page::view::pictures::OPENING;
use crate::page::view::settings::{ENGINE_WASM, Settings};
use crate::page::view::state::State;
use crate::protocol::{
    Ask, Draw, Latents, Network, Parts, Pictures, Request, Source, Weights, wire::File,
};

type Dispatch = UseReducerDispatcher<State>;
type Link = Rc<RefCell<Option<EngineLink>>>;

/// What the page calls the model that it opens.
const MODEL: u32 = 1;

/// The topic of the pictures in the grid.
const GRID: u32 = 1;

/// Starts the engine when the page opens and at every retry, and posts each new request to it.
/// What comes back goes into the state.
#[hook]
pub fn use_engine(state: &UseReducerHandle<State>) {
    let link: Link = use_mut_ref(|| None);

    {
        let (link, dispatch, settings) = (
            link.clone(),
            state.dispatcher(),
            state.engine.settings.clone(),
        );
        use_effect_with(state.engine.attempt, move |_| {
            let start = Start::begin(settings, dispatch, link);
            move || drop(start)
        });
    }

    let dispatch = state.dispatcher();
    let (seed, count, running) = (
        state.pictures.seed,
        state.engine.settings.count,
        state.engine.runs(),
    );
    use_effect_with(
        (running, state.pictures.request),
        move |&(running, request)| {
            if running {
                post(&link, request, grid(seed, count), &dispatch);
            }
        },
    );
}

/// The pictures of a seed, as the open model draws them.
fn grid(seed: u64, count: u32) -> Draw {
    Draw::Pictures(Pictures {
        topic: GRID,
        network: Network {
            of: Source::Model(MODEL),
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
    })
}

/// Asks the engine, if there is one.
fn post(link: &Link, id: u32, ask: Draw, dispatch: &Dispatch) {
    let ask = Ask::Draw(ask);
    if let Some(link) = &*link.borrow()
        && let Err(failure) = link.post(&Request { id, ask })
    {
        dispatch.dispatch(EngineAction::Fail(failure).into());
    }
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
                    Err(failure) if !signal.aborted() => {
                        dispatch.dispatch(EngineAction::Fail(failure).into())
                    }
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
    let progress = |part| {
        let dispatch = dispatch.clone();
        move |done, total| dispatch.dispatch(EngineAction::Downloaded { part, done, total }.into())
    };
    let program = download_program(ENGINE_WASM, signal, progress(Part::Engine));
    let checkpoint = download(&settings.checkpoint, signal, progress(Part::Checkpoint));
    let (program, checkpoint): (Program, Uint8Array) =
        futures::future::try_join(program, checkpoint).await?;
    if signal.aborted() {
        return Ok(());
    }
    // Moved into the worker when it listens, and kept by nobody here.
    let checkpoint = RefCell::new(Some(open(&settings, checkpoint)));
    let heard = {
        let (link, dispatch, checkpoint) = (link.clone(), dispatch.clone(), Rc::new(checkpoint));
        move |heard| match heard {
            Heard::Listening => {
                reload::succeeded();
                if let Some(ask) = checkpoint.borrow_mut().take() {
                    post(&link, OPENING, ask, &dispatch);
                }
            }
            Heard::OtherBuild => {
                if !reload::once() {
                    dispatch.dispatch(EngineAction::Fail(Failure::OtherBuild).into());
                }
            }
            Heard::Reply(reply) => dispatch.dispatch(EngineAction::Heard(*reply).into()),
            Heard::Lost(failure) => dispatch.dispatch(EngineAction::Fail(failure).into()),
        }
    };
    let started = EngineLink::start(&program, heard)?;
    link.replace(Some(started));
    Ok(())
}

fn open(settings: &Settings, checkpoint: Uint8Array) -> Draw {
    let name = settings.checkpoint.rsplit('/').next();
    Draw::Open {
        model: MODEL,
        checkpoint: File(checkpoint),
        name: name.unwrap_or_default().to_owned(),
        device: settings.device,
    }
}
