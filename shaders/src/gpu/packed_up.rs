//! Transposed convolutions for drawing on a GPU, whose kernels read a weight as it is.

use burn::backend::{Cube, tensor::FloatTensor};

use crate::{activated::ActivatedKernels, packed_up::PackedUpOperations, strided::StridedKernels};

impl PackedUpOperations for Cube {
    fn pack_up(weight: FloatTensor<Self>, _: usize) -> FloatTensor<Self> {
        weight
    }

    fn packed_up_relu(
        x: FloatTensor<Self>,
        packed: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Self::kernel_up_relu(x, packed, bias)
    }

    fn packed_up_tanh(
        x: FloatTensor<Self>,
        packed: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Self::kernel_up_tanh(x, packed, bias)
    }
}
