//! Telling the page.

use js_sys::{Array, Uint8Array};

use super::inbox::worker;
use crate::protocol::Reply;

/// An empty message: the engine listens.
pub(super) fn greet() {
    if let Err(error) = worker().post_message(&Uint8Array::new_with_length(0)) {
        web_sys::console::error_2(&"the engine cannot reach the page".into(), &error);
    }
}

/// Posts one reply; its bytes are handed over, not copied.
pub(super) fn post(reply: &Reply) {
    let bytes = match postcard::to_allocvec(reply) {
        Ok(bytes) => bytes,
        Err(error) => {
            web_sys::console::error_1(&format!("a reply cannot be encoded: {error}").into());
            return;
        }
    };
    let array = Uint8Array::from(bytes.as_slice());
    let buffer = array.buffer();
    if let Err(error) = worker().post_message_with_transfer(&array, &Array::of1(&buffer)) {
        web_sys::console::error_2(&"the engine cannot reach the page".into(), &error);
    }
}
