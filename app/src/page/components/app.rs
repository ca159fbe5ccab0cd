//! The whole page.

use yew::prelude::*;

use super::explanation::Explanation;
use super::failure_card::FailureCard;
use super::map_panel::MapPanel;
use super::picture::Picture;
use super::progress_card::ProgressCard;
use super::samples::Samples;
use super::status_line::StatusLine;
use crate::page::hooks::use_address::{read_address, use_address};
use crate::page::hooks::use_engine::use_engine;
use crate::page::hooks::use_escape::use_escape;
use crate::page::state::{Phase, State};

/// The whole page.
#[component]
pub fn App() -> Html {
    let state = use_reducer(|| State::at(&read_address()));
    use_engine(&state);
    use_address(state.address());
    use_escape(state.dispatcher());
    let dispatch = state.dispatcher();

    html! {
        <div class="page" data-state={state.word()}>
            <header class="masthead">
                <h1>{ "Saganscope" }</h1>
                <p class="tagline">{ "A Self-Attention GAN draws on your own machine. Point at a pixel and see where the generator looked when it drew it." }</p>
                <StatusLine state={(*state).clone()} />
            </header>
            <main>
                if state.chosen_slot().is_some() {
                    { failure(&state, true) }
                }
                <div class="tool">
                    <Samples
                        slots={state.slots.clone()} chosen={state.chosen} drawing={state.drawing.then_some(state.request)} seed={state.seed}
                        enabled={state.phase == Phase::Running} dispatch={dispatch.clone()}
                    />
                    { stage(&state) }
                    { maps(&state) }
                </div>
                <Explanation model={state.model.clone()} />
            </main>
        </div>
    }
}

/// The middle: the chosen picture, or what it is waiting for.
fn stage(state: &UseReducerHandle<State>) -> Html {
    if let Some(slot) = state.chosen_slot() {
        return html! {
            <Picture
                slot={slot.clone()} sample={state.chosen} stale={state.drawing && slot.request != state.request}
                overlay={state.overlay} query={state.query} has_pointed={state.has_pointed} dispatch={state.dispatcher()}
            />
        };
    }
    html! {
        <section class="stage" aria-label="Chosen picture">
            <div class="stage-head" />
            <div class="picture picture-empty">
                if let Phase::Loading(loading) = &state.phase {
                    <ProgressCard loading={loading.clone()} checkpoint={state.settings.checkpoint.clone()} />
                } else if state.drawing {
                    <p class="waiting">{ "Drawing…" }</p>
                }
                { failure(state, false) }
            </div>
        </section>
    }
}

/// What went wrong, if something did: above the pictures that there are, or in their place.
fn failure(state: &UseReducerHandle<State>, keeps_pictures: bool) -> Html {
    match &state.phase {
        Phase::Failed(failure) => {
            html! { <FailureCard failure={failure.clone()} dispatch={state.dispatcher()} {keeps_pictures} /> }
        }
        _ => Html::default(),
    }
}

/// The right: each layer's map and what it says.
fn maps(state: &UseReducerHandle<State>) -> Html {
    let slot = state.chosen_slot();
    let panels = slot.map_or_else(
        || (0..2).map(|_| html! { <article class="map map-empty" aria-hidden="true" /> }).collect::<Html>(),
        |slot| {
            let panel = |(layer, reading): (usize, &_)| {
                html! {
                    <MapPanel
                        key={layer} {layer} reading={Clone::clone(reading)} size={slot.picture.side} seed={slot.seed}
                        sample={state.chosen} query={state.query} dispatch={state.dispatcher()}
                    />
                }
            };
            slot.layers.iter().enumerate().map(panel).collect()
        },
    );
    html! { <section class="maps" aria-label="Attention maps">{ panels }</section> }
}
