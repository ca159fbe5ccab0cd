//! What is told of a piece of work on the GPU; without an adapter these tests fail.

#![cfg(feature = "gpu")]
#![allow(clippy::unwrap_used)]

use std::{sync::LazyLock, thread};

use burn::tensor::{Device, Tensor, wgpu::WgpuSetup};
use saganscope_shaders::{self as shaders, watch};

static SETUP: LazyLock<WgpuSetup> = LazyLock::new(|| {
    let found = Device::wgpu_options().init_with_setup();
    found.expect("these tests need a wgpu adapter").1
});

/// A device of the test's own, so that it counts its own memory.
fn gpu() -> Device {
    let options = Device::wgpu_options().setup(SETUP.clone());
    options.init().unwrap()
}

fn finish(y: Tensor<4>) {
    y.into_data();
}

#[test]
fn launches_and_bytes_are_counted() {
    let device = gpu();
    let x = Tensor::<4>::ones([2, 8, 64, 64], &device);
    let w = Tensor::ones([8, 4, 4, 4], &device);
    let b = Tensor::ones([4], &device);
    x.clone().into_data();
    let once = watch::usage(&device, || {
        finish(shaders::up(x.clone(), w.clone(), Some(b.clone())));
    });
    let once = once.unwrap();
    assert_eq!(once.dispatches, 1);
    let bytes = 4 * (2 * 8 * 64 * 64 + 2 * 4 * 128 * 128);
    assert!((bytes..bytes + 100_000).contains(&once.in_use), "{once:?}");
    assert!(once.reserved >= once.in_use);

    let twice = watch::usage(&device, || {
        let first = shaders::up(x.clone(), w.clone(), Some(b.clone()));
        let second = shaders::up(x.clone(), w.clone(), Some(b.clone()));
        finish(first);
        finish(second);
    });
    let twice = twice.unwrap();
    assert_eq!(twice.dispatches, 2);
    assert_eq!(twice.in_use, once.in_use + 4 * 2 * 4 * 128 * 128);
}

#[test]
fn launches_of_others_are_left_out_and_the_cpu_has_none() {
    let device = gpu();
    let other = device.clone();
    let seen = watch::usage(&device, || {
        let work = move || finish(Tensor::<4>::ones([1, 1, 8, 8], &other) * 2.0);
        thread::spawn(work).join().unwrap();
    });
    assert_eq!(seen.unwrap().dispatches, 0);
    assert_eq!(watch::usage(&Device::flex(), || ()), None);
}

#[test]
fn a_timed_launch_knows_its_operation_and_its_work() {
    let device = gpu();
    let x = Tensor::<4>::ones([2, 8, 16, 16], &device);
    let w = Tensor::ones([8, 4, 4, 4], &device);
    let b = Tensor::ones([4], &device);
    let launches = watch::timed(|| {
        finish(shaders::up(x, w, Some(b)) * 2.0);
    });
    let [up, times] = launches.as_slice() else {
        panic!("{launches:?}");
    };
    let operation = up.operation.unwrap();
    assert_eq!((operation.name, up.kernel.as_str()), ("up", "up"));
    assert_eq!(operation.flops, 2 * 2 * 8 * 4 * 16 * 16 * 16);
    assert!(up.time.unwrap().as_nanos() > 0);
    assert_eq!(times.operation, None);
}

/// Both passes of attention, and each convolution forward and backward.
#[test]
fn every_operation_states_its_work() {
    let device = gpu().autodiff();
    let tensor = |shape| Tensor::<4>::ones(shape, &device).require_grad();
    let (batch, small, big, side) = (2, 3, 5, 8);
    let strided = 2 * batch * small * big * 16 * side * side;
    let (depth, channels, pixels) = (2, 16, 64);
    let pairs = 2 * batch * pixels * pixels;

    let x = tensor([batch, small, side, side]);
    let y = tensor([batch, big, 2 * side, 2 * side]);
    let weight = tensor([small, big, 4, 4]);
    let flat = |channels| Tensor::<3>::ones([batch, channels, pixels], &device).require_grad();
    let (q, k, v) = (flat(depth), flat(depth), flat(channels));
    let map = Tensor::<2>::ones([depth, channels], &device).require_grad();
    let bias = Tensor::<1>::ones([depth], &device).require_grad();
    let product = 2 * batch * depth * channels * pixels;
    let launches = watch::timed(|| {
        let up = shaders::up(x, weight.clone(), None).sum();
        let down = shaders::down(y, weight, None).sum();
        let attended = shaders::attention(q, k, v).sum();
        let mapped = shaders::pointwise(flat(channels), map, bias).sum();
        (up + down + attended + mapped).backward();
    });
    let mut seen: Vec<_> = launches
        .iter()
        .filter_map(|launch| launch.operation)
        .map(|operation| (operation.call, operation.name, operation.flops))
        .collect();
    seen.dedup();
    let mut seen: Vec<_> = seen
        .into_iter()
        .map(|(_, name, flops)| (name, flops))
        .collect();
    seen.sort_unstable();
    let expected = [
        ("attention", pairs * (depth + channels)),
        ("attention_backward", pairs * (3 * depth + 2 * channels)),
        ("down", strided),
        ("down", strided),
        ("pointwise", product),
        ("pointwise", product),
        ("pointwise_weight_grad", product),
        ("up", strided),
        ("up", strided),
        ("weight_grad", strided),
        ("weight_grad", strided),
    ];
    let expected = expected.map(|(name, flops)| (name, flops as u64));
    assert_eq!(seen, expected);
}
