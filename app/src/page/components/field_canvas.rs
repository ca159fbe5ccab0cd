//! All rows of a map as colours.

use yew::prelude::*;

use super::pixel_canvas::PixelCanvas;
use crate::page::attention::field::{Sight, parts_image, whither_image};
use crate::page::view::slot::Shared;
use crate::protocol::AllRows;

/// What the picture needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// What all rows say.
    pub all: Shared<AllRows>,
    /// What is shown of it.
    pub sight: Sight,
    /// Width and height of the map, in cells.
    pub side: u32,
    /// Whether cells blend into each other.
    pub smooth: bool,
    /// A name for tests.
    pub testid: AttrValue,
}

/// All rows of a map as colours, one pixel a cell.
#[component]
pub fn FieldCanvas(props: &Props) -> Html {
    let Props {
        all,
        sight,
        side,
        smooth,
        testid,
    } = props.clone();
    let image = use_memo((all, sight, side), |(all, sight, side)| {
        Shared::new(match sight {
            Sight::Parts => parts_image(all, *side),
            Sight::Pixel | Sight::Whither => whither_image(all, *side),
        })
    });
    let class = classes!("heat", smooth.then_some("smooth"));
    html! { <PixelCanvas image={(*image).clone()} {testid} {class} /> }
}
