//! Adam, running averages and spectral norm against their definitions in f64, on the CPU and on
//! whatever adapter wgpu finds; without one they fail.

#![cfg(feature = "gpu")]
#![allow(clippy::unwrap_used)]

mod support;

use burn::tensor::{Device, Tensor};
use proptest::prelude::*;
use saganscope_shaders as shaders;

use support::{assert_close, devices, leave_junk, numbers, upload, values};

/// Parameter and moments after three steps.
fn adam_reference(length: usize, betas: [f64; 2], seed: u64) -> [Vec<f64>; 3] {
    let mut p = numbers(length, seed);
    let (mut m, mut v) = (vec![0.0; length], vec![0.0; length]);
    for step in 1..=3 {
        let g = numbers(length, seed + step);
        for i in 0..length {
            m[i] = betas[0] * m[i] + (1.0 - betas[0]) * g[i];
            v[i] = betas[1] * v[i] + (1.0 - betas[1]) * g[i] * g[i];
            let mean = m[i] / (1.0 - betas[0].powi(step as i32));
            let root = (v[i] / (1.0 - betas[1].powi(step as i32))).sqrt();
            p[i] -= 0.1 * mean / (root + 1e-3);
        }
    }
    [p, m, v]
}

fn check_adam(length: usize, betas: [f64; 2], seed: u64) {
    let expected = adam_reference(length, betas, seed);
    for device in devices() {
        let first = upload(&numbers(length, seed), [length], &device);
        let kept = first.clone();
        let zeros = || Tensor::zeros([length], &device);
        let mut state = [first, zeros(), zeros()];
        let mut snapshots = Vec::new();
        for step in 1..=3 {
            leave_junk(length, &device);
            let rates = shaders::AdamRates::new(0.1, betas, 1e-3, step, &device);
            let gradient = upload(&numbers(length, seed + step), [length], &device);
            // Somebody else holds the second step's tensors, which must stay as they are.
            if step == 2 {
                snapshots = state.to_vec();
                snapshots.push(gradient.clone());
            }
            let before: Vec<_> = snapshots.iter().cloned().map(values).collect();
            state = shaders::adam(state, gradient, &rates);
            let after: Vec<_> = snapshots.iter().cloned().map(values).collect();
            assert_eq!(before, after);
        }
        let what = ["parameter", "first moment", "second moment"];
        for ((what, actual), expected) in what.into_iter().zip(state).zip(&expected) {
            assert_close(what, &values(actual), expected, 1e-5);
        }
        assert_close("the old one", &values(kept), &numbers(length, seed), 1e-9);
    }
}

fn check_blend(length: usize, decay: f64, seed: u64) {
    let (a, b) = (numbers(length, seed), numbers(length, seed + 1));
    let mean = a.iter().zip(&b);
    let mean: Vec<f64> = mean.map(|(a, b)| decay * a + (1.0 - decay) * b).collect();
    for device in devices() {
        leave_junk(length, &device);
        let [average, current] = [&a, &b].map(|x| upload(x, [length], &device));
        let decay = shaders::Decay::new(decay, &device);
        let new = shaders::blend(average.clone(), current.clone(), &decay);
        assert_close("average", &values(new), &mean, 1e-6);
        assert_close("old average", &values(average), &a, 1e-9);
        assert_close("current", &values(current), &b, 1e-9);
    }
}

struct Spectral {
    normed: Vec<f64>,
    u: Vec<f64>,
    v: Vec<f64>,
    sigma: f64,
}

fn spectral_reference(w: &[f64], u: &[f64], columns: usize) -> Spectral {
    let rows = u.len();
    let unit = |x: Vec<f64>| {
        let norm = x.iter().map(|x| x * x).sum::<f64>().sqrt() + 1e-12;
        x.into_iter().map(|x| x / norm).collect::<Vec<f64>>()
    };
    let v = unit(
        (0..columns)
            .map(|j| (0..rows).map(|i| w[i * columns + j] * u[i]).sum())
            .collect(),
    );
    let stretched: Vec<f64> = (0..rows)
        .map(|i| (0..columns).map(|j| w[i * columns + j] * v[j]).sum())
        .collect();
    let u = unit(stretched.clone());
    let sigma = u.iter().zip(&stretched).map(|(a, b)| a * b).sum();
    let normed = w.iter().map(|w| w / sigma).collect();
    Spectral {
        normed,
        u,
        v,
        sigma,
    }
}

/// Gradient of Σ c∘W/σ with u and v held, by central differences: σ = uᵀWv is linear in W.
fn spectral_gradient(w: &[f64], c: &[f64], at: &Spectral) -> Vec<f64> {
    let columns = at.v.len();
    let inner: f64 = c.iter().zip(w).map(|(c, w)| c * w).sum();
    let loss = |index: usize, change: f64| {
        let sigma = at.sigma + change * at.u[index / columns] * at.v[index % columns];
        (inner + change * c[index]) / sigma
    };
    let step = 1e-4 * at.sigma;
    (0..w.len())
        .map(|index| (loss(index, step) - loss(index, -step)) / (2.0 * step))
        .collect()
}

fn check_spectral_norm([rows, inner, outer]: [usize; 3], seed: u64) {
    let columns = inner * outer;
    let shape = [rows, inner, outer];
    let w = numbers(rows * columns, seed);
    let c = numbers(rows * columns, seed + 1);
    let u = numbers(rows, seed + 2);
    let expected = spectral_reference(&w, &u, columns);
    let gradient = spectral_gradient(&w, &c, &expected);
    for device in devices() {
        leave_junk(2 * rows * columns, &device);
        let plain = shaders::spectral_norm(upload(&w, shape, &device), upload(&u, [rows], &device));
        assert_close("plain", &values(plain.weight), &expected.normed, 2e-5);

        leave_junk(2 * rows * columns, &device);
        let device = device.autodiff();
        let weight = upload(&w, shape, &device).require_grad();
        let normed = shaders::spectral_norm(weight.clone(), upload(&u, [rows], &device));
        let loss = (normed.weight.clone() * upload(&c, shape, &device)).sum();
        let gradients = loss.backward();
        let found = weight.grad(&gradients).unwrap();
        let weight = normed.weight.inner();
        assert_close("weight", &values(weight), &expected.normed, 2e-5);
        assert_close("u", &values(normed.u), &expected.u, 2e-5);
        assert_close("v", &values(normed.v), &expected.v, 2e-5);
        assert_close("gradient", &values(found), &gradient, 1e-4);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn adam_is_what_its_definition_says(
        length in 1..9000usize, beta1 in 0.0..0.95f64, beta2 in 0.1..0.999f64, seed in 0..1000u64,
    ) {
        check_adam(length, [beta1, beta2], seed);
    }

    #[test]
    fn blending_is_a_weighted_mean(
        length in 1..9000usize, decay in 0.0..1.0f64, seed in 0..1000u64,
    ) {
        check_blend(length, decay, seed);
    }

    #[test]
    fn spectral_norm_is_what_its_definition_says(
        (rows, inner, outer) in (2..70usize, 1..20usize, 2..17usize), seed in 0..1000u64,
    ) {
        check_spectral_norm([rows, inner, outer], seed);
    }
}

/// SAGAN's settings, on more elements than a launch has threads.
#[test]
fn adam_without_a_first_moment() {
    check_adam(70_001, [0.0, 0.9], 1);
}

/// Wide, tall, one row, one column, and more elements than 256 parts of a sum have threads.
#[test]
fn spectral_norm_of_unusual_shapes() {
    for shape in [
        [128, 64, 16],
        [700, 3, 1],
        [1, 40, 16],
        [5, 1, 1],
        [1030, 65, 16],
    ] {
        check_spectral_norm(shape, 3);
    }
}

/// A direction that is no singular vector's: the weight stays finite, and u and v are zero.
#[test]
fn spectral_norm_of_nothing() {
    for device in devices() {
        let weight = Tensor::<2>::zeros([4, 6], &device);
        let normed = shaders::spectral_norm(weight, Tensor::ones([4], &device));
        assert_eq!(values(normed.u), [0.0; 4]);
        assert_eq!(values(normed.v), [0.0; 6]);
    }
}

/// A frozen network's weight is a constant.
#[test]
fn constants_get_no_gradient() {
    let device = Device::flex().autodiff();
    let weight = upload(&numbers(12, 1), [3, 4], &device);
    let factor = upload(&[2.0], [1], &device).require_grad();
    let normed = shaders::spectral_norm(weight.clone(), upload(&numbers(3, 2), [3], &device));
    let loss = (normed.weight.sum() * factor.clone()).sum();
    let gradients = loss.backward();
    assert!(factor.grad(&gradients).is_some());
    assert!(weight.grad(&gradients).is_none());
}
