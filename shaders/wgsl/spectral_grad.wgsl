// Spectral norm's gradient, last of two: gradient `[rows, columns]` of the weight over σ → that of
// the weight,
//
//     ∂L/∂W = (g − (Σ g∘W/σ) · u vᵀ) / σ
//
// which follows from ∂σ/∂W = u vᵀ. `along` `[at most 256]` holds parts of the sum.
//
// Each group adds up the parts on its own: every thread takes one. After that a thread makes every
// so-manieth element, where there are that many threads in all groups.

@group(0) @binding(0) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(1) var<storage, read_write> u: array<f32>;
@group(0) @binding(2) var<storage, read_write> v: array<f32>;
@group(0) @binding(3) var<storage, read_write> sigma: array<f32>;
@group(0) @binding(4) var<storage, read_write> along: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<f32>;

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
    if thread < arrayLength(&along) {
        sum = along[thread];
    }
    gather(sum, thread);
    sum = total();
    let columns = arrayLength(&v);
    let largest = sigma[0];
    for (var i = group.x * THREADS + thread; i < arrayLength(&result); i += groups.x * THREADS) {
        result[i] = (gradient[i] - sum * u[i / columns] * v[i % columns]) / largest;
    }
}
