//! The deviation of a batch and what tells it, on the CPU and on whatever adapter wgpu finds, against the
//! definition in f64 and finite differences.

#![cfg(feature = "gpu")]
#![allow(clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use saganscope_distance::absolute;
use saganscope_shaders as shaders;

use support::{assert_close, devices, differences, dot, leave_junk, numbers, upload, values};

/// The definition, on `x [batch, channels, pixels]`.
fn deviation(x: &[f64], batch: usize) -> f64 {
    let numbers = x.len() / batch;
    let of_number = |number: usize| {
        let over = (0..batch).map(|sample| x[sample * numbers + number]);
        let mean = over.clone().sum::<f64>() / batch as f64;
        let variance = over.map(|x| (x - mean).powi(2)).sum::<f64>() / batch as f64;
        (variance + 1e-8).sqrt()
    };
    (0..numbers).map(of_number).sum::<f64>() / numbers as f64
}

fn told(x: &[f64], weight: &[f64], batch: usize) -> Vec<f64> {
    let pixels = x.len() / batch / weight.len();
    let s = deviation(x, batch);
    let channel = |at: usize| at / pixels % weight.len();
    x.iter()
        .enumerate()
        .map(|(at, x)| x + weight[channel(at)] * s)
        .collect()
}

fn check(batch: usize, channels: usize, side: usize) {
    let shape = [batch, channels, side, side];
    let x = numbers(batch * channels * side * side, 1);
    let weight = numbers(channels, 2);
    let c = numbers(x.len(), 3);
    let expected = told(&x, &weight, batch);
    let weight_slopes = differences(&weight, |weight| dot(&c, &told(&x, weight, batch)));
    // Differences of x one by one would take too long in large maps.
    let x_slopes = (x.len() < 500).then(|| differences(&x, |x| dot(&c, &told(x, &weight, batch))));
    for device in devices() {
        leave_junk(x.len(), &device);
        let device = device.autodiff();
        let x_there = upload(&x, shape, &device).require_grad();
        let weight_there = upload(&weight, [channels], &device).require_grad();
        let told = shaders::minibatch_deviation(x_there.clone(), weight_there.clone());
        absolute(&values(told.deviation), &[deviation(&x, batch)]).within(1e-5, "deviation");
        assert_close("output", &values(told.output.clone()), &expected, 1e-5);
        let gradients = (told.output * upload(&c, shape, &device)).sum().backward();
        let x_grad = values(x_there.grad(&gradients).unwrap());
        let weight_grad = values(weight_there.grad(&gradients).unwrap());
        assert_close("weight's gradient", &weight_grad, &weight_slopes, 1e-4);
        if let Some(slopes) = &x_slopes {
            assert_close("gradient", &x_grad, slopes, 1e-4);
        }
        // The deviation does not change where all samples move together, so neither does its slope.
        let numbers = x.len() / batch;
        let over_batch = |values: &dyn Fn(usize) -> f64| -> Vec<f64> {
            (0..numbers)
                .map(|number| (0..batch).map(|b| values(b * numbers + number)).sum())
                .collect()
        };
        let found: Vec<f32> = over_batch(&|at| f64::from(x_grad[at]))
            .into_iter()
            .map(|x| x as f32)
            .collect();
        absolute(&found, &over_batch(&|at| c[at])).within(1e-4, "moved together");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    // Maps of an odd side are left to Burn's own operations.
    #[test]
    fn every_place_is_told_how_much_the_batch_differs(
        (batch, channels, side) in (2..5usize, 1..5usize, 1..3usize),
    ) {
        check(batch, channels, side);
        check(batch, channels, 2 * side);
    }
}

/// Several workgroups, the last of them not full.
#[test]
fn the_networks_own_shapes() {
    check(5, 130, 8);
}

/// A picture alone, and equal ones: the deviation is √1e-8, and nothing is divided by zero.
#[test]
fn equal_pictures_have_no_deviation() {
    for device in devices() {
        for batch in [1, 3] {
            let device = device.clone().autodiff();
            let x = upload(&vec![0.5; batch * 32], [batch, 2, 4, 4], &device).require_grad();
            let weight = upload(&[1.0, -2.0], [2], &device);
            let told = shaders::minibatch_deviation(x.clone(), weight);
            absolute(&values(told.deviation), &[1e-4]).within(1e-6, "deviation");
            let gradients = told.output.sum().backward();
            let grad = values(x.grad(&gradients).unwrap());
            absolute(&grad, &vec![1.0; batch * 32]).within(1e-6, "gradient");
        }
    }
}
