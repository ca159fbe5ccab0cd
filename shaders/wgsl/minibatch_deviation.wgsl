// How much the samples of a batch differ: x `[B, 4·FOURS]` → parts `[groups]`, which `sum_splits.wgsl`
// adds up to the mean over a sample's numbers of their deviation over the batch.
//
// The host puts these constants in front: FOURS (in a sample), THREADS (a square), ROOT (its root). The
// batch follows from x's length. A thread has a four of all samples. Workgroup x: THREADS fours.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> parts_of_mean: array<f32>;

alias Sum = f32;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let four = group.x * THREADS + thread;
    var sum = 0.0;
    if four < FOURS {
        sum = dot(spread(four).deviation, vec4<f32>(1.0));
    }
    gather(sum, thread);
    if thread == 0u {
        parts_of_mean[group.x] = total() / f32(4u * FOURS);
    }
}
