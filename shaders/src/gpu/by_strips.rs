//! What the kernels of unit columns share: how they are cut.

use super::{
    kernel::{Kernel, THREADS},
    sources::Source,
};

/// A kernel with a thread for every four columns of `[batch, depth, pixels]`, and its workgroups.
pub(super) fn by_strips(
    source: Source,
    [batch, depth, pixels]: [usize; 3],
) -> (Kernel, [usize; 3]) {
    let strips = batch * pixels / 4;
    let kernel = Kernel {
        source,
        constants: vec![
            ("DEPTH", depth as u32),
            ("QUADS", pixels as u32 / 4),
            ("THREADS", THREADS as u32),
        ],
        threads: [THREADS as u32, 1, 1],
    };
    (kernel, [strips.div_ceil(THREADS), 1, 1])
}
