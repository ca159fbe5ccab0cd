//! Transposed convolution, kernel 4, stride 2, padding 1: doubles width and height.

use burn::{
    backend::Dispatch,
    tensor::{Tensor, activation},
};

use crate::{activated::ActivatedOperations, comparison, operations::Operations, shapes::Shapes};

/// `[B, Cin, H, W]` with weight `[Cin, Cout, 4, 4]` and bias `[Cout]` → `[B, Cout, 2H, 2W]`.
///
/// Each output pixel is reached by exactly 2×2 inputs: output row `2i + p` (phase `p`) takes
/// input rows `i` and `i − 1 + 2p`. [`down`](crate::down) with the same weight is its adjoint.
///
/// # Panics
/// If a shape is another.
pub fn up(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    check("up", &x, &weight, bias.as_ref());
    if comparison::stock() {
        return comparison::up(x, weight, bias);
    }
    let bias = bias.unwrap_or_else(|| Tensor::zeros([weight.dims()[1]], &weight.device()));
    Tensor::from_dispatch(Dispatch::up(
        x.into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
    ))
}

/// [`up`], then ReLU: in one kernel on a GPU, in place on the CPU. What a stage of the generator is
/// at inference, with its batch norm folded into weight and bias.
///
/// # Panics
/// As [`up`].
pub fn up_relu(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>) -> Tensor<4> {
    check("up_relu", &x, &weight, Some(&bias));
    if comparison::stock() {
        return activation::relu(comparison::up(x, weight, Some(bias)));
    }
    Tensor::from_dispatch(Dispatch::up_relu(
        x.into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
    ))
}

/// [`up`], then tanh: the generator's last layer. One kernel on a GPU.
///
/// # Panics
/// As [`up`].
pub fn up_tanh(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>) -> Tensor<4> {
    check("up_tanh", &x, &weight, Some(&bias));
    if comparison::stock() {
        return comparison::up(x, weight, Some(bias)).tanh();
    }
    Tensor::from_dispatch(Dispatch::up_tanh(
        x.into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
    ))
}

fn check(operation: &'static str, x: &Tensor<4>, weight: &Tensor<4>, bias: Option<&Tensor<1>>) {
    let shapes = Shapes::of(operation)
        .takes("x", x.dims(), ["B", "Cin", "H", "W"])
        .takes("weight", weight.dims(), ["Cin", "Cout", "4", "4"]);
    if let Some(bias) = bias {
        shapes.takes("bias", bias.dims(), ["Cout"]);
    }
}
