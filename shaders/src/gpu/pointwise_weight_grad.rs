//! Launches `wgsl/pointwise_weight_grad.wgsl` and adds up its splits, by `wgsl/weight_columns.wgsl` where
//! there are several weights.

use burn::backend::Cube;
use burn_cubecl::tensor::CubeTensor;

use super::{
    any_length::exact,
    dense, dims, each_element,
    kernel::{Kernel, THREADS, empty},
    sources,
    sum_splits::sum_splits,
};
use crate::pointwise::WeightGradients;

/// Workgroups that keep a large GPU busy.
const BUSY: usize = 512;

/// Strips that are worth a split of their own.
const LEAST: usize = 512;

/// Side of the tile that a workgroup makes.
const TILE: usize = 8;

/// Gradient `[O, I]` of the weight between `[B, I, N]` and `[B, O, N]`.
pub(super) fn pointwise_weight_grad(x: CubeTensor, grad: CubeTensor) -> CubeTensor {
    let [_, input, _] = dims(&x);
    let [_, output, _] = dims(&grad);
    sum_splits(parts(x, grad, None, false), [output, input])
}

/// Gradients of the weight, of the bias and of the weights for each place of the `waves`, `[P, N]`.
pub(super) fn pointwise_weight_gradients(
    x: CubeTensor,
    grad: CubeTensor,
    waves: Option<CubeTensor>,
) -> WeightGradients<Cube> {
    let [_, input, _] = dims(&x);
    let [_, output, _] = dims(&grad);
    let places = waves.as_ref().map(|waves| dims::<2>(waves)[0]);
    let parts = parts(x, grad, waves, true);
    let weight = empty(&parts, [output, input]);
    let bias = empty(&parts, [output]);
    let place = places.map(|places| empty(&parts, [output, places]));
    // Bound, but not written to, where nothing is known of places.
    let bound = place.clone().unwrap_or_else(|| empty(&parts, [1]));
    let places = places.unwrap_or(0);
    let groups = each_element::groups(output * (input + places + 1), THREADS);
    let tensors = vec![parts, weight.clone(), bound, bias.clone()];
    columns(input, places).launch(groups, tensors);
    WeightGradients {
        weight,
        bias,
        place,
    }
}

/// `[splits, O, columns]`: input channels, then waves, then a one where `biased`.
fn parts(x: CubeTensor, grad: CubeTensor, waves: Option<CubeTensor>, biased: bool) -> CubeTensor {
    let [batch, input, pixels] = dims(&x);
    let [_, output, _] = dims(&grad);
    let inputs = Inputs {
        channels: input,
        places: waves.as_ref().map_or(0, |waves| dims::<2>(waves)[0]),
        biased,
    };
    // Bound, but not read.
    let waves = waves.unwrap_or_else(|| empty(&x, [4]));
    let (x, waves, grad) = (exact(x), dense(waves), dense(grad));
    let (kernel, groups) = kernel(batch, pixels, inputs, output);
    let parts = empty(&x, [groups[2], output, inputs.columns()]);
    kernel.launch(groups, vec![x, waves, grad, parts.clone()]);
    parts
}

/// What an output channel is a sum of.
#[derive(Clone, Copy)]
struct Inputs {
    channels: usize,
    places: usize,
    biased: bool,
}

impl Inputs {
    fn columns(self) -> usize {
        self.channels + self.places + usize::from(self.biased)
    }
}

/// With its workgroups; those in z are the splits.
fn kernel(batch: usize, pixels: usize, inputs: Inputs, output: usize) -> (Kernel, [usize; 3]) {
    let strips = batch * pixels / 4;
    let tiles = [output.div_ceil(TILE), inputs.columns().div_ceil(TILE)];
    let wanted = BUSY
        .div_ceil(tiles[0] * tiles[1])
        .min(strips.div_ceil(LEAST));
    let span = strips.div_ceil(wanted);
    let threads = if span >= LEAST { 64 } else { 16 };
    let kernel = Kernel {
        source: sources::POINTWISE_WEIGHT_GRAD,
        constants: vec![
            ("INPUT", inputs.channels as u32),
            ("PLACES", inputs.places as u32),
            ("BIASED", u32::from(inputs.biased)),
            ("OUTPUT", output as u32),
            ("QUADS", pixels as u32 / 4),
            ("THREADS", threads),
        ],
        threads: [threads, 1, 1],
    };
    (kernel, [tiles[0], tiles[1], strips.div_ceil(span)])
}

/// Adds up the parts and hands each column to whom it belongs.
fn columns(input: usize, places: usize) -> Kernel {
    let constants = vec![("INPUT", input as u32), ("PLACES", places as u32)];
    each_element::kernel(sources::WEIGHT_COLUMNS, THREADS, constants)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn inputs(channels: usize, places: usize, biased: bool) -> Inputs {
        Inputs {
            channels,
            places,
            biased,
        }
    }

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![
            kernel(16, 1024, inputs(32, 12, true), 4).0,
            kernel(16, 16, inputs(256, 0, true), 256).0,
            kernel(1, 4, inputs(3, 0, false), 5).0,
            columns(32, 12),
            columns(32, 0),
        ]
    }

    #[test]
    fn no_split_is_empty() {
        for (batch, pixels, input, output) in [(64, 1024, 64, 8), (1, 4, 8, 8), (33, 256, 128, 16)]
        {
            let (_, [_, _, splits]) = kernel(batch, pixels, inputs(input, 12, true), output);
            let strips = batch * pixels / 4;
            // As the shader has it.
            let span = strips.div_ceil(splits);
            assert!((splits - 1) * span < strips);
        }
    }
}
