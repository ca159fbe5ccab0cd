//! Launches `wgsl/centred.wgsl`.

use burn::backend::{Cube, tensor::FloatTensor};
use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::exact,
    dims, each_element, in_fours,
    kernel::{Kernel, empty_like},
    single, sources,
};
use crate::centred::{CentredKernels, fallback};

impl CentredKernels for Cube {
    fn kernel_centred(x: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&x]) && in_fours(&x) {
            return centred(x);
        }
        fallback::<Self>(x)
    }
}

fn centred(x: CubeTensor) -> CubeTensor {
    let [batch, depth, pixels] = dims(&x);
    let x = exact(x);
    let result = empty_like(&x);
    let groups = each_element::groups(batch * depth, 1);
    kernel(pixels / 4).launch(groups, vec![x, result.clone()]);
    result
}

fn kernel(quads: usize) -> Kernel {
    // A barrier of few threads is cheaper where the GPU is software.
    let root = if quads < 64 { 4 } else { 8 };
    Kernel {
        source: sources::CENTRED,
        constants: vec![
            ("QUADS", quads as u32),
            ("THREADS", root * root),
            ("ROOT", root),
        ],
        threads: [root * root, 1, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel(256), kernel(4)]
    }
}
