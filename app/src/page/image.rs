//! A square picture in memory, and the one way onto a canvas.

use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// A square picture: `[side, side, 4]` RGBA bytes, row by row from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Width and height, in pixels.
    pub side: u32,
    /// The bytes.
    pub rgba: Vec<u8>,
}

impl Image {
    /// Puts the picture onto a canvas of its size, pixel for pixel.
    ///
    /// Does nothing where the browser gives no drawing context (it does so when it runs out of
    /// memory): the next picture then tries again.
    pub fn put(&self, canvas: &HtmlCanvasElement) {
        let context = canvas.get_context("2d").ok().flatten();
        let Some(context) = context.and_then(|c| c.dyn_into::<CanvasRenderingContext2d>().ok())
        else {
            return;
        };
        if let Ok(data) =
            ImageData::new_with_u8_clamped_array_and_sh(Clamped(&self.rgba), self.side, self.side)
        {
            let _ = context.put_image_data(&data, 0.0, 0.0);
        }
    }
}
