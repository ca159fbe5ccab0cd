//! A wrong shape is a panic that names the operation, the argument, what it is and what it should be.

#![allow(clippy::unwrap_used)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use burn::tensor::{Device, Tensor};
use saganscope_shaders as shaders;

fn zeros<const D: usize>(shape: [usize; D]) -> Tensor<D> {
    Tensor::zeros(shape, &Device::flex())
}

/// `run` panics with this message.
#[track_caller]
fn refused<R>(message: &str, run: impl FnOnce() -> R) {
    let Err(panic) = catch_unwind(AssertUnwindSafe(run)) else {
        panic!("nothing was refused, where this was expected: {message}");
    };
    assert_eq!(panic.downcast_ref::<String>().unwrap(), message);
}

#[test]
fn up() {
    let x = zeros([2, 3, 4, 4]);
    let weight = "weight has the shape [5, 3, 4, 4], but should have [Cin, Cout, 4, 4], \
                  where x has Cin = 3";
    refused(&format!("up: {weight}"), || {
        shaders::up(x.clone(), zeros([5, 3, 4, 4]), None)
    });
    let kernel = "up: weight has the shape [3, 5, 3, 4], but should have [Cin, Cout, 4, 4], \
                  where x has Cin = 3";
    refused(kernel, || shaders::up(x.clone(), zeros([3, 5, 3, 4]), None));
    let bias = "bias has the shape [3], but should have [Cout], where weight has Cout = 5";
    for (name, run) in [
        ("up", shaders::up as fn(_, _, Option<_>) -> _),
        ("up_relu", |x, w, b| shaders::up_relu(x, w, b.unwrap())),
        ("up_tanh", |x, w, b| shaders::up_tanh(x, w, b.unwrap())),
    ] {
        refused(&format!("{name}: {bias}"), || {
            run(x.clone(), zeros([3, 5, 4, 4]), Some(zeros([3])))
        });
    }
    let empty =
        "up: x has the shape [0, 3, 4, 4], but should have [B, Cin, H, W], none of them zero";
    refused(empty, || {
        shaders::up(zeros([0, 3, 4, 4]), zeros([3, 5, 4, 4]), None)
    });
}

#[test]
fn down() {
    let x = zeros([2, 3, 4, 6]);
    let weight = "down: weight has the shape [3, 5, 4, 4], but should have [Cout, Cin, 4, 4], \
                  where x has Cin = 3";
    refused(weight, || {
        shaders::down(x.clone(), zeros([3, 5, 4, 4]), None)
    });
    let bias = "bias has the shape [3], but should have [Cout], where weight has Cout = 5";
    refused(&format!("down: {bias}"), || {
        shaders::down(x.clone(), zeros([5, 3, 4, 4]), Some(zeros([3])))
    });
    refused(&format!("down_leaky_relu: {bias}"), || {
        shaders::down_leaky_relu(x.clone(), zeros([5, 3, 4, 4]), zeros([3]), 0.1)
    });
    let odd = "down: x has the shape [1, 1, 3, 4], but only maps of even sides can be halved";
    refused(odd, || {
        shaders::down(zeros([1, 1, 3, 4]), zeros([1, 1, 4, 4]), None)
    });
    let slope = "down_leaky_relu: the slope is -0.1, but must be at least zero";
    refused(slope, || {
        shaders::down_leaky_relu(x, zeros([5, 3, 4, 4]), zeros([5]), -0.1)
    });
}

#[test]
fn leaky_relu() {
    let slope = "leaky_relu: the slope is NaN, but must be at least zero";
    refused(slope, || shaders::leaky_relu(zeros([2, 3]), f32::NAN));
}

#[test]
fn attention() {
    let (queries, keys, values) = (zeros([2, 3, 8]), zeros([2, 3, 8]), zeros([2, 5, 8]));
    let wrong = "keys has the shape [2, 3, 7], but should have [B, d, N], \
                 where queries has B = 2, where queries has d = 3, where queries has N = 8";
    refused(&format!("attention: {wrong}"), || {
        shaders::attention(queries.clone(), zeros([2, 3, 7]), values.clone())
    });
    let wrong = "attention: values has the shape [1, 5, 8], but should have [B, C, N], \
                 where queries has B = 2, where queries has N = 8";
    refused(wrong, || {
        shaders::attention_with_log_sum_exp(queries.clone(), keys.clone(), zeros([1, 5, 8]))
    });
    let layer = |x, gamma| {
        shaders::attention_layer(queries.clone(), keys.clone(), values.clone(), x, gamma)
    };
    let wrong = "attention_layer: x has the shape [2, 3, 8], but should have [B, C, N], \
                 where queries has B = 2, where queries has N = 8, where values has C = 5";
    refused(wrong, || layer(zeros([2, 3, 8]), zeros([1])));
    let wrong = "attention_layer: gamma has the shape [2], but should have [1]";
    refused(wrong, || layer(zeros([2, 5, 8]), zeros([2])));
}

#[test]
fn batch_norm_relu() {
    let names = ["weight", "bias", "running_mean", "running_variance"];
    for (wrong, name) in names.into_iter().enumerate() {
        let message = format!(
            "batch_norm_relu: {name} has the shape [4], but should have [C], where x has C = 3"
        );
        let vector = |index| zeros([if index == wrong { 4 } else { 3 }]);
        refused(&message, || {
            let running = [vector(2), vector(3)];
            shaders::batch_norm_relu(
                zeros([2, 3, 4, 4]),
                vector(0),
                vector(1),
                running,
                1e-5,
                0.1,
            )
        });
    }
}

#[test]
fn matrices() {
    let wrong = "pointwise: weight has the shape [3, 5], but should have [O, I], where x has I = 3";
    refused(wrong, || {
        shaders::pointwise(zeros([2, 3, 8]), zeros([3, 5]), zeros([3]))
    });
    let wrong = "pointwise: bias has the shape [3], but should have [O], where weight has O = 5";
    refused(wrong, || {
        shaders::pointwise(zeros([2, 3, 8]), zeros([5, 3]), zeros([3]))
    });
    let wrong = "product: right has the shape [2, 3], but should have [K, N], where left has K = 3";
    refused(wrong, || shaders::product(zeros([2, 3]), zeros([2, 3])));
    let wrong = "unit_columns: log_length has the shape [3], but should have [1]";
    refused(wrong, || {
        shaders::unit_columns(zeros([2, 3, 8]), true, zeros([3]))
    });
    let wrong = "spectral_norm: u has the shape [4], but should have [rows], \
                 where weight has rows = 3";
    refused(wrong, || shaders::spectral_norm(zeros([3, 4]), zeros([4])));
}

#[test]
fn updates() {
    let names = ["first moment", "second moment", "gradient"];
    let rates = shaders::AdamRates::new(0.1, [0.0, 0.9], 1e-8, 1, &Device::flex());
    for (wrong, name) in names.into_iter().enumerate() {
        let message = format!(
            "adam: {name} has the shape [4], but should have [n], where parameter has n = 3"
        );
        let vector = |index| zeros([if index == wrong { 4 } else { 3 }]);
        refused(&message, || {
            shaders::adam([zeros([3]), vector(0), vector(1)], vector(2), &rates)
        });
    }
    let decay = shaders::Decay::new(0.5, &Device::flex());
    let wrong = "blend: current has the shape [4], but should have [n], where average has n = 3";
    refused(wrong, || shaders::blend(zeros([3]), zeros([4]), &decay));
}
