//! Keeps a canvas showing an image.

use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use crate::page::image::Image;
use crate::page::view::slot::Shared;

/// Puts the image onto the canvas whenever it is another one, or another size.
#[hook]
pub fn use_image(canvas: &NodeRef, image: &Shared<Image>) {
    let canvas = canvas.clone();
    use_effect_with(image.clone(), move |image| {
        if let Some(canvas) = canvas.cast::<HtmlCanvasElement>() {
            image.put(&canvas);
        }
    });
}
