// Spectral norm's gradient, first of two: gradient and weight/σ, `[n]` each → sums `[groups]` of
// their products, which `spectral_grad.wgsl` adds up.
//
// A thread takes every so-manieth element, where there are that many threads in all groups.

@group(0) @binding(0) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(1) var<storage, read_write> normed: array<f32>;
@group(0) @binding(2) var<storage, read_write> along: array<f32>;

alias Sum = f32;

const THREADS = 256u;
const ROOT = 16u;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    var sum = 0.0;
    for (var i = group.x * THREADS + thread; i < arrayLength(&normed); i += groups.x * THREADS) {
        sum += gradient[i] * normed[i];
    }
    gather(sum, thread);
    if thread == 0u {
        along[group.x] = total();
    }
}
