//! What the colours of a map mean.

use yew::prelude::*;

use crate::page::{heat, words};

/// What the legend needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// The row's largest weight, as a multiple of the uniform weight.
    pub most: f32,
}

/// The colour scale with its numbers, and where on it the row's largest weight lies.
#[component]
pub fn Legend(props: &Props) -> Html {
    let at = |place: f32| format!("left: {:.1}%", 100.0 * place);
    let most = words::times(f64::from(props.most));
    html! {
        <div class="legend" role="img" aria-label={format!("Colour scale in multiples of the uniform weight, from a quarter to 64; the most in this row is {most}")}>
            <div class="legend-bar" style={format!("background: {}", heat::css_gradient())}>
                <span class="legend-most" style={at(heat::place(props.most))} />
            </div>
            <div class="legend-ticks">
                { for heat::ticks().into_iter().map(|(name, place)| html! { <span style={at(place)}>{ name }</span> }) }
            </div>
            <p class="legend-words">{ "× uniform, most " }<b>{ most }</b></p>
        </div>
    }
}
