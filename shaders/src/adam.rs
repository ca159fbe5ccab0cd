//! One update of Adam (Kingma & Ba 2015), as PyTorch computes it.
//!
//! With a gradient `g`, both moments and the parameter become
//!
//! ```text
//! m ← β₁ m + (1 − β₁) g
//! v ← β₂ v + (1 − β₂) g²
//! p ← p − rate/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
//! ```
//!
//! in step `t` = 1, 2, …; both moments begin at zero, and `1 − βᵗ` makes up for that.

use burn::{
    backend::{Backend, Dispatch, Flex, backend_extension, flex::FlexTensor, tensor::FloatTensor},
    tensor::{DType, Device, Tensor},
};

use crate::{
    cpu::{self, adam::Factors},
    flex::{dense, values},
    shapes::Shapes,
    switch,
};

/// Everything in the formula that is the same for all parameters of a step.
#[derive(Clone, Debug)]
pub struct AdamRates {
    factors: Factors,
    /// The same numbers on the device, uploaded once for all parameters, `[7]`.
    uploaded: Tensor<1>,
}

impl AdamRates {
    /// The numbers of step `step`, which counts from 1, for parameters on `device`.
    pub fn new(
        rate: f64,
        [beta1, beta2]: [f64; 2],
        epsilon: f64,
        step: u64,
        device: &Device,
    ) -> Self {
        let step = step as f64;
        let factors = Factors {
            keep_first: beta1 as f32,
            take_first: (1.0 - beta1) as f32,
            keep_second: beta2 as f32,
            take_second: (1.0 - beta2) as f32,
            bias: (1.0 - beta2.powf(step)).sqrt() as f32,
            epsilon: epsilon as f32,
            rate: (rate / (1.0 - beta1.powf(step))) as f32,
        };
        Self {
            factors,
            uploaded: Tensor::from_floats(<[f32; 7]>::from(factors), device),
        }
    }
}

/// Updates `[parameter, first moment, second moment]` by a gradient, all `[n]`.
///
/// The buffers of moments that nobody else holds are written in place.
///
/// # Panics
/// If one of the tensors tracks gradients, or if their lengths differ.
pub fn adam(state: [Tensor<1>; 3], gradient: Tensor<1>, rates: &AdamRates) -> [Tensor<1>; 3] {
    let [parameter, first, second] = state.each_ref().map(|tensor| tensor.dims());
    Shapes::of("adam")
        .takes("parameter", parameter, ["n"])
        .takes("first moment", first, ["n"])
        .takes("second moment", second, ["n"])
        .takes("gradient", gradient.dims(), ["n"]);
    if switch::stock() || gradient.dtype() != DType::F32 {
        return stock(state, gradient, rates.factors);
    }
    let [parameter, first, second] = state.map(Tensor::into_dispatch);
    let (parameter, first, second) = Dispatch::adam(
        parameter,
        gradient.into_dispatch(),
        first,
        second,
        rates.uploaded.clone().into_dispatch(),
        rates.factors,
    );
    [parameter, first, second].map(Tensor::from_dispatch)
}

/// With Burn's public functions, for the bench: `[parameter, first moment, second moment]` after an
/// update.
fn stock(
    [parameter, first, second]: [Tensor<1>; 3],
    gradient: Tensor<1>,
    factors: Factors,
) -> [Tensor<1>; 3] {
    let square = gradient.clone() * gradient.clone();
    let first = first * factors.keep_first + gradient * factors.take_first;
    let second = second * factors.keep_second + square * factors.take_second;
    let root = second.clone().sqrt() / factors.bias + factors.epsilon;
    let change = first.clone() / root * factors.rate;
    [parameter - change, first, second]
}

/// [`adam`] of a backend. It needs no gradient of its own.
#[backend_extension(Flex, Cube: cfg(feature = "gpu"))]
pub(crate) trait AdamOperation: Backend {
    /// New parameter and moments.
    fn adam(
        parameter: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        uploaded: FloatTensor<Self>,
        factors: Factors,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

impl AdamOperation for Flex {
    fn adam(
        parameter: FlexTensor,
        gradient: FlexTensor,
        first: FlexTensor,
        second: FlexTensor,
        _: FlexTensor,
        factors: Factors,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let [parameter, mut gradient, mut first, mut second] =
            [parameter, gradient, first, second].map(dense);
        cpu::adam::adam(
            values(&parameter),
            gradient.storage_mut(),
            first.storage_mut(),
            second.storage_mut(),
            factors,
        );
        // The gradient's memory holds the new parameter: the old one may be shared.
        (gradient, first, second)
    }
}
