//! Launches the three kernels of spectral norm, `wgsl/spectral_*.wgsl`, and the two of its gradient.

use burn::backend::Cube;
use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::{self, exact, groups},
    dense,
    kernel::{Kernel, empty, empty_like},
    single, sources,
};
use crate::spectral_norm::{self, SpectralNorm, SpectralNormKernels, sides};

/// The parts of a sum that `spectral_grad.wgsl` can take.
const PARTS: usize = 256;

impl SpectralNormKernels for Cube {
    fn normalise(weight: CubeTensor, u: CubeTensor) -> SpectralNorm<Self> {
        if !single([&weight, &u]) {
            return spectral_norm::fallback::<Self>(weight, u);
        }
        let (rows, columns) = sides(weight.meta.shape());
        let weight = dense(weight);
        let columns_of_u = empty(&weight, [columns]);
        columns_kernel().launch(
            [columns.div_ceil(32), 1, 1],
            vec![weight.clone(), exact(u), columns_of_u.clone()],
        );
        let v = empty(&weight, [columns]);
        let stretched = empty(&weight, [rows]);
        rows_kernel().launch(
            [rows, 1, 1],
            vec![weight.clone(), columns_of_u, v.clone(), stretched.clone()],
        );
        let (u, sigma) = (empty(&weight, [rows]), empty(&weight, [1]));
        let normed = empty_like(&weight);
        divide_kernel().launch(
            groups(rows * columns),
            vec![weight, stretched, normed.clone(), u.clone(), sigma.clone()],
        );
        SpectralNorm {
            weight: normed,
            u,
            v,
            sigma,
        }
    }

    fn normalise_backward(state: SpectralNorm<Self>, grad: CubeTensor) -> CubeTensor {
        if !single([&state.weight, &grad]) {
            return spectral_norm::fallback_backward::<Self>(state, grad);
        }
        let grad = dense(grad);
        let [all, _, _] = groups(grad.meta.num_elements());
        let parts = all.min(PARTS);
        let along = empty(&grad, [parts]);
        along_kernel().launch(
            [parts, 1, 1],
            vec![grad.clone(), state.weight, along.clone()],
        );
        let result = empty_like(&grad);
        grad_kernel().launch(
            [all, 1, 1],
            vec![grad, state.u, state.v, state.sigma, along, result.clone()],
        );
        result
    }
}

fn columns_kernel() -> Kernel {
    Kernel {
        source: sources::SPECTRAL_COLUMNS,
        constants: vec![],
        threads: [32, 8, 1],
    }
}

fn rows_kernel() -> Kernel {
    Kernel {
        source: sources::SPECTRAL_ROWS,
        constants: vec![],
        threads: [128, 1, 1],
    }
}

fn divide_kernel() -> Kernel {
    any_length::kernel(sources::SPECTRAL_DIVIDE)
}

fn along_kernel() -> Kernel {
    any_length::kernel(sources::SPECTRAL_ALONG)
}

fn grad_kernel() -> Kernel {
    any_length::kernel(sources::SPECTRAL_GRAD)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![
            columns_kernel(),
            rows_kernel(),
            divide_kernel(),
            along_kernel(),
            grad_kernel(),
        ]
    }
}
