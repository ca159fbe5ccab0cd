// Columns of `[B, DEPTH, N]` at a length whose logarithm is given (one number), of rows without their
// mean where CENTRED: what attention takes for queries and keys.
//
// The host puts these constants in front: DEPTH, QUADS (= N / 4), CENTRED (0 or 1), THREADS (a square),
// ROOT (its root). The batch follows from the result's length.
//
//     z[b, d, :] = x[b, d, :] − mean of x[b, d, :]
//     y[b, :, n] = e^log_length · z[b, :, n] / √(‖z[b, :, n]‖² + 1e-12)
//
// A workgroup has a picture, so that rows and columns need one launch. A thread has every THREADS-th
// four of neighbouring columns (a strip): once over the rows for their means, then twice over the
// channels of each strip, for the lengths and for the result, read from a cache.
// Workgroup (x, y): pictures go along x, in rows of their own along y.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> log_length: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;

fn row_value(at: u32) -> vec4<f32> {
    return x[at];
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let start = (group.y * groups.x + group.x) * DEPTH * QUADS;
    let inside = start < arrayLength(&y);
    if CENTRED == 1u {
        find_means(start, inside, thread);
    }
    if !inside {
        return;
    }
    let length = exp(log_length[0]);
    for (var strip = thread; strip < QUADS; strip += THREADS) {
        var squares = vec4<f32>(1e-12);
        for (var d = 0u; d < DEPTH; d++) {
            let value = x[start + d * QUADS + strip] - mean(d);
            squares += value * value;
        }
        let factor = length / sqrt(squares);
        for (var d = 0u; d < DEPTH; d++) {
            let at = start + d * QUADS + strip;
            y[at] = (x[at] - mean(d)) * factor;
        }
    }
}
