//! Pictures and drawings as PNG files, made by the browser's own encoder.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement, Url};

use super::image::Image;
use super::save::blob;

/// A picture as a data address.
///
/// # Errors
/// The browser's own error where it refuses.
pub fn data_address(image: &Image) -> Result<String, JsValue> {
    let canvas = canvas(image.side, image.side)?;
    image.put(&canvas);
    canvas.to_data_url()
}

/// A picture as a PNG file, pixel for pixel.
///
/// # Errors
/// The browser's own error where it refuses.
pub async fn png_of_image(image: &Image) -> Result<Vec<u8>, JsValue> {
    let canvas = canvas(image.side, image.side)?;
    image.put(&canvas);
    png_of_canvas(&canvas).await
}

/// An SVG file as a PNG file of this many pixels.
///
/// # Errors
/// The browser's own error where it refuses.
pub async fn png_of_svg(svg: &str, width: u32, height: u32) -> Result<Vec<u8>, JsValue> {
    let url = Url::create_object_url_with_blob(&blob("image/svg+xml", svg.as_bytes())?)?;
    let image = HtmlImageElement::new()?;
    image.set_src(&url);
    let drawn = async {
        JsFuture::from(image.decode()).await?;
        let canvas = canvas(width, height)?;
        let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
        let context: CanvasRenderingContext2d = context.dyn_into()?;
        let (width, height) = (f64::from(width), f64::from(height));
        context
            .draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height)?;
        png_of_canvas(&canvas).await
    };
    let png = drawn.await;
    let _ = Url::revoke_object_url(&url);
    png
}

async fn png_of_canvas(canvas: &HtmlCanvasElement) -> Result<Vec<u8>, JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        if let Err(error) = canvas.to_blob(&resolve) {
            let _ = reject.call1(&JsValue::NULL, &error);
        }
    });
    // No blob where the browser runs out of memory.
    let blob: Blob = JsFuture::from(promise).await?.dyn_into()?;
    let buffer = JsFuture::from(blob.array_buffer()).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

fn canvas(width: u32, height: u32) -> Result<HtmlCanvasElement, JsValue> {
    let document = web_sys::window().and_then(|window| window.document());
    let document = document.ok_or(JsValue::NULL)?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.dyn_into()?;
    canvas.set_width(width);
    canvas.set_height(height);
    Ok(canvas)
}
