//! Arrows from each pin to the cells it looks at most, as in the paper's Figure 1.

use yew::prelude::*;

use super::pin_handles::pin_class;
use crate::page::attention::arrows::arrows;
use crate::page::attention::look::Look;
use crate::page::attention::pixel::Point;
use crate::page::view::slot::Shared;

/// What the arrows need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// Each pin's number and pixel, and what one layer's map says of it.
    pub pins: Vec<(usize, Point, Shared<Look>)>,
    /// Width and height of the picture, in pixels.
    pub size: u32,
}

/// Arrows in each pin's colour; the strongest is the thickest.
#[component]
pub fn PinArrows(props: &Props) -> Html {
    let size = props.size;
    let of_pin = |(number, pixel, look): &(usize, Point, Shared<Look>)| {
        let arrow = |(rank, d): (usize, String)| {
            html! { <><path class="under" d={d.clone()} /><path class={format!("over rank-{rank}")} {d} /></> }
        };
        html! { <g class={pin_class(*number)}>{ for arrows(*pixel, look, size).into_iter().map(arrow) }</g> }
    };
    html! {
        <svg class="marks arrows" viewBox={format!("0 0 {size} {size}")} aria-hidden="true">
            { for props.pins.iter().map(of_pin) }
        </svg>
    }
}
