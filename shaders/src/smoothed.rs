//! Maps without the finest wave there is: what attention makes of its keys where they are to be blind to
//! the grid of the transposed convolutions.
//!
//! Along each axis a place becomes a mean of itself and its neighbours with the binomial weights ¼ ½ ¼,
//! whose answer to `+1 −1 +1 −1 …` is zero. Beyond the border stands once more what stands at it, so that
//! a flat map stays as it is, and the weights of all places are a symmetric matrix.

use burn::{
    backend::{Backend, Dispatch, TensorMetadata, tensor::FloatTensor},
    tensor::{Shape, Tensor, TensorData},
};

use crate::{autodiff::symmetric_operation, shapes::Shapes, switch};

/// The weights along one axis of this many places, `[side, side]`, symmetric.
fn binomial(side: usize) -> TensorData {
    let mut weights = vec![0.0f32; side * side];
    for to in 0..side {
        let beside = [to.saturating_sub(1), to, to, (to + 1).min(side - 1)];
        for from in beside {
            weights[to * side + from] += 0.25;
        }
    }
    TensorData::new(weights, [side, side])
}

/// `[B, d, N]`, N = side² → each map `x[b, d, :]` blurred along both axes.
///
/// # Panics
/// If a dimension is zero, or N is not a square.
pub fn smoothed(x: Tensor<3>) -> Tensor<3> {
    let shape = x.dims();
    Shapes::of("smoothed").takes("x", shape, ["B", "d", "N"]);
    let [batch, depth, pixels] = shape;
    let side = pixels.isqrt();
    assert!(
        side * side == pixels,
        "smoothed: {pixels} places are no square map"
    );
    if switch::stock() {
        let weights = Tensor::<2>::from_data(binomial(side), &x.device());
        let along = |x: Tensor<3>| {
            let rows = x.reshape([batch * depth * side, side]);
            rows.matmul(weights.clone())
                .reshape([batch * depth, side, side])
        };
        let rows = along(x.reshape([batch * depth, side, side]));
        return along(rows.swap_dims(1, 2)).swap_dims(1, 2).reshape(shape);
    }
    Tensor::from_dispatch(Dispatch::smoothed(x.into_dispatch()))
}

symmetric_operation!(smoothed, SmoothedOperations, by kernel_smoothed of SmoothedKernels);

/// What the operation and its gradient are: the same, since the weights are symmetric.
pub(crate) trait SmoothedKernels: Backend {
    /// [`smoothed`].
    fn kernel_smoothed(x: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// On Burn's own kernels.
pub(crate) fn fallback<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let shape = x.shape();
    let side = shape[2].isqrt();
    let maps = shape[0] * shape[1];
    let weights = B::float_from_data(binomial(side), &x.device());
    let square = || Shape::from([maps, side, side]);
    let along = |x: FloatTensor<B>| {
        let rows = B::float_reshape(x, Shape::from([maps * side, side]));
        B::float_reshape(B::float_matmul(rows, weights.clone()), square())
    };
    let rows = along(B::float_reshape(x, square()));
    let columns = along(B::float_swap_dims(rows, 1, 2));
    B::float_reshape(B::float_swap_dims(columns, 1, 2), shape)
}
