//! Four numbers about a layer and one of its rows.

use yew::prelude::*;

use crate::page::words;

/// What the facts need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// Which layer, 0 for the coarser.
    pub layer: usize,
    /// The layer's γ.
    pub gamma: f32,
    /// ‖γ·o‖ / ‖x‖ in this picture.
    pub share: f32,
    /// How many keys there are.
    pub keys: usize,
    /// How many the row effectively spreads over.
    pub effective: f64,
    /// How much the row differs from the average row, in bits.
    pub bits: f64,
}

/// Four numbers about a layer and one of its rows, each with what it means.
#[component]
pub fn Facts(props: &Props) -> Html {
    let Props {
        layer,
        gamma,
        share,
        keys,
        effective,
        bits,
    } = *props;
    let fact = |id: &str, name: &'static str, meaning: &'static str, value: f64, text: String| {
        html! {
            <div class="fact" title={meaning}>
                <dt>{ name }</dt>
                <dd data-testid={format!("stat-{layer}-{id}")} data-value={value.to_string()}>{ text }</dd>
            </div>
        }
    };
    html! {
        <dl class="facts">
            { fact("gamma", "γ", "The learned factor on what the layer adds. It starts at 0, which switches the layer off.",
                f64::from(gamma), words::gamma(gamma)) }
            { fact("share", "‖γ·o‖ / ‖x‖", "How large what the layer adds is, compared with what passes through it.",
                f64::from(share), words::percent(f64::from(share))) }
            { fact("effective", "Cells in effect", "How many cells the weight is effectively spread over: exp of the row's entropy.",
                effective, format!("{} of {keys}", words::significant(effective))) }
            { fact("kl", "From the mean row", "How much this row differs from the average row of all pixels: KL divergence. 0 bits: every pixel looks at the same places.",
                bits, format!("{bits:.2} bits")) }
        </dl>
    }
}
