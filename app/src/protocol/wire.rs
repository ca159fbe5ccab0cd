//! How a message crosses: as a JavaScript object, its long lists as typed arrays of their own.

use js_sys::{Array, Float32Array, Object, Uint8Array};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};

/// The bytes of a whole file, which stay out of a program's memory until they are asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct File(#[serde(with = "serde_wasm_bindgen::preserve")] pub Uint8Array);

impl PartialEq for File {
    /// Whether they are the same bytes, not alike ones.
    fn eq(&self, other: &Self) -> bool {
        let (own, other): (&JsValue, &JsValue) = (self.0.as_ref(), other.0.as_ref());
        own == other
    }
}

/// Files that the visitor chose, each a `File`: they stay on the visitor's disk until they are read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Files(#[serde(with = "serde_wasm_bindgen::preserve")] pub Array);

impl PartialEq for Files {
    /// Whether it is the same list, not an alike one.
    fn eq(&self, other: &Self) -> bool {
        let (own, other): (&JsValue, &JsValue) = (self.0.as_ref(), other.0.as_ref());
        own == other
    }
}

/// A message ready to be posted, and the memory that should change hands with it.
///
/// # Errors
/// What cannot be written down, in the library's words.
pub fn write(message: &impl Serialize) -> Result<(JsValue, Array), String> {
    // Seeds use all 64 bits, and a JavaScript number only 53.
    let writer =
        serde_wasm_bindgen::Serializer::new().serialize_large_number_types_as_bigints(true);
    let object = message
        .serialize(&writer)
        .map_err(|error| error.to_string())?;
    let buffers = Array::new();
    gather(&object, &buffers);
    Ok((object, buffers))
}

/// A message that came.
///
/// # Errors
/// What it lacks, in the library's words.
pub fn read<T: DeserializeOwned>(message: JsValue) -> Result<T, String> {
    serde_wasm_bindgen::from_value(message).map_err(|error| error.to_string())
}

/// The memory behind all typed arrays of a message.
fn gather(value: &JsValue, buffers: &Array) {
    if let Some(array) = value.dyn_ref::<Float32Array>() {
        buffers.push(&array.buffer());
    } else if let Some(array) = value.dyn_ref::<Uint8Array>() {
        buffers.push(&array.buffer());
    } else if let Some(object) = value.dyn_ref::<Object>() {
        for part in Object::values(object) {
            gather(&part, buffers);
        }
    }
}

/// `Vec<f32>` as a `Float32Array`: for `#[serde(with)]`.
pub(super) mod floats {
    use super::*;

    pub(crate) fn serialize<S: serde::Serializer>(
        values: &[f32],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        serde_wasm_bindgen::preserve::serialize(&Float32Array::from(values), to)
    }

    pub(crate) fn deserialize<'de, D: serde::Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<f32>, D::Error> {
        let array: Float32Array = serde_wasm_bindgen::preserve::deserialize(from)?;
        Ok(array.to_vec())
    }
}

/// `Vec<u8>` as a `Uint8Array`: for `#[serde(with)]`.
pub(super) mod bytes {
    use super::*;

    pub(crate) fn serialize<S: serde::Serializer>(values: &[u8], to: S) -> Result<S::Ok, S::Error> {
        serde_wasm_bindgen::preserve::serialize(&Uint8Array::from(values), to)
    }

    pub(crate) fn deserialize<'de, D: serde::Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<u8>, D::Error> {
        let array: Uint8Array = serde_wasm_bindgen::preserve::deserialize(from)?;
        Ok(array.to_vec())
    }
}

/// `Option<Vec<f32>>` as a `Float32Array` or nothing: for `#[serde(with)]`.
pub(super) mod maybe_floats {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Floats(#[serde(with = "floats")] Vec<f32>);

    pub(crate) fn serialize<S: serde::Serializer>(
        values: &Option<Vec<f32>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match values {
            Some(values) => floats::serialize(values, to),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: serde::Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Vec<f32>>, D::Error> {
        Ok(Option::<Floats>::deserialize(from)?.map(|floats| floats.0))
    }
}
