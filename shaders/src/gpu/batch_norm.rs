//! Launches `wgsl/batch_norm_*.wgsl`: two kernels forward, two backward.

use burn::backend::{Cube, tensor::FloatTensor};
use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::exact,
    dense, dims, elementwise,
    kernel::{Kernel, empty, empty_like},
    maps_in_fours, single,
    sources::{self, Source},
};
use crate::batch_norm::{
    BatchNormKernels, NormState, Normed, Running, fallback, fallback_backward,
};

impl BatchNormKernels for Cube {
    fn batch_norm_relu_forward(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        running: Running<Self>,
    ) -> Normed<Self> {
        if single([&x, &weight, &bias, &running.mean, &running.variance]) && maps_in_fours(&x) {
            return forward(x, weight, bias, running);
        }
        fallback(x, weight, bias, running)
    }

    fn batch_norm_relu_backward(
        state: NormState<Self>,
        grad: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 3] {
        if single([&state.x, &state.weight, &grad]) && maps_in_fours(&state.x) {
            return backward(state, grad);
        }
        fallback_backward(state, grad)
    }
}

fn forward(
    x: CubeTensor,
    weight: CubeTensor,
    bias: CubeTensor,
    running: Running<Cube>,
) -> Normed<Cube> {
    let sizes = Sizes::of(&x);
    let x = exact(x);
    let [weight, bias] = [weight, bias].map(dense);
    let [old_mean, old_variance] = [running.mean, running.variance].map(dense);
    let moments = empty(&x, [2, sizes.channels]);
    let [mean, variance] = [(); 2].map(|()| empty(&x, [sizes.channels]));
    sizes.statistics(running.epsilon, running.momentum).launch(
        [sizes.channels, 1, 1],
        vec![
            x.clone(),
            old_mean,
            old_variance,
            moments.clone(),
            mean.clone(),
            variance.clone(),
        ],
    );
    let output = empty_like(&x);
    sizes.relu().launch(
        elementwise::groups(&output),
        vec![x, moments.clone(), weight, bias, output.clone()],
    );
    Normed {
        output,
        moments,
        mean,
        variance,
    }
}

fn backward(state: NormState<Cube>, grad: CubeTensor) -> [CubeTensor; 3] {
    let sizes = Sizes::of(&state.x);
    let NormState {
        x,
        moments,
        weight,
        bias,
    } = state;
    let x = exact(x);
    let [grad, moments, weight, bias] = [grad, moments, weight, bias].map(dense);
    let [weight_grad, bias_grad] = [(); 2].map(|()| empty(&x, [sizes.channels]));
    let inputs = vec![x.clone(), grad, moments, weight, bias];
    let sums = vec![weight_grad.clone(), bias_grad.clone()];
    sizes.sums().launch(
        [sizes.channels, 1, 1],
        [inputs.clone(), sums.clone()].concat(),
    );
    let x_grad = empty_like(&x);
    sizes.backward().launch(
        elementwise::groups(&x_grad),
        [inputs, sums, vec![x_grad.clone()]].concat(),
    );
    [x_grad, weight_grad, bias_grad]
}

#[derive(Clone, Copy)]
struct Sizes {
    batch: usize,
    channels: usize,
    /// Fours in a map.
    quads: usize,
}

impl Sizes {
    fn of(x: &CubeTensor) -> Self {
        let [batch, channels, height, width] = dims(x);
        Self {
            batch,
            channels,
            quads: height * width / 4,
        }
    }

    /// The root of a workgroup's threads: as many as have several fours each to sum.
    fn root(&self) -> u32 {
        match self.batch * self.quads {
            0..256 => 4,
            256..1024 => 8,
            _ => 16,
        }
    }

    fn statistics(&self, epsilon: f32, momentum: f32) -> Kernel {
        self.a_group_each(
            sources::BATCH_NORM_STATISTICS,
            vec![
                ("EPSILON", epsilon.to_bits()),
                ("MOMENTUM", momentum.to_bits()),
            ],
        )
    }

    fn relu(&self) -> Kernel {
        elementwise::kernel(
            sources::BATCH_NORM_RELU,
            vec![
                ("CHANNELS", self.channels as u32),
                ("QUADS", self.quads as u32),
            ],
        )
    }

    fn sums(&self) -> Kernel {
        self.a_group_each(sources::BATCH_NORM_SUMS, Vec::new())
    }

    fn backward(&self) -> Kernel {
        elementwise::kernel(
            sources::BATCH_NORM_BACKWARD,
            vec![
                ("CHANNELS", self.channels as u32),
                ("QUADS", self.quads as u32),
            ],
        )
    }

    /// A kernel with a workgroup for each channel.
    fn a_group_each(&self, source: Source, mut constants: Vec<(&'static str, u32)>) -> Kernel {
        let root = self.root();
        constants.extend([
            ("CHANNELS", self.channels as u32),
            ("QUADS", self.quads as u32),
            ("THREADS", root * root),
            ("ROOT", root),
        ]);
        Kernel {
            source,
            constants,
            threads: [root * root, 1, 1],
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        let sizes = [(16, 64, 64), (1, 1, 1)].map(|(batch, channels, quads)| Sizes {
            batch,
            channels,
            quads,
        });
        let made = sizes.map(|sizes| {
            [
                sizes.statistics(1e-5, 0.1),
                sizes.relu(),
                sizes.sums(),
                sizes.backward(),
            ]
        });
        made.concat()
    }
}
