//! A visitor's picture, decoded by the browser, cut to the square around its middle, and averaged over
//! areas down to the size that a run learns from.

use std::cell::RefCell;

use js_sys::{Array, Function, Reflect, Uint8Array};
use saganscope_model::picture::averaged;
use wasm_bindgen::{JsCast, JsValue};

use super::js::{call, call_async, get, global, number, object};

/// The browser brings a picture down to at most so many times the size; the rest is averaged.
const MOST_OVERSAMPLING: u32 = 4;
/// The largest file that is tried, in bytes.
const LARGEST_FILE: f64 = 100e6;

/// A `Blob` as `[size, size, 3]` bytes, or what is wrong with it.
pub(super) async fn decoded(file: &JsValue, size: u32) -> Result<Vec<u8>, String> {
    if number(file, "size").is_ok_and(|bytes| bytes > LARGEST_FILE) {
        return Err("is larger than 100 MB".into());
    }
    let decoded = decode(file, size).await;
    decoded.map_err(|_| "is no picture that this browser can read".into())
}

async fn decode(file: &JsValue, size: u32) -> Result<Vec<u8>, JsValue> {
    let scope: JsValue = js_sys::global().into();
    // Upright, as the file says: what browsers do unless told otherwise.
    let whole = call_async(&scope, "createImageBitmap", std::slice::from_ref(file)).await?;
    let [width, height] = [number(&whole, "width")?, number(&whole, "height")?];
    let side = width.min(height);
    let [left, top] = [width, height].map(|length| ((length - side) / 2.0).floor());
    let factor = ((side as u32) / size).clamp(1, MOST_OVERSAMPLING);
    let small = f64::from(size * factor);
    if side == small {
        // It has the right size already.
        let rgba = pixels(&whole, [left, top], small);
        call(&whole, "close", &[])?;
        return Ok(averaged(&rgba?, size as usize, factor as usize));
    }
    let options = object(&[
        ("resizeWidth", small.into()),
        ("resizeHeight", small.into()),
        ("resizeQuality", "high".into()),
    ])?;
    let numbers = [left, top, side, side].map(JsValue::from);
    let [left, top, across, down] = numbers;
    let arguments = [whole.clone(), left, top, across, down, options];
    let square = call_async(&scope, "createImageBitmap", &arguments).await;
    // A photograph's pixels are let go of at once: thousands come.
    call(&whole, "close", &[])?;
    let square = square?;
    let rgba = pixels(&square, [0.0, 0.0], small);
    call(&square, "close", &[])?;
    Ok(averaged(&rgba?, size as usize, factor as usize))
}

/// The pixels of its square at this place, laid over white where it is transparent.
fn pixels(bitmap: &JsValue, place: [f64; 2], side: f64) -> Result<Vec<u8>, JsValue> {
    let context = context(side)?;
    let all = [0.0, 0.0, side, side].map(JsValue::from);
    call(&context, "fillRect", &all)?;
    let [left, top] = place.map(|length| JsValue::from(-length));
    call(&context, "drawImage", &[bitmap.clone(), left, top])?;
    let data = get(&call(&context, "getImageData", &all)?, "data")?;
    Ok(Uint8Array::new(&data).to_vec())
}

thread_local! {
    /// The canvas of the last picture, with its side: the next one mostly needs the same.
    static CONTEXT: RefCell<Option<(f64, JsValue)>> = const { RefCell::new(None) };
}

/// What a square canvas is drawn with, in white.
fn context(side: f64) -> Result<JsValue, JsValue> {
    let last = CONTEXT.with_borrow(|last| last.clone().filter(|(of, _)| *of == side));
    if let Some((_, context)) = last {
        return Ok(context);
    }
    let canvas: Function = global("OffscreenCanvas")?.dyn_into()?;
    let canvas = Reflect::construct(&canvas, &Array::of2(&side.into(), &side.into()))?;
    let options = object(&[("willReadFrequently", true.into())])?;
    let context = call(&canvas, "getContext", &["2d".into(), options])?;
    Reflect::set(&context, &"fillStyle".into(), &"#fff".into())?;
    CONTEXT.set(Some((side, context.clone())));
    Ok(context)
}
