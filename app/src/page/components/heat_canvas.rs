//! One row of attention as colours.

use yew::prelude::*;

use super::pixel_canvas::PixelCanvas;
use crate::page::heat;
use crate::page::slot::Shared;

/// What the heat map needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// The row: `[side²]` weights.
    pub row: Shared<Vec<f32>>,
    /// Width and height of the map.
    pub side: u32,
    /// Whether it lies over a picture, which then shows through.
    #[prop_or_default]
    pub veil: bool,
    /// A name for tests.
    pub testid: AttrValue,
}

/// One row of attention as colours, one pixel a key.
#[component]
pub fn HeatCanvas(props: &Props) -> Html {
    let image = use_memo(
        (props.row.clone(), props.side, props.veil),
        |(row, side, veil)| {
            let paint = if *veil {
                heat::veil_image
            } else {
                heat::map_image
            };
            Shared::new(paint(row, *side))
        },
    );
    let class = if props.veil { "veil" } else { "heat" };
    html! { <PixelCanvas image={(*image).clone()} testid={props.testid.clone()} {class} /> }
}
