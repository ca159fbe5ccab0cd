// For attention's backward pass: output and its gradient `[B, CHANNELS, PIXELS]` → `[B, PIXELS]`,
// each pixel's Σ_c output · gradient.
//
// The host puts these constants in front: CHANNELS, PIXELS, COLUMNS (= B · PIXELS).
//
// That is the mean of a row's slopes under its weights, see `attention_backward.wgsl`. A thread
// makes one.

@group(0) @binding(0) var<storage, read_write> output: array<f32>;
@group(0) @binding(1) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> means: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let pixel = group.x * 64u + thread;
    if pixel >= COLUMNS {
        return;
    }
    let start = pixel / PIXELS * CHANNELS * PIXELS + pixel % PIXELS;
    var sum = 0.0;
    for (var c = 0u; c < CHANNELS; c++) {
        sum += output[start + c * PIXELS] * gradient[start + c * PIXELS];
    }
    means[pixel] = sum;
}
