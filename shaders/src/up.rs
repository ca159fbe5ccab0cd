//! Transposed convolution, kernel 4, stride 2, padding 1: doubles width and height.

use burn::{
    backend::{
        Autodiff, Backend, Dispatch, autodiff::checkpoint::strategy::CheckpointStrategy,
        backend_extension, tensor::FloatTensor,
    },
    tensor::{Tensor, activation, module::conv_transpose2d, ops::ConvTransposeOptions},
};

use crate::{
    activated::ActivatedOperations,
    leaky_relu::LeakyReluOperation,
    shapes::Shapes,
    strided::{Strided, StridedKernels, strided},
    switch,
};

/// `[B, Cin, H, W]` with weight `[Cin, Cout, 4, 4]` and bias `[Cout]` → `[B, Cout, 2H, 2W]`.
///
/// Each output pixel is reached by exactly 2×2 inputs: output row `2i + p` (phase `p`) takes
/// input rows `i` and `i − 1 + 2p`. [`down`](crate::down) with the same weight is its adjoint.
///
/// # Panics
/// If a shape is another.
pub fn up(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    check("up", &x, &weight, bias.as_ref());
    if switch::stock() {
        return stock(x, weight, bias);
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
    if switch::stock() {
        return activation::relu(stock(x, weight, Some(bias)));
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
    if switch::stock() {
        return stock(x, weight, Some(bias)).tanh();
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

/// With Burn's public functions, for the bench.
fn stock(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    let options = ConvTransposeOptions::new([2, 2], [1, 1], [0, 0], [1, 1], 1);
    conv_transpose2d(x, weight, bias, options)
}

/// The operations that a network calls. Shapes as in the functions of the same names.
#[backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
pub(crate) trait UpOperations: Backend {
    fn up(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    fn up_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

/// Without autodiff, an operation is its kernel.
impl<B: StridedKernels> UpOperations for B {
    fn up(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        B::kernel_up(x, weight, Some(bias))
    }

    fn up_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        B::kernel_up_relu(x, weight, bias)
    }
}

impl<B: StridedKernels, C: CheckpointStrategy> UpOperations for Autodiff<B, C> {
    fn up(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        strided::<B, C>(Strided::Up, x, weight, bias)
    }

    fn up_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        <Self as LeakyReluOperation>::leaky_relu(Self::up(x, weight, bias), 0.0)
    }
}
