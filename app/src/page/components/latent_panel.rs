//! Where the latent vector is moved before the chosen picture is drawn.

use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use super::nudge_choice::NudgeChoice;
use super::pixel_canvas::PixelCanvas;
use crate::page::hooks::use_play::use_play;
use crate::page::image::Image;
use crate::page::motion;
use crate::page::view::changes::{Changes, MOST_SCALE, Move};
use crate::page::view::edits::EditsAction;
use crate::page::view::slot::Shared;
use crate::page::view::state::State;
use crate::page::words;
use crate::protocol::{Along, ModelInfo, Nudge};

/// How far a step goes where nothing moves by itself.
const STEP: f32 = 0.1;

/// What the panel needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The model that draws.
    pub model: ModelInfo,
    /// The sheet's pictures.
    pub sheet: Vec<Option<Shared<Image>>>,
    /// Which of them is chosen.
    pub chosen: usize,
    /// What is changed.
    pub changes: Changes,
    /// Whether a step can be taken back, and taken again.
    pub history: [bool; 2],
    /// Where changes go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// The way to another sample of the sheet, the vector's length, and steps along directions and single
/// numbers. Folded away at first.
#[component]
pub fn LatentPanel(props: &Props) -> Html {
    let Props {
        model,
        sheet,
        chosen,
        changes,
        history: [can_undo, can_redo],
        dispatch,
    } = props.clone();
    // What a link changes should not be hidden.
    let open = use_state_eq(|| changes.moves_latent());
    let ontoggle = {
        let setter = open.setter();
        Callback::from(move |event: Event| {
            let details = event.target_dyn_into::<Element>();
            setter.set(details.is_some_and(|details| details.has_attribute("open")));
        })
    };
    let send = Callback::from({
        let dispatch = dispatch.clone();
        move |action: EditsAction| dispatch.dispatch(action.into())
    });
    let make = send.reform(EditsAction::Move);
    let settle = send.reform(|_: Event| EditsAction::Settle);
    let toward = changes.moves.toward;
    let part = toward.map_or(0.0, |toward| toward.part);

    let wants_to_play = use_state_eq(|| false);
    let plays = *wants_to_play && *open && toward.is_some();
    use_play(
        plays,
        part,
        make.reform(Move::Part),
        send.reform(|()| EditsAction::Settle),
    );
    let onplay = {
        let (make, setter) = (make.clone(), wants_to_play.setter());
        Callback::from(move |_: MouseEvent| {
            if motion::is_reduced() && !plays {
                let next = part + STEP;
                make.emit(Move::Part(if next > 1.0 + STEP / 2.0 { 0.0 } else { next }));
            } else {
                setter.set(!plays);
            }
        })
    };
    let onpart = {
        let setter = wants_to_play.setter();
        make.reform(move |event: InputEvent| {
            setter.set(false);
            Move::Part(value_of(&event))
        })
    };
    let ends = sheet.iter().enumerate().map(|(index, picture)| {
        let is_there = toward.is_some_and(|toward| toward.picture as usize == index);
        let onclick = make.reform(move |_: MouseEvent| {
            Move::Toward(Some(index as u32).filter(|_| !is_there))
        });
        let here = index == chosen;
        let label = match here {
            true => format!("Sample {index}, where the way begins"),
            false => format!("Towards sample {index}"),
        };
        html! {
            <button
                key={index} type="button" class={classes!("thumbnail", here.then_some("here"))} aria-pressed={is_there.to_string()}
                aria-label={label.clone()} title={label} disabled={here || picture.is_none()} {onclick} data-testid={format!("toward-{index}")}
            >
                if let Some(image) = picture.clone() {
                    <PixelCanvas {image} testid={format!("toward-picture-{index}")} />
                }
            </button>
        }
    });
    let button = |name: &'static str, testid: &'static str, enabled: bool, action: EditsAction| {
        let onclick = send.reform(move |_: MouseEvent| action.clone());
        html! { <button type="button" class="small" disabled={!enabled} {onclick} data-testid={testid}>{ name }</button> }
    };
    let play_words = match (motion::is_reduced(), plays) {
        (true, false) => "Step",
        (false, false) => "Play",
        (_, true) => "Pause",
    };
    let scale = changes.moves.scale;
    html! {
        <details class="change latents" open={*open} {ontoggle} data-testid="latents">
            <summary data-testid="latents-summary">
                { "Move through the latents" }
                if changes.moves_latent() { <span class="changed">{ "moved" }</span> }
            </summary>
            <div class="change-body">
                <fieldset class="change-layer">
                    <legend>{ "To another sample" }</legend>
                    <div class="latent-ends" role="group" aria-label="Where the way leads">{ for ends }</div>
                    if let Some(toward) = toward {
                        <div class="latent-row">
                            <button type="button" class="small" onclick={onplay} aria-pressed={plays.to_string()} data-testid="play">{ play_words }</button>
                            <input
                                type="range" min="0" max="1" step="0.01" value={part.to_string()} oninput={onpart} onchange={settle.clone()}
                                aria-label={format!("Part of the way to sample {}", toward.picture)} aria-valuetext={words::percent(f64::from(part))} data-testid="part"
                            />
                            <output>{ words::percent(f64::from(part)) }</output>
                        </div>
                    }
                    <p class="quiet">
                        { if toward.is_some() {
                            "The way is an arc: the straight line would pass through vectors shorter than any that the model was trained on. Pins stay where they are."
                        } else {
                            "Choose a sample: the picture goes towards it, and the pins stay."
                        } }
                    </p>
                </fieldset>
                <fieldset class="change-layer">
                    <legend>{ "Length" }</legend>
                    <label class="latent-row">
                        <span>{ "Truncation" }</span>
                        <input
                            type="range" min="0" max={MOST_SCALE.to_string()} step="0.05" value={scale.to_string()}
                            aria-label="Factor on the latent vector" aria-valuetext={words::times(f64::from(scale))}
                            oninput={make.reform(|event: InputEvent| Move::Scale(value_of(&event)))} onchange={settle} data-testid="truncation"
                        />
                        <output>{ words::times(f64::from(scale)) }</output>
                    </label>
                    <p class="quiet">{ "All numbers of the vector times this: below 1 the picture comes nearer to the model's average one." }</p>
                </fieldset>
                <fieldset class="change-layer">
                    <legend>{ "Directions" }</legend>
                    <NudgeChoice directions=true count={model.z_dim} changes={changes.clone()} dispatch={dispatch.clone()} />
                    <NudgeChoice directions=false count={model.z_dim} changes={changes.clone()} dispatch={dispatch.clone()} />
                    // In an element of their own, so that what stands before them keeps its state.
                    <div>{ for changes.moves.nudges.iter().map(|nudge| taken_back(nudge, &make)) }</div>
                    <p class="quiet">{ "Directions are found from the first layer's weights (its singular vectors), the one it takes up most strongly first. A number is a single one of the vector." }</p>
                </fieldset>
                <div class="change-buttons">
                    { button("Undo", "latents-undo", can_undo, EditsAction::Undo) }
                    { button("Redo", "latents-redo", can_redo, EditsAction::Redo) }
                    { button("Back to the sample", "latents-home", changes.moves_latent(), EditsAction::Move(Move::Home)) }
                </div>
            </div>
        </details>
    }
}

/// A step, with a button that takes it back.
fn taken_back(&Nudge { along, by }: &Nudge, make: &Callback<Move>) -> Html {
    let what = match along {
        Along::Direction(index) => format!("Direction {}", index + 1),
        Along::Number(index) => format!("Number {}", index + 1),
    };
    let text = format!("{what}: {}", words::step(by));
    let onclick = make.reform(move |_: MouseEvent| Move::Nudge(along, 0.0));
    html! {
        <p class="change-keys">
            <span>{ text.clone() }</span>
            <button type="button" class="small" aria-label={format!("Take back: {text}")} {onclick}>{ "Take back" }</button>
        </p>
    }
}

fn value_of(event: &InputEvent) -> f32 {
    let slider: HtmlInputElement = event.target_unchecked_into();
    slider.value_as_number() as f32
}
