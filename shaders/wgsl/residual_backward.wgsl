// Gradients of y = x + gamma · o: from o and the gradient g of y, of any shape that fills fours, those
// of o, gamma · g, and of gamma, Σ g · o, in parts `[groups]` that `sum_splits.wgsl` adds up. That of
// x is g.
//
// The host puts these constants in front: THREADS (a square), ROOT (its root).
//
// One number is made of millions here: added up by one thread, as a sum over all dimensions else is,
// that was seven tenths of a training step on a large GPU. A thread takes every so-manieth four, where
// there are that many threads in all groups.

@group(0) @binding(0) var<storage, read_write> found: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> gamma: array<f32>;
@group(0) @binding(2) var<storage, read_write> grad: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> found_grad: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> gamma_grad: array<f32>;

alias Sum = f32;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let factor = gamma[0];
    var sum = 0.0;
    for (var at = group.x * THREADS + thread; at < arrayLength(&grad); at += groups.x * THREADS) {
        let slope = grad[at];
        found_grad[at] = factor * slope;
        sum += dot(slope, found[at]);
    }
    gather(sum, thread);
    if thread == 0u {
        gamma_grad[group.x] = total();
    }
}
