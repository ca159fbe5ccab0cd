// Gradients of the weights of `pointwise.wgsl`: input `[B, INPUT, N]`, `waves` `[PLACES, N]` and the
// output's gradient `[B, OUTPUT, N]` → `[splits, OUTPUT, COLUMNS]`, parts of the sums that
// `weight_columns.wgsl` adds up, or `sum_splits.wgsl` where the weight is all there is.
//
// The host puts these constants in front: INPUT, PLACES, BIASED (0 or 1), OUTPUT, QUADS (= N / 4),
// THREADS (at least 16). The batch follows from the input's length, and the splits are the workgroups
// in z.
//
// Every pixel of every sample adds the product of what went in and of what comes back:
//
//     ∂weight[o, i] = Σ_b Σ_n grad[b, o, n] · x[b, i, n],
//     ∂place[o, p]  = Σ_b Σ_n grad[b, o, n] · waves[p, n],
//     ∂bias[o]      = Σ_b Σ_n grad[b, o, n] · 1.
//
// So the waves, and a one where there is a bias, are further input channels, as on the way there.
//
// A workgroup makes an 8×8 tile of it over one split of the pixels. Its threads share out the
// strips (four neighbouring pixels): for each a thread reads eight channels of both sides and adds
// 64 dot products of four. In the end the threads' tiles meet in workgroup memory, where each thread
// adds up some of the 64 sums: one barrier in all.
//
// Workgroup (x, y, z): x counts tiles of outputs, y of inputs, z splits.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> waves: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> grad: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;

const COLUMNS = INPUT + PLACES + BIASED;

// Column by column: row t of the tile in fours 2t and 2t + 1, each for all threads.
var<workgroup> parts: array<vec4<f32>, 16 * THREADS>;

// A strip of channel `first + c`; channels beyond the last repeat it, and are not stored.
fn input_strip(first: u32, c: u32, sample: u32, quad: u32) -> vec4<f32> {
    let column = min(first + c, COLUMNS - 1u);
    if column < INPUT {
        return x[(sample * INPUT + column) * QUADS + quad];
    }
    if column < INPUT + PLACES {
        return waves[(column - INPUT) * QUADS + quad];
    }
    return vec4<f32>(1.0);
}

fn grad_strip(first: u32, c: u32, sample: u32, quad: u32) -> vec4<f32> {
    return grad[(sample * OUTPUT + min(first + c, OUTPUT - 1u)) * QUADS + quad];
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let outputs = group.x * 8u;
    let inputs = group.y * 8u;
    let strips = arrayLength(&x) / INPUT;
    let span = (strips + groups.z - 1u) / groups.z;
    let end = min((group.z + 1u) * span, strips);
    var a: array<vec4<f32>, 8>;
    var b: array<vec4<f32>, 8>;
    for (var strip = group.z * span + thread; strip < end; strip += THREADS) {
        let sample = strip / QUADS;
        let quad = strip % QUADS;
        // A row of the transposed strips times a matrix: four dot products.
        let p = mat4x4<f32>(
            input_strip(inputs, 0u, sample, quad),
            input_strip(inputs, 1u, sample, quad),
            input_strip(inputs, 2u, sample, quad),
            input_strip(inputs, 3u, sample, quad),
        );
        let q = mat4x4<f32>(
            input_strip(inputs, 4u, sample, quad),
            input_strip(inputs, 5u, sample, quad),
            input_strip(inputs, 6u, sample, quad),
            input_strip(inputs, 7u, sample, quad),
        );
        for (var c = 0u; c < 8u; c++) {
            let g = grad_strip(outputs, c, sample, quad);
            a[c] += g * p;
            b[c] += g * q;
        }
    }
    for (var c = 0u; c < 8u; c++) {
        parts[2u * c * THREADS + thread] = a[c];
        parts[(2u * c + 1u) * THREADS + thread] = b[c];
    }
    workgroupBarrier();
    // Sixteen fours of the tile, whatever the number of threads.
    if thread < 16u {
        var sum = vec4<f32>();
        for (var i = 0u; i < THREADS; i++) {
            sum += parts[thread * THREADS + i];
        }
        let output = outputs + thread / 2u;
        let input = inputs + thread % 2u * 4u;
        for (var c = 0u; c < 4u; c++) {
            if output < OUTPUT && input + c < COLUMNS {
                gradient[(group.z * OUTPUT + output) * COLUMNS + input + c] = sum[c];
            }
        }
    }
}
