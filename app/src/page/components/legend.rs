//! What the colours of a map mean.

use yew::prelude::*;

use crate::page::attention::lens::Lens;
use crate::page::attention::look::Look;
use crate::page::attention::scale::Axis;
use crate::page::view::looking::Display;
use crate::page::view::slot::Shared;
use crate::page::words;

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
    let axis = Axis::of(display.scale, &look.values);
    let (cells, lens) = (look.cells() as f64, look.question.lens);
    let number = |value: f32| match lens {
        Lens::OnlyThis => words::short(1000.0 * f64::from(value) / cells),
        Lens::LooksAt | Lens::Everybody => words::short(f64::from(value)),
    };
    let most = look.values.iter().copied().fold(0.0, f32::max);
    let (unit, most_words) = match lens {
        Lens::OnlyThis => ("thousandths of a bit, most ", number(most)),
        Lens::LooksAt | Lens::Everybody => ("× uniform, most ", words::times(f64::from(most))),
    };
    let ticks = axis.ticks();
    let last = ticks.len().saturating_sub(1);
    let tick = |(index, &(value, _)): (usize, &(f32, f32))| match index {
        0 if value > 0.0 => format!("≤{}", number(value)),
        i if i == last && !axis.stretched => format!("{}+", number(value)),
        _ => number(value),
    };
    let names: Vec<String> = ticks.iter().enumerate().map(tick).collect();
    let at = |place: f32| format!("left: {:.1}%", 100.0 * place);
    let stretched = if axis.stretched {
        ", stretched to this map"
    } else {
        ""
    };
    let described = format!(
        "Colour scale from {} to {} {unit}{most_words}{stretched}",
        names[0], names[last]
    );
    html! {
        <div class="legend" role="img" aria-label={described}>
            <div class="legend-bar" style={format!("background: {}", display.palette.css_gradient())}>
                <span class="legend-most" style={at(axis.place(most))} />
            </div>
            <div class="legend-ticks">
                { for names.iter().zip(&ticks).map(|(name, &(_, place))| html! { <span style={at(place)}>{ name }</span> }) }
            </div>
            <p class="legend-words">{ unit }<b>{ most_words }</b>{ stretched }</p>
        </div>
    }
}
