//! Launches `wgsl/blend.wgsl`.

use burn::backend::Cube;
use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::{self, groups},
    dense,
    kernel::{Kernel, empty},
    sources,
};
use crate::blend::BlendOperation;

impl BlendOperation for Cube {
    fn blend(average: CubeTensor, current: CubeTensor, shares: CubeTensor) -> CubeTensor {
        let length = average.meta.num_elements();
        let result = empty(&average, [length]);
        let tensors = vec![dense(average), dense(current), shares, result.clone()];
        kernel().launch(groups(length), tensors);
        result
    }
}

fn kernel() -> Kernel {
    any_length::kernel(sources::BLEND)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel()]
    }
}
