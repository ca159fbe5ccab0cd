//! What the colours of a map mean.

use yew::prelude::*;

use crate::page::attention::legend::Legend as Words;
use crate::page::attention::look::Look;
use crate::page::view::looking::Display;
use crate::page::view::slot::Shared;

/// What the legend needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// What is shown.
    pub look: Shared<Look>,
    /// How it is coloured.
    pub display: Display,
}

/// The colour scale with its numbers, and where on it the largest value lies; and whether the scale
/// is the map's own.
#[component]
pub fn Legend(props: &Props) -> Html {
    let Props { look, display } = props;
    let Words {
        ticks,
        unit,
        most,
        most_at,
        stretched,
    } = Words::of(look, display.scale);
    let at = |place: f32| format!("left: {:.1}%", 100.0 * place);
    let stretched = if stretched {
        ", stretched to this map"
    } else {
        ""
    };
    let end = |tick: Option<&(String, f32)>| tick.map(|(name, _)| name.clone()).unwrap_or_default();
    let described = format!(
        "Colour scale from {} to {} {unit}, most {most}{stretched}",
        end(ticks.first()),
        end(ticks.last())
    );
    html! {
        <div class="legend" role="img" aria-label={described}>
            <div class="legend-bar" style={format!("background: {}", display.palette.css_gradient())}>
                <span class="legend-most" style={at(most_at)} />
            </div>
            <div class="legend-ticks">
                { for ticks.iter().map(|(name, place)| html! { <span style={at(*place)}>{ name }</span> }) }
            </div>
            <p class="legend-words">{ unit }{ ", most " }<b>{ most }</b>{ stretched }</p>
        </div>
    }
}
