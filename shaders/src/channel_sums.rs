//! The sum over samples and pixels of each channel: the gradient of a bias.

use burn::{
    backend::{Backend, TensorMetadata, tensor::FloatTensor},
    tensor::Shape,
};

/// What a backend may do better than Burn's own kernels.
pub(crate) trait ChannelSumsKernel: Backend {
    /// `[B, C, H, W]` → `[C]`.
    fn channel_sums(x: FloatTensor<Self>) -> FloatTensor<Self> {
        fallback::<Self>(x)
    }
}

/// On Burn's own kernels.
pub(crate) fn fallback<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let channels = x.shape()[1];
    let sums = B::float_sum_dims(x, &[0, 2, 3]);
    B::float_reshape(sums, Shape::from([channels]))
}
