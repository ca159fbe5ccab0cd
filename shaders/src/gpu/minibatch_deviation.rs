//! Launches `wgsl/minibatch_deviation*.wgsl`: how much a batch differs, what tells it, and the gradient.

use burn::backend::{Cube, tensor::FloatTensor};
use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::exact,
    dims, elementwise,
    kernel::{Kernel, empty, empty_like},
    maps_in_fours, single,
    sources::{self, Source},
    sum_splits::sum_splits,
};
use crate::minibatch_deviation::{MinibatchDeviationKernels, fallback, fallback_backward};

impl MinibatchDeviationKernels for Cube {
    fn minibatch_deviation_forward(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 2] {
        if single([&x, &weight]) && maps_in_fours(&x) {
            return forward(x, weight);
        }
        fallback::<Self>(x, weight)
    }

    fn minibatch_deviation_backward(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        sums: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        if single([&x, &weight, &sums, &grad]) && maps_in_fours(&x) {
            return backward(x, weight, sums, grad);
        }
        fallback_backward::<Self>(x, weight, sums, grad)
    }
}

/// A square.
const THREADS: u32 = 64;
const ROOT: u32 = 8;

fn forward(x: CubeTensor, weight: CubeTensor) -> [CubeTensor; 2] {
    let sizes = Sizes::of(&x);
    let [x, weight] = [x, weight].map(exact);
    let groups = sizes.groups();
    let parts = empty(&x, [groups, 1]);
    let kernel = sizes.by_number(sources::MINIBATCH_DEVIATION);
    kernel.launch([groups, 1, 1], vec![x.clone(), parts.clone()]);
    let deviation = sum_splits(parts, [1]);
    let output = empty_like(&x);
    sizes.told().launch(
        elementwise::groups(&output),
        vec![x, weight, deviation.clone(), output.clone()],
    );
    [output, deviation]
}

fn backward(x: CubeTensor, weight: CubeTensor, sums: CubeTensor, grad: CubeTensor) -> CubeTensor {
    let sizes = Sizes::of(&x);
    let [x, weight, sums, grad] = [x, weight, sums, grad].map(exact);
    let x_grad = empty_like(&x);
    let kernel = sizes.by_number(sources::MINIBATCH_DEVIATION_BACKWARD);
    let tensors = vec![x, weight, sums, grad, x_grad.clone()];
    kernel.launch([sizes.groups(), 1, 1], tensors);
    x_grad
}

#[derive(Clone, Copy)]
struct Sizes {
    channels: usize,
    /// Fours in a map.
    quads: usize,
}

impl Sizes {
    fn of(x: &CubeTensor) -> Self {
        let [_, channels, height, width] = dims(x);
        Self {
            channels,
            quads: height * width / 4,
        }
    }

    /// Workgroups with a thread for each four of a sample.
    fn groups(self) -> usize {
        (self.channels * self.quads).div_ceil(THREADS as usize)
    }

    fn by_number(self, source: Source) -> Kernel {
        Kernel {
            source,
            constants: vec![
                ("FOURS", (self.channels * self.quads) as u32),
                ("THREADS", THREADS),
                ("ROOT", ROOT),
            ],
            threads: [THREADS, 1, 1],
        }
    }

    fn told(self) -> Kernel {
        elementwise::kernel(
            sources::MINIBATCH_DEVIATION_TOLD,
            vec![
                ("CHANNELS", self.channels as u32),
                ("QUADS", self.quads as u32),
            ],
        )
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        let sizes = Sizes {
            channels: 24,
            quads: 16,
        };
        vec![
            sizes.by_number(sources::MINIBATCH_DEVIATION),
            sizes.by_number(sources::MINIBATCH_DEVIATION_BACKWARD),
            sizes.told(),
        ]
    }
}
