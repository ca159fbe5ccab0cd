//! What a map says, as colours.

use yew::prelude::*;

use super::pixel_canvas::PixelCanvas;
use crate::page::attention::look::Look;
use crate::page::attention::paint;
use crate::page::view::looking::Display;
use crate::page::view::slot::Shared;

/// What the heat map needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// What to show.
    pub look: Shared<Look>,
    /// How to colour it.
    pub display: Display,
    /// Whether it lies over a picture, which then shows through.
    #[prop_or_default]
    pub veil: bool,
    /// A name for tests.
    pub testid: AttrValue,
}

/// What a map says, as colours, one pixel a cell.
#[component]
pub fn HeatCanvas(props: &Props) -> Html {
    let Props {
        look,
        display,
        veil,
        testid,
    } = props.clone();
    let image = use_memo(
        (look, display.scale, display.palette, veil),
        |(look, scale, palette, veil)| {
            let axis = look.axis(*scale);
            let paint = if *veil {
                paint::veil_image
            } else {
                paint::map_image
            };
            Shared::new(paint(&look.values, look.side, axis, *palette))
        },
    );
    let class = classes!(
        if veil { "veil" } else { "heat" },
        display.smooth.then_some("smooth")
    );
    let seen = f64::from(display.opacity) / 100.0;
    let style = (veil && seen < 1.0).then(|| format!("opacity: {seen}"));
    html! { <PixelCanvas image={(*image).clone()} {testid} {class} {style} /> }
}
