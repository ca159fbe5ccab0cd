//! Convolution, kernel 4, stride 2, padding 1: halves width and height.

use burn::{
    backend::{
        Autodiff, Backend, Dispatch, autodiff::checkpoint::strategy::CheckpointStrategy,
        backend_extension, tensor::FloatTensor,
    },
    tensor::{Tensor, module::conv2d, ops::ConvOptions},
};

use crate::{
    activated::ActivatedOperations,
    leaky_relu,
    shapes::{Shapes, assert_slope},
    strided::{Strided, StridedKernels, strided},
    switch,
};

/// `[B, Cin, H, W]` with weight `[Cout, Cin, 4, 4]` and bias `[Cout]` → `[B, Cout, H/2, W/2]`.
///
/// [`up`](crate::up) with the same weight is its adjoint.
///
/// # Panics
/// If a shape is another, or `H` or `W` is odd.
pub fn down(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    check("down", &x, &weight, bias.as_ref());
    if switch::stock() {
        return stock(x, weight, bias);
    }
    let bias = bias.unwrap_or_else(|| Tensor::zeros([weight.dims()[0]], &weight.device()));
    Tensor::from_dispatch(Dispatch::down(
        x.into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
    ))
}

/// [`down`], then LeakyReLU with a slope of at least zero: a stage of the discriminator. One kernel
/// on a GPU, in place on the CPU. At zero the gradient is the slope, as in PyTorch.
///
/// # Panics
/// As [`down`], and if the slope is negative.
pub fn down_leaky_relu(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, slope: f32) -> Tensor<4> {
    check("down_leaky_relu", &x, &weight, Some(&bias));
    assert_slope("down_leaky_relu", slope);
    if switch::stock() {
        return leaky_relu::stock(stock(x, weight, Some(bias)), slope);
    }
    Tensor::from_dispatch(Dispatch::down_leaky_relu(
        x.into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
        slope,
    ))
}

fn check(operation: &'static str, x: &Tensor<4>, weight: &Tensor<4>, bias: Option<&Tensor<1>>) {
    let mut shapes = Shapes::of(operation)
        .takes("x", x.dims(), ["B", "Cin", "H", "W"])
        .takes("weight", weight.dims(), ["Cout", "Cin", "4", "4"]);
    if let Some(bias) = bias {
        shapes = shapes.takes("bias", bias.dims(), ["Cout"]);
    }
    shapes.halves("x", x.dims());
}

/// With Burn's public functions, for the bench.
fn stock(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    conv2d(x, weight, bias, ConvOptions::new([2, 2], [1, 1], [1, 1], 1))
}

/// The operation that a network calls. Shapes as in the function of the same name.
#[backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
pub(crate) trait DownOperation: Backend {
    fn down(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

/// Without autodiff, the operation is its kernel.
impl<B: StridedKernels> DownOperation for B {
    fn down(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        B::kernel_down(x, weight, Some(bias))
    }
}

impl<B: StridedKernels, C: CheckpointStrategy> DownOperation for Autodiff<B, C> {
    fn down(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        strided::<B, C>(Strided::Down, x, weight, bias)
    }
}
