// Sums that threads of a workgroup share. The host puts this behind the kernels that want it, and these
// constants in front: CELLS (pieces of work in a workgroup) and SPLITS (threads for each of them; 1
// where there are pieces enough to keep the GPU busy). Thread `split · CELLS + cell` has a share of its
// cell's terms, every SPLITS-th.

var<workgroup> shares: array<mat4x4<f32>, CELLS * SPLITS>;

// The sum of what the threads of a cell have, for that of split `taker`, always in the same order; what
// the others get is of no use. Every thread calls it, outside of all branches.
fn shared_sum(own: mat4x4<f32>, cell: u32, split: u32, taker: u32) -> mat4x4<f32> {
    if SPLITS == 1u {
        return own;
    }
    shares[split * CELLS + cell] = own;
    workgroupBarrier();
    var sum = own;
    if split == taker {
        sum = shares[cell];
        for (var other = 1u; other < SPLITS; other++) {
            sum += shares[other * CELLS + cell];
        }
    }
    workgroupBarrier();
    return sum;
}
