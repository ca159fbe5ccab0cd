// For attention's backward pass: output and its gradient `[B, CHANNELS, PIXELS]` → `[B, PIXELS]`,
// each pixel's Σ_c output · gradient.
//
// The host puts these constants in front: CHANNELS, PIXELS, THREADS.
//
// That is the mean of a row's slopes under its weights, see `attention_backward.wgsl`.

@group(0) @binding(0) var<storage, read_write> output: array<f32>;
@group(0) @binding(1) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;

fn element(pixel: u32) -> f32 {
    let start = pixel / PIXELS * CHANNELS * PIXELS + pixel % PIXELS;
    var sum = 0.0;
    for (var c = 0u; c < CHANNELS; c++) {
        sum += output[start + c * PIXELS] * gradient[start + c * PIXELS];
    }
    return sum;
}
