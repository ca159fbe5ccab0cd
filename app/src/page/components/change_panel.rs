//! What can be changed in the network while it draws.

use web_sys::Element;
use yew::prelude::*;

use super::brush_choice::BrushChoice;
use super::change_result::ChangeResult;
use super::layer_changes::LayerChanges;
use super::noise_choice::NoiseChoice;
use crate::page::attention::pixel::Point;
use crate::page::attention::region::Region;
use crate::page::image::Image;
use crate::page::keyboard;
use crate::page::view::edits::{Edits, EditsAction};
use crate::page::view::slot::Shared;
use crate::page::view::state::State;
use crate::protocol::LayerInfo;

/// What the panel needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The model's attention layers, from the coarsest.
    pub layers: Vec<LayerInfo>,
    /// What is changed.
    pub edits: Edits,
    /// The chosen picture without changes.
    pub before: Shared<Image>,
    /// With changes, once it is drawn.
    pub after: Option<Shared<Image>>,
    /// Whether a picture with the latest changes is still to come.
    pub redraws: bool,
    /// Width and height of each map that noise is added to.
    pub noisy: Vec<u32>,
    /// The seed of the pictures.
    pub seed: u64,
    /// Which of them is the chosen one, from 0.
    pub sample: usize,
    /// How many there are.
    pub count: usize,
    /// The pixels in question, where they are several.
    pub region: Option<Region>,
    /// The pixel in question.
    pub pixel: Option<Point>,
    /// Where changes go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// Each layer's γ and map, what touching a map does, and what comes of it. Folded away at first; the
/// E key opens and closes it.
#[component]
pub fn ChangePanel(props: &Props) -> Html {
    let Props {
        layers,
        edits,
        before,
        after,
        redraws,
        noisy,
        seed,
        sample,
        count,
        region,
        pixel,
        dispatch,
    } = props.clone();
    // Where the latent vector is moved, another panel tells.
    let here = !edits.changes().layers.is_empty() || edits.changes().noise.is_some();
    // What a link changes should not be hidden.
    let open = use_state_eq(|| here || edits.problem.is_some());
    let summary = use_node_ref();
    {
        let (toggle, summary) = (use_mut_ref(|| false), summary.clone());
        *toggle.borrow_mut() = *open;
        let setter = open.setter();
        use_effect_with((), move |()| {
            let listener = keyboard::listen(move |event| {
                if keyboard::is_plain(event) && event.key().eq_ignore_ascii_case("e") {
                    let now = !*toggle.borrow();
                    setter.set(now);
                    if let Some(summary) = summary.cast::<web_sys::HtmlElement>().filter(|_| now) {
                        // Where it cannot have the focus, the panel is open all the same.
                        let _ = summary.focus();
                    }
                }
            });
            move || drop(listener)
        });
    }
    let ontoggle = {
        let setter = open.setter();
        Callback::from(move |event: Event| {
            let details = event.target_dyn_into::<Element>();
            setter.set(details.is_some_and(|details| details.has_attribute("open")));
        })
    };
    let button = |name: &'static str, testid: &'static str, enabled: bool, action: EditsAction| {
        let dispatch = dispatch.clone();
        let onclick = Callback::from(move |_: MouseEvent| dispatch.dispatch(action.clone().into()));
        html! { <button type="button" class="small" disabled={!enabled} {onclick} data-testid={testid}>{ name }</button> }
    };
    let state = match (edits.any(), redraws) {
        (false, _) => "none",
        (true, true) => "drawing",
        (true, false) => "drawn",
    };
    html! {
        <details class="change" open={*open} {ontoggle} data-testid="change" data-changes={state}>
            <summary ref={summary} data-testid="change-summary">
                { "Change something" }
                if here { <span class="changed">{ "changed" }</span> }
            </summary>
            <div class="change-body">
                { for layers.iter().enumerate().map(|(layer, info)| html! {
                    <LayerChanges key={layer} {layer} info={*info} edit={edits.of(layer)} {seed} {sample} {count} dispatch={dispatch.clone()} />
                }) }
                if !noisy.is_empty() {
                    <NoiseChoice {noisy} noise={edits.changes().noise} {region} {pixel} size={before.side} dispatch={dispatch.clone()} />
                }
                if let Some(problem) = edits.problem.clone() {
                    <p class="change-problem" role="alert" data-testid="change-problem">{ problem }</p>
                }
                if let Some(after) = after {
                    <ChangeResult {before} {after} place={edits.changes().noise.and_then(|anew| anew.region)} />
                }
                <div class="change-buttons">
                    { button("Undo", "undo", edits.can_undo(), EditsAction::Undo) }
                    { button("Redo", "redo", edits.can_redo(), EditsAction::Redo) }
                    { button("Reset", "reset", edits.any(), EditsAction::Reset) }
                </div>
                <BrushChoice brush={edits.brush} dispatch={dispatch.clone()} />
            </div>
        </details>
    }
}
