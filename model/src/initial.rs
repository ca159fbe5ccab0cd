//! Random initial values of parameters.

use burn::{
    module::Param,
    tensor::{Device, Tensor, TensorData},
};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// `count` values from N(0, deviation²).
pub fn normal_values(count: usize, deviation: f32, random: &mut impl Rng) -> Vec<f32> {
    (0..count)
        .map(|_| {
            let value: f32 = StandardNormal.sample(random);
            value * deviation
        })
        .collect()
}

/// A parameter from N(0, deviation²).
pub(crate) fn normal<const D: usize>(
    shape: [usize; D],
    deviation: f32,
    random: &mut impl Rng,
    device: &Device,
) -> Param<Tensor<D>> {
    let values = normal_values(shape.iter().product(), deviation, random);
    Param::from_tensor(Tensor::from_data(TensorData::new(values, shape), device))
}

/// A parameter with one value everywhere.
pub(crate) fn constant<const D: usize>(
    shape: [usize; D],
    value: f32,
    device: &Device,
) -> Param<Tensor<D>> {
    Param::from_tensor(Tensor::full(shape, value, device))
}

/// A random direction.
pub(crate) fn unit_vector(length: usize, random: &mut impl Rng, device: &Device) -> Tensor<1> {
    let mut values = normal_values(length, 1.0, random);
    let norm = values.iter().map(|v| v * v).sum::<f32>().sqrt() + 1e-12;
    values.iter_mut().for_each(|v| *v /= norm);
    Tensor::from_data(TensorData::new(values, [length]), device)
}
