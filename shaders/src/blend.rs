//! A weighted mean of two tensors, for running averages.

use burn::{
    backend::{Backend, Dispatch, Flex, backend_extension, flex::FlexTensor, tensor::FloatTensor},
    tensor::{DType, Device, Tensor},
};

use crate::{
    cpu,
    flex::{dense, values},
    shapes::Shapes,
    switch,
};

/// How much an average keeps of itself.
#[derive(Clone, Debug)]
pub struct Decay {
    value: f64,
    /// The same and what is missing to one on the device, `[2]`: uploaded once for many tensors.
    uploaded: Tensor<1>,
}

impl Decay {
    /// `value` lies in [0, 1]; the tensors are on `device`.
    pub fn new(value: f64, device: &Device) -> Self {
        let uploaded = Tensor::from_floats([value as f32, (1.0 - value) as f32], device);
        Self { value, uploaded }
    }
}

/// decay · average + (1 − decay) · current, `[n]` each.
///
/// # Panics
/// If one of the tensors tracks gradients, or if their lengths differ.
pub fn blend(average: Tensor<1>, current: Tensor<1>, decay: &Decay) -> Tensor<1> {
    Shapes::of("blend")
        .takes("average", average.dims(), ["n"])
        .takes("current", current.dims(), ["n"]);
    if switch::stock() || average.dtype() != DType::F32 {
        return average * decay.value + current * (1.0 - decay.value);
    }
    Tensor::from_dispatch(Dispatch::blend(
        average.into_dispatch(),
        current.into_dispatch(),
        decay.uploaded.clone().into_dispatch(),
    ))
}

/// [`blend`] of a backend. It needs no gradient of its own.
#[backend_extension(Flex, Cube: cfg(feature = "gpu"))]
pub(crate) trait BlendOperation: Backend {
    fn blend(
        average: FloatTensor<Self>,
        current: FloatTensor<Self>,
        shares: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

impl BlendOperation for Flex {
    fn blend(average: FlexTensor, current: FlexTensor, shares: FlexTensor) -> FlexTensor {
        let [mut average, current] = [average, current].map(dense);
        let [keep, take] = [0, 1].map(|index| values(&shares)[index]);
        cpu::blend(average.storage_mut(), values(&current), keep, take);
        average
    }
}
