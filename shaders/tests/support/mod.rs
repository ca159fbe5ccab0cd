//! What the tests on both devices share: the devices, numbers, and how two results are compared.

// Each test file uses some of it.
#![allow(dead_code)]

use std::sync::LazyLock;

use burn::tensor::{Device, Tensor, TensorData};
use saganscope_distance::scaled;

/// Without an adapter the tests fail: one that skips itself would prove nothing.
pub(crate) static GPU: LazyLock<Device> = LazyLock::new(|| {
    Device::wgpu_options()
        .init()
        .expect("these tests need a wgpu adapter")
});

/// The CPU and the GPU.
pub(crate) fn devices() -> [Device; 2] {
    [Device::flex(), GPU.clone()]
}

/// Numbers in (−1, 1), exact in single precision.
pub(crate) fn numbers(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1;
    (0..count)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            f64::from((state >> 40) as f32 / (1u32 << 23) as f32 - 1.0)
        })
        .collect()
}

pub(crate) fn upload<const D: usize>(
    values: &[f64],
    shape: [usize; D],
    device: &Device,
) -> Tensor<D> {
    let values: Vec<f32> = values.iter().map(|&value| value as f32).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

pub(crate) fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap()
}

/// Fresh buffers come from a pool: a kernel that relied on zeros in them, or left a corner
/// unwritten, then shows.
pub(crate) fn leave_junk(elements: usize, device: &Device) {
    let junk = Tensor::<1>::full([elements], -12345.0, device) * 2.0;
    assert_eq!(values(junk)[0], -24690.0);
}

/// Equal to a tolerance of the expected values' size, and not all zero.
#[track_caller]
pub(crate) fn assert_close(what: &str, actual: &[f32], expected: &[f64], tolerance: f64) {
    assert!(expected.iter().any(|&x| x != 0.0), "{what} is all zero");
    scaled(actual, expected).within(tolerance, what);
}

/// Gradient of a scalar function by central differences.
pub(crate) fn differences(x: &[f64], f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    const STEP: f64 = 1e-5;
    let mut moved = x.to_vec();
    let mut at = |index: usize, step: f64| {
        moved[index] = x[index] + step;
        let value = f(&moved);
        moved[index] = x[index];
        value
    };
    (0..x.len())
        .map(|index| (at(index, STEP) - at(index, -STEP)) / (2.0 * STEP))
        .collect()
}

/// Σ a·b.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
