// Spectral norm, last of three: weight `[rows, columns]` and Wv `[rows]` → weight/σ,
// u = Wv / (‖Wv‖ + ε) `[rows]`, σ = u·(Wv) `[1]`.
//
// σ is then ‖Wv‖² / (‖Wv‖ + ε). Each group finds it on its own, since the rows are few: a thread
// adds up every 256th. After that a thread divides every so-manieth element, where there are that many
// threads in all groups.

@group(0) @binding(0) var<storage, read_write> weight: array<f32>;
@group(0) @binding(1) var<storage, read_write> stretched: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
@group(0) @binding(3) var<storage, read_write> u: array<f32>;
@group(0) @binding(4) var<storage, read_write> sigma: array<f32>;

const EPSILON = 1e-12;

alias Sum = f32;

const THREADS = 256u;
const ROOT = 16u;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let rows = arrayLength(&u);
    var sum = 0.0;
    for (var row = thread; row < rows; row += THREADS) {
        sum += stretched[row] * stretched[row];
    }
    gather(sum, thread);
    sum = total();
    let norm = sqrt(sum) + EPSILON;
    let largest = sum / norm;
    let first = group.x * THREADS + thread;
    let step = groups.x * THREADS;
    if first == 0u {
        sigma[0] = largest;
    }
    for (var row = first; row < rows; row += step) {
        u[row] = stretched[row] / norm;
    }
    for (var i = first; i < arrayLength(&result); i += step) {
        result[i] = weight[i] / largest;
    }
}
