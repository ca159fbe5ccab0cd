// Columns of `[B, DEPTH, N]` at the length of `scale` (one number): what cosine attention takes for
// queries and keys.
//
// The host puts these constants in front: DEPTH, QUADS (= N / 4), THREADS. The batch follows from the
// result's length.
//
//     y[b, :, n] = scale · x[b, :, n] / √(‖x[b, :, n]‖² + 1e-12)
//
// A thread makes four neighbouring columns (a strip): once over the channels for the lengths, once
// more for the result. Workgroup x counts groups of THREADS strips of the whole batch.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> scale: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let strip = id.x;
    if strip >= arrayLength(&y) / DEPTH {
        return;
    }
    let start = strip / QUADS * DEPTH * QUADS + strip % QUADS;
    var squares = vec4<f32>(1e-12);
    for (var d = 0u; d < DEPTH; d++) {
        let value = x[start + d * QUADS];
        squares += value * value;
    }
    let factor = scale[0] / sqrt(squares);
    for (var d = 0u; d < DEPTH; d++) {
        y[start + d * QUADS] = x[start + d * QUADS] * factor;
    }
}
