//! Milliseconds of a forward and backward pass on the CPU, Burn's own operations and ours, for
//! every layer of a generator of conv_dim 32 at batch 32 (arguments: conv_dim, batch).
//!
//! `cargo run -p saganscope-shaders --no-default-features --example op_speed`

use std::time::Instant;

use burn::tensor::{
    Device, Distribution, Tensor,
    activation::softmax,
    module::{conv_transpose2d, conv2d},
    ops::{ConvOptions, ConvTransposeOptions},
};
use saganscope_shaders as shaders;

type Conv = fn(Tensor<4>, Tensor<4>, Option<Tensor<1>>) -> Tensor<4>;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let mut next = |default| match arguments.next() {
        Some(Ok(value)) => value,
        _ => default,
    };
    let (width, batch) = (next(32), next(32));
    println!("conv_dim {width}, batch {batch}; forward and backward, milliseconds");
    println!("{:32} {:>9} {:>9} {:>7}", "", "Burn", "ours", "ratio");
    let stages = [(8, 4, 4), (4, 2, 8), (2, 1, 16)];
    for (input, output, side) in stages {
        strided(batch, input * width, output * width, side);
    }
    strided(batch, width, 3, 32);
    for (channels, side) in [(width, 32), (2 * width, 16), (4 * width, 8), (8 * width, 4)] {
        attend(batch, channels, side * side);
    }
}

/// `up` from `small` channels of side `side` to `big` channels of twice that, and `down` back.
fn strided(batch: usize, small: usize, big: usize, side: usize) {
    let weight = random([small, big, 4, 4]);
    let x = random([batch, small, side, side]);
    let y = random([batch, big, 2 * side, 2 * side]);
    let run = |conv: Conv, x: &Tensor<4>, channels: usize| {
        let bias = Some(random([channels]));
        best(|| {
            let y = conv(x.clone(), weight.clone(), bias.clone());
            let _ = y.sum().backward();
        })
    };
    let name = |what: &str| format!("{what} {small}×{side}² and {big}×{}²", 2 * side);
    report(
        &name("up"),
        run(burn_up, &x, big),
        run(shaders::up, &x, big),
    );
    let (burn, ours) = (run(burn_down, &y, small), run(shaders::down, &y, small));
    report(&name("down"), burn, ours);
}

fn attend(batch: usize, channels: usize, pixels: usize) {
    let [q, k] = [(); 2].map(|()| random([batch, channels / 8, pixels]));
    let v = random([batch, channels, pixels]);
    let run = |attention: fn(Tensor<3>, Tensor<3>, Tensor<3>) -> Tensor<3>| {
        best(|| {
            let _ = attention(q.clone(), k.clone(), v.clone()).sum().backward();
        })
    };
    let name = format!("attention {channels}×{pixels}");
    report(&name, run(burn_attention), run(shaders::attention));
}

fn burn_up(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    let options = ConvTransposeOptions::new([2, 2], [1, 1], [0, 0], [1, 1], 1);
    conv_transpose2d(x, weight, bias, options)
}

fn burn_down(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    conv2d(x, weight, bias, ConvOptions::new([2, 2], [1, 1], [1, 1], 1))
}

fn burn_attention(q: Tensor<3>, k: Tensor<3>, v: Tensor<3>) -> Tensor<3> {
    let map = softmax(q.swap_dims(1, 2).matmul(k), 2);
    v.matmul(map.swap_dims(1, 2))
}

fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
    let device = Device::flex().autodiff();
    Tensor::random(shape, Distribution::Uniform(-0.5, 0.5), &device).require_grad()
}

/// The quickest of five runs, in milliseconds, after one that is not counted.
fn best(mut run: impl FnMut()) -> f64 {
    run();
    let times = (0..5).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64() * 1e3
    });
    times.fold(f64::MAX, f64::min)
}

fn report(name: &str, burn: f64, ours: f64) {
    println!("{name:32} {burn:9.2} {ours:9.2} {:6.1}×", burn / ours);
}
