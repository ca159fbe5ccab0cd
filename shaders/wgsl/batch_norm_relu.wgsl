// Batch norm by statistics at hand, then ReLU: `[B, CHANNELS, 4·QUADS]` to the same shape, with
// moments `[2, CHANNELS]` from `batch_norm_statistics.wgsl`, weight and bias `[CHANNELS]`.
//
// The host puts these constants in front: CHANNELS, QUADS (fours in a map), THREADS.
//
//     y = max(0, (x − mean)·weight/√(variance + ε) + bias)
//
// The mean goes first: folded into the bias, it would leave the difference of two great numbers
// where it is far greater than the deviation.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> moments: array<f32>;
@group(0) @binding(2) var<storage, read_write> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> result: array<vec4<f32>>;

fn element(index: u32) -> vec4<f32> {
    let channel = index / QUADS % CHANNELS;
    let scale = moments[CHANNELS + channel] * weight[channel];
    let normed = (x[index] - moments[channel]) * scale + bias[channel];
    // Not `max`, which may hide a NaN.
    return select(normed, vec4<f32>(0.0), normed < vec4<f32>(0.0));
}
