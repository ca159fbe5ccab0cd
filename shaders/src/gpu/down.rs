//! Launches `wgsl/down.wgsl`.

use burn_cubecl::tensor::CubeTensor;

use super::{
    dense, dims,
    kernel::{Kernel, empty},
    tiles::{CHANNELS, rows},
};

/// Output pixels of a workgroup.
const PIXELS: usize = 64;

/// As [`down`](crate::down()).
pub(super) fn down(x: CubeTensor, weight: CubeTensor, bias: Option<CubeTensor>) -> CubeTensor {
    let [batch, input, height, width] = dims(&x);
    let [output, _, _, _] = dims(&weight);
    let biased = bias.is_some();
    // Bound, but not read.
    let bias = bias.unwrap_or_else(|| empty(&x, [1]));
    let [x, weight, bias] = [x, weight, bias].map(dense);
    let map = [height / 2, width / 2];
    let y = empty(&x, [batch, output, map[0], map[1]]);
    let (kernel, groups) = kernel(batch, input, output, map, biased);
    kernel.launch(groups, vec![x, weight, bias, y.clone()]);
    y
}

/// With its workgroups. `map` is the output's.
fn kernel(
    batch: usize,
    input: usize,
    output: usize,
    [height, width]: [usize; 2],
    biased: bool,
) -> (Kernel, [usize; 3]) {
    let columns = batch * height * width;
    let groups = columns.div_ceil(PIXELS);
    let rows = rows(output, groups);
    let kernel = Kernel {
        name: "down",
        text: include_str!("../../wgsl/down.wgsl"),
        constants: vec![
            ("INPUT", input as u32),
            ("OUTPUT", output as u32),
            ("HEIGHT", height as u32),
            ("WIDTH", width as u32),
            ("COLUMNS", columns as u32),
            ("ROWS", rows as u32),
            ("BIASED", u32::from(biased)),
        ],
        threads: [16 * rows as u32, 1],
    };
    (kernel, [groups, output.div_ceil(CHANNELS * rows), 1])
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// One of every cut.
    pub(crate) fn kernels() -> Vec<Kernel> {
        [
            kernel(16, 3, 32, [32, 32], true),
            kernel(64, 64, 256, [32, 16], true),
            kernel(1, 5, 7, [3, 1], false),
        ]
        .map(|(kernel, _)| kernel)
        .into()
    }
}
