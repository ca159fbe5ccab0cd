//! What one sees, in plain words.

use yew::prelude::*;

use super::network_sketch::NetworkSketch;
use crate::protocol::ModelInfo;

/// What the explanation needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// The loaded model, once known.
    pub model: Option<ModelInfo>,
    /// Size of the pictures and sides of the maps of what is looked at, where that is not the model's.
    pub instead: Option<(u32, Vec<u32>)>,
}

/// What is said before the model is known: the usual size.
const USUAL: (u32, [u32; 2]) = (64, [16, 32]);

/// What one sees, in plain words.
#[component]
pub fn Explanation(props: &Props) -> Html {
    let (size, sides): (u32, Vec<u32>) = match (&props.instead, &props.model) {
        (Some(shape), _) => shape.clone(),
        (None, Some(model)) => (
            model.size,
            model.layers.iter().map(|layer| layer.side).collect(),
        ),
        (None, None) => (USUAL.0, USUAL.1.to_vec()),
    };
    let stages = match sides.len() {
        0 => "In other models an attention layer",
        1 => "In one of the stages an attention layer",
        2 => "In two of the stages an attention layer",
        _ => "In some of the stages an attention layer",
    };
    html! {
        <section class="explanation" aria-labelledby="explanation-title">
            <h2 id="explanation-title">{ "What you see" }</h2>
            <div class="columns">
                <div>
                    <p>{ format!("A generator turns a list of random numbers into a picture, in stages from 4×4 to {size}×{size}. {stages} lets every place look at every other one, however far away. Each place asks a question (its query); every place carries a label (its key). The better label and question fit, the more of that place is fetched.") }</p>
                    <NetworkSketch {size} attended={sides} />
                    <p>{ "When you point at a pixel, each map shows how the place under it shared out its looking: one row of the layer's attention map. Its weights sum to one." }</p>
                    <p>{ "Colours are multiples of the uniform weight: 1× is what every cell would get if the place looked everywhere alike. The scale is logarithmic and at first the same for every map, from a quarter and less (dark) to 64 times and more, so a map in one dark tone has no preference, and brightness can be compared." }</p>
                    <p>{ "“Only this pixel” takes away what everybody looks at: each cell shows its weight times log2 of how many times the average it is. The cells add up to the pixel's bits. “Who looks at it” turns the question round: one column of the map instead of one row." }</p>
                    <p>{ "“Would lose” asks what the looking was worth: how much the layer's output at a place would change if it could not look at that one cell, the other weights being divided by their sum again. A heavy weight on a cell that holds what all hold is worth little." }</p>
                </div>
                <dl>
                    <dt>{ "γ and ‖γ·o‖ / ‖x‖" }</dt>
                    <dd>{ "What is fetched (o) is multiplied by a learned γ and added to what was there (x). The second number says how large the addition is. Where it is small, the layer changes little, whatever its map looks like." }</dd>
                    <dt>{ "Cells in effect" }</dt>
                    <dd>{ "How many cells share the weight, in effect: 1 if all of it is on one cell, all cells if it is uniform." }</dd>
                    <dt>{ "From the mean row" }</dt>
                    <dd>{ "How much the row tells about this very pixel: its difference from the average row, in bits." }</dd>
                    <dt>{ "Sink" }</dt>
                    <dd>{ "Near 0 bits with few cells, every pixel looks at the same few places. The layer then adds the same thing everywhere. This is common in such networks; it is shown here, not hidden." }</dd>
                    <dt>{ "What a map does not say" }</dt>
                    <dd>{ "Where a layer fetched from is not why a pixel has its colour: the convolutions before and after carry information too." }</dd>
                </dl>
            </div>
            if let Some(model) = &props.model {
                <p class="quiet">{ about(model) }</p>
            }
        </section>
    }
}

fn about(model: &ModelInfo) -> String {
    let ModelInfo {
        size,
        z_dim,
        conv_dim,
        energy,
        steps,
        ..
    } = model;
    let steps = steps
        .map(|steps| format!(", {steps} training steps"))
        .unwrap_or_default();
    format!(
        "This model: {size}×{size} pixels, {z_dim} random numbers, width {conv_dim}, {energy} attention{steps}. Everything runs in this page; nothing is sent anywhere."
    )
}
