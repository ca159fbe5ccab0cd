// Spectral norm, second of three: weight `[rows, columns]` and t = Wᵀu `[columns]` →
// v = t / (‖t‖ + ε) `[columns]` and Wv `[rows]`.
//
// The norm needs all of t, and so does a row of Wv = Wt / (‖t‖ + ε): a group adds up both while it
// reads t once, and divides at the end. It makes one row of Wv and its share of v. There are as
// many groups as rows.
//
// A thread takes every 128th column.

@group(0) @binding(0) var<storage, read_write> weight: array<f32>;
@group(0) @binding(1) var<storage, read_write> t: array<f32>;
@group(0) @binding(2) var<storage, read_write> v: array<f32>;
@group(0) @binding(3) var<storage, read_write> stretched: array<f32>;

// (t·t, Wt)
alias Sum = vec2<f32>;

const THREADS = 128u;
const ROOT = 16u;

const EPSILON = 1e-12;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let columns = arrayLength(&v);
    let row = group.x * columns;
    var sums = vec2(0.0);
    for (var column = thread; column < columns; column += THREADS) {
        let x = t[column];
        sums += vec2(x, weight[row + column]) * x;
    }
    gather(sums, thread);
    sums = total();
    let norm = sqrt(sums.x) + EPSILON;
    if thread == 0u {
        stretched[group.x] = sums.y / norm;
    }
    for (var i = group.x * THREADS + thread; i < columns; i += groups.x * THREADS) {
        v[i] = t[i] / norm;
    }
}
