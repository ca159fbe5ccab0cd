//! All rows of a map as colours.

use yew::prelude::*;

use super::pixel_canvas::PixelCanvas;
use crate::page::attention::field::{Sight, sight_image};
use crate::page::attention::palette::Palette;
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
    /// The colours of what is a number.
    pub palette: Palette,
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
        palette,
        smooth,
        testid,
    } = props.clone();
    let image = use_memo(
        (all, sight, side, palette),
        |(all, sight, side, palette)| Shared::new(sight_image(*sight, all, *side, *palette)),
    );
    let class = classes!("heat", smooth.then_some("smooth"));
    html! { <PixelCanvas image={(*image).clone()} {testid} {class} /> }
}
