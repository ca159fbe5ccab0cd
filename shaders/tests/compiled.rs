//! One compiled kernel serves every batch: what was compiled for one picture, or for a step, is all that
//! other batches need. One test alone in its process, since the process counts; without an adapter it
//! fails.

#![cfg(feature = "gpu")]
#![allow(clippy::unwrap_used)]

mod support;

use burn::tensor::{Device, Tensor};
use saganscope_shaders::{self as shaders, watch};

use support::{GPU, numbers, upload, values};

fn tensor<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    upload(&numbers(shape.iter().product(), 3), shape, device)
}

/// A small generator as it draws, with both kinds of attention; the last picture's sum, so that all of
/// it runs.
fn draw(batch: usize) {
    let device = &*GPU;
    let tensor4 = |shape| tensor::<4>(shape, device);
    let x = shaders::product(tensor([batch, 20], device), tensor([20, 32 * 16], device));
    let x = shaders::leaky_relu(x.reshape([batch, 32, 4, 4]), 0.0);
    let x = shaders::up_relu(x, tensor4([32, 16, 4, 4]), tensor([16], device));
    let flat = x.reshape([batch, 16, 64]);
    let map = |channels| {
        let weight = tensor([channels, 16], device);
        shaders::pointwise(flat.clone(), weight, tensor([channels], device))
    };
    let one = tensor([1], device);
    let [queries, keys] = [2, 2].map(|depth| shaders::unit_columns(map(depth), true, one.clone()));
    let layer = shaders::attention_layer(queries, keys, map(16), flat.clone(), one);
    let x = layer.output.reshape([batch, 16, 8, 8]);
    let x = shaders::up_tanh(x, tensor4([16, 3, 4, 4]), tensor([3], device));
    assert_eq!(x.dims(), [batch, 3, 16, 16]);
    assert_eq!(values(layer.share).len(), batch);
    assert!(values(x).iter().all(|value| value.is_finite()));
}

/// All that training adds: batch statistics, gradients, and the discriminator's stages down to 4×4.
fn step(batch: usize) {
    let device = GPU.clone().autodiff();
    let leaf = |shape| tensor::<4>(shape, &device).require_grad();
    let vector = |length: usize| tensor::<1>([length], &device).require_grad();
    let z = tensor([batch, 20], &device);
    let first = tensor::<2>([20, 32 * 16], &device).require_grad();
    let left = tensor([20], &device);
    let normed = shaders::spectral_norm(first.clone(), left).weight;
    let x = shaders::product(z, normed).reshape([batch, 32, 4, 4]);
    let running = [0.0, 1.0].map(|value| Tensor::full([32], value, &device));
    let x = shaders::batch_norm_relu(x, vector(32), vector(32), running, 1e-5, 0.1).output;
    let x = shaders::up(x, leaf([32, 16, 4, 4]), Some(vector(16)));
    let flat = x.reshape([batch, 16, 64]);
    let weight = tensor::<2>([16, 16], &device).require_grad();
    let mapped = shaders::pointwise(flat.clone(), weight, vector(16));
    let queries = shaders::unit_columns(mapped.clone(), true, vector(1));
    let attended = shaders::attention(queries, mapped, flat).reshape([batch, 16, 8, 8]);
    let x = shaders::up_tanh(attended, leaf([16, 3, 4, 4]), vector(3));
    let x = shaders::down_leaky_relu(x, leaf([8, 3, 4, 4]), vector(8), 0.1);
    let x = shaders::leaky_relu(shaders::down(x, leaf([8, 8, 4, 4]), None), 0.1);
    let gradients = x.sum().backward();
    let gradient = first.grad(&gradients).unwrap();
    assert!(values(gradient).iter().any(|value| *value != 0.0));
}

#[test]
fn a_second_batch_compiles_nothing() {
    draw(1);
    let first = watch::compiled();
    assert!(first >= 6, "{first} kernels drew a picture");
    for batch in [4, 16, 32, 3] {
        draw(batch);
        assert_eq!(watch::compiled(), first, "batch {batch}");
    }
    // Not so many more that a kernel would be cut in another way.
    step(5);
    let first = watch::compiled();
    for batch in [6, 4, 7] {
        step(batch);
        assert_eq!(watch::compiled(), first, "a step of batch {batch}");
    }
}
