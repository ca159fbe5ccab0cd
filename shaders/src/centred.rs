//! Maps without their mean: what centred attention makes of its queries and keys.

use burn::{
    backend::{Backend, Dispatch, Flex, tensor::FloatTensor},
    tensor::Tensor,
};

use crate::{autodiff::symmetric_operation, shapes::Shapes, switch};

/// `[B, d, N]` → each row `x[b, d, :]` minus its mean.
///
/// # Panics
/// If a dimension is zero.
pub fn centred(x: Tensor<3>) -> Tensor<3> {
    Shapes::of("centred").takes("x", x.dims(), ["B", "d", "N"]);
    if switch::stock() {
        return x.clone() - x.mean_dim(2);
    }
    Tensor::from_dispatch(Dispatch::centred(x.into_dispatch()))
}

symmetric_operation!(centred, CentredOperations, by kernel_centred of CentredKernels);

/// What the operation and its gradient are: the same.
pub(crate) trait CentredKernels: Backend {
    /// [`centred`].
    fn kernel_centred(x: FloatTensor<Self>) -> FloatTensor<Self> {
        fallback::<Self>(x)
    }
}

impl CentredKernels for Flex {}

/// On Burn's own kernels.
pub(crate) fn fallback<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    B::float_sub(x.clone(), B::float_mean_dim(x, 2))
}
