//! Launches `wgsl/down.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims,
    kernel::{Kernel, empty},
};

/// Whether the kernel can take this input: it writes rows in fours.
pub(super) fn applies(x: &CubeTensor) -> bool {
    let [_, _, _, width] = dims(x);
    width.is_multiple_of(8)
}

/// As [`down`](crate::down()), with LeakyReLU of the given slope after it or not.
pub(super) fn down(
    x: CubeTensor,
    weight: CubeTensor,
    bias: Option<CubeTensor>,
    slope: Option<f32>,
) -> CubeTensor {
    let [batch, input, height, width] = dims(&x);
    let [output, _, _, _] = dims(&weight);
    let biased = bias.is_some();
    // Bound, but not read.
    let bias = bias.unwrap_or_else(|| empty(&x, [1]));
    let [x, weight, bias] = [x, weight, bias].map(dense);
    let map = [height / 2, width / 2];
    let y = empty(&x, [batch, output, map[0], map[1]]);
    let strips = batch * map[0] * map[1] / 4;
    kernel(strips, input, output, map, biased, slope).launch(
        [strips.div_ceil(threads(strips)), output.div_ceil(4), 1],
        vec![x, weight, bias, y.clone()],
    );
    y
}

/// Threads of a workgroup, each for a strip: no more than a few small maps have use for.
fn threads(strips: usize) -> usize {
    strips.next_power_of_two().clamp(16, 64)
}

/// `strips` are those of the whole batch, `map` is the output's.
fn kernel(
    strips: usize,
    input: usize,
    output: usize,
    [height, width]: [usize; 2],
    biased: bool,
    slope: Option<f32>,
) -> Kernel {
    Kernel {
        name: "down",
        text: include_str!("../../wgsl/down.wgsl"),
        constants: vec![
            ("INPUT", input as u32),
            ("OUTPUT", output as u32),
            ("HEIGHT", height as u32),
            ("WIDTH", width as u32),
            ("STRIPS", strips as u32),
            ("THREADS", threads(strips) as u32),
            ("BIASED", u32::from(biased)),
            ("LEAKY", u32::from(slope.is_some())),
            ("SLOPE", slope.unwrap_or(0.0).to_bits()),
        ],
        threads: [threads(strips) as u32, 1],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn kernels() -> Vec<Kernel> {
        vec![
            kernel(4096, 3, 32, [32, 32], true, Some(0.1)),
            kernel(3, 5, 7, [3, 4], false, None),
        ]
    }
}
