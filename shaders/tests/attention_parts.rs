//! What attention is fed with: pointwise convolutions and unit columns, on every device, against
//! what Burn's own operations and automatic gradients give on the CPU.

#![cfg(feature = "gpu")]
#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use burn::tensor::{Device, Tensor, TensorData};
use proptest::prelude::*;
use saganscope_shaders as shaders;

static GPU: LazyLock<Device> = LazyLock::new(|| {
    Device::wgpu_options()
        .init()
        .expect("these tests need a wgpu adapter")
});

/// Values in (−1, 1) on an autodiff device, with a gradient wanted.
fn random<const D: usize>(shape: [usize; D], seed: u32, device: &Device) -> Tensor<D> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect();
    let device = device.clone().autodiff();
    Tensor::from_data(TensorData::new(values, shape), &device).require_grad()
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap()
}

fn leave_junk(elements: usize) {
    let junk = Tensor::<1>::full([elements], -12345.0, &*GPU) * 2.0;
    assert_eq!(values(junk)[0], -24690.0);
}

fn assert_close(what: &str, found: &[f32], wanted: &[f32]) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    let square: f32 = wanted.iter().map(|x| x * x).sum();
    let scale = (square / wanted.len() as f32).sqrt();
    assert!(scale > 0.0, "{what} is all zero");
    for (index, (a, b)) in found.iter().zip(wanted).enumerate() {
        assert!(
            (a - b).abs() <= 1e-4 * scale.max(b.abs()),
            "{what}[{index}]: {a} is not {b} (scale {scale:e})"
        );
    }
}

/// Runs `case` with ours on both devices, and with Burn's own on the CPU; each gives a result and
/// its gradients.
fn compare(ours: impl Fn(&Device) -> Vec<Vec<f32>>, burns: impl Fn(&Device) -> Vec<Vec<f32>>) {
    let wanted = burns(&Device::flex());
    for (name, device) in [("CPU", &Device::flex()), ("GPU", &*GPU)] {
        for (index, (found, wanted)) in ours(device).iter().zip(&wanted).enumerate() {
            assert_close(&format!("{name}, value {index}"), found, wanted);
        }
    }
}

fn check_pointwise(batch: usize, input: usize, output: usize, pixels: usize) {
    type Apply = fn(Tensor<3>, Tensor<2>, Tensor<1>) -> Tensor<3>;
    let run = |apply: Apply, device: &Device| {
        let x = random([batch, input, pixels], 1, device);
        let w = random([output, input], 2, device);
        let b = random([output], 3, device);
        let weights = random([batch, output, pixels], 4, device).detach();
        if device != &Device::flex() {
            leave_junk(batch * output.max(input) * pixels);
        }
        let y = apply(x.clone(), w.clone(), b.clone());
        let gradients = (y.clone() * weights).sum().backward();
        vec![
            values(y),
            values(x.grad(&gradients).unwrap()),
            values(w.grad(&gradients).unwrap()),
            values(b.grad(&gradients).unwrap()),
        ]
    };
    compare(
        |device| run(shaders::pointwise, device),
        |device| {
            run(
                |x, w, b| {
                    let out = b.dims()[0];
                    w.unsqueeze_dim::<3>(0).matmul(x) + b.reshape([1, out, 1])
                },
                device,
            )
        },
    );
}

fn check_product(rows: usize, inner: usize, columns: usize) {
    type Apply = fn(Tensor<2>, Tensor<2>) -> Tensor<2>;
    let run = |apply: Apply, device: &Device| {
        let left = random([rows, inner], 1, device);
        let right = random([inner, columns], 2, device);
        let weights = random([rows, columns], 3, device).detach();
        let y = apply(left.clone(), right.clone());
        let gradients = (y.clone() * weights).sum().backward();
        vec![
            values(y),
            values(left.grad(&gradients).unwrap()),
            values(right.grad(&gradients).unwrap()),
        ]
    };
    compare(
        |device| run(shaders::product, device),
        |device| run(|left, right| left.matmul(right), device),
    );
}

fn check_unit_columns(batch: usize, depth: usize, pixels: usize) {
    type Apply = fn(Tensor<3>, Tensor<1>) -> Tensor<3>;
    let run = |apply: Apply, device: &Device| {
        let x = random([batch, depth, pixels], 1, device);
        let scale = random([1], 2, device);
        let weights = random([batch, depth, pixels], 3, device).detach();
        if device != &Device::flex() {
            leave_junk(batch * depth * pixels);
        }
        let y = apply(x.clone(), scale.clone());
        let gradients = (y.clone() * weights).sum().backward();
        vec![
            values(y),
            values(x.grad(&gradients).unwrap()),
            values(scale.grad(&gradients).unwrap()),
        ]
    };
    compare(
        |device| run(shaders::unit_columns, device),
        |device| {
            run(
                |x, scale| {
                    let lengths = (x.clone().powf_scalar(2.0).sum_dim(1) + 1e-12).sqrt();
                    x / lengths * scale.reshape([1, 1, 1])
                },
                device,
            )
        },
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn pointwise_is_a_matrix_product_over_channels(
        (batch, input, output, pixels) in (1..4usize, 1..20usize, 1..20usize, 1..70usize),
    ) {
        check_pointwise(batch, input, output, pixels);
        check_pointwise(batch, input, output, 4 * pixels);
    }

    #[test]
    fn product_is_a_matrix_product(
        (rows, inner, columns) in (1..9usize, 1..40usize, 1..70usize),
    ) {
        check_product(rows, inner, 4 * columns);
    }

    // A column of one number has a length that nothing changes: its gradient is zero.
    #[test]
    fn unit_columns_have_the_length_asked_for(
        (batch, depth, pixels) in (1..4usize, 2..20usize, 1..70usize),
    ) {
        check_unit_columns(batch, depth, pixels);
        check_unit_columns(batch, depth, 4 * pixels);
    }
}

/// The layer for drawing is attention, times γ, plus its input.
#[test]
fn the_whole_layer_is_its_parts() {
    for (batch, depth, channels, pixels) in [(2, 2, 16, 256), (3, 4, 32, 100), (1, 1, 5, 13)] {
        let run = |device: &Device, whole: bool| {
            let [q, k] = [1, 2].map(|seed| random([batch, depth, pixels], seed, device).inner());
            let [v, x] = [3, 4].map(|seed| random([batch, channels, pixels], seed, device).inner());
            let gamma = random([1], 5, device).inner();
            if whole {
                leave_junk(batch * channels * pixels);
                let layer = shaders::attention_layer(q, k, v, x, gamma);
                return vec![
                    values(layer.output),
                    values(layer.log_sum_exp),
                    values(layer.share),
                ];
            }
            let attended = shaders::attention_with_log_sum_exp(q, k, v);
            let change = attended.output * gamma.reshape([1, 1, 1]);
            let norms = |x: Tensor<3>| (x.clone() * x).sum_dim(2).sum_dim(1).sqrt();
            vec![
                values(change.clone() + x.clone()),
                values(attended.log_sum_exp),
                values(norms(change) / norms(x)),
            ]
        };
        compare(|device| run(device, true), |device| run(device, false));
    }
}

/// Wide, narrow, and enough pixels for several splits of the weight's gradient.
#[test]
fn the_networks_own_shapes() {
    for (batch, input, output, pixels) in [
        (4, 16, 2, 1024),
        (4, 16, 16, 1024),
        (3, 64, 8, 256),
        (2, 128, 128, 16),
    ] {
        check_pointwise(batch, input, output, pixels);
    }
    check_product(4, 100, 2048);
    check_product(17, 128, 4096);
}
