//! A picture, pixel for pixel.

use yew::prelude::*;

use crate::page::hooks::use_image::use_image;
use crate::page::image::Image;
use crate::page::view::slot::Shared;

/// What the canvas needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// What to show.
    pub image: Shared<Image>,
    /// A name for tests.
    pub testid: AttrValue,
    /// A class for styles.
    #[prop_or_default]
    pub class: Classes,
    /// A style of its own, where it has one.
    #[prop_or_default]
    pub style: Option<String>,
}

/// A picture, pixel for pixel; the style sheet scales it without smoothing. What it shows is
/// described by the element around it.
#[component]
pub fn PixelCanvas(props: &Props) -> Html {
    let canvas = use_node_ref();
    use_image(&canvas, &props.image);
    let side = props.image.side.to_string();
    html! {
        <canvas
            ref={canvas} class={classes!("pixels", props.class.clone())} width={side.clone()} height={side}
            style={props.style.clone()} data-testid={props.testid.clone()} aria-hidden="true"
        />
    }
}
