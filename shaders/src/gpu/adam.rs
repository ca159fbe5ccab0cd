//! Launches `wgsl/adam.wgsl`.

use burn::backend::Cube;
use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::{self, groups, own},
    dense,
    kernel::{Kernel, empty},
    sources,
};
use crate::{adam::AdamOperation, cpu::adam::Factors};

impl AdamOperation for Cube {
    fn adam(
        parameter: CubeTensor,
        gradient: CubeTensor,
        first: CubeTensor,
        second: CubeTensor,
        uploaded: CubeTensor,
        _: Factors,
    ) -> (CubeTensor, CubeTensor, CubeTensor) {
        let length = parameter.meta.num_elements();
        let [first, second] = [first, second].map(own);
        let result = empty(&parameter, [length]);
        let tensors = vec![
            dense(parameter),
            dense(gradient),
            first.clone(),
            second.clone(),
            uploaded,
            result.clone(),
        ];
        kernel().launch(groups(length), tensors);
        (result, first, second)
    }
}

fn kernel() -> Kernel {
    any_length::kernel(sources::ADAM)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![kernel()]
    }
}
