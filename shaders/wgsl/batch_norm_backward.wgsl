// Input gradient of batch norm in training, through the ReLU behind it: x and the output's gradient
// g `[B, CHANNELS, 4·QUADS]`, moments `[2, CHANNELS]`, the gradients of weight and bias
// `[CHANNELS]` from `batch_norm_sums.wgsl` → `[B, CHANNELS, 4·QUADS]`.
//
// The host puts these constants in front: CHANNELS, QUADS (fours in a map), THREADS.
//
// Mean and variance depend on every x of the channel, of which there are N. With x̂ as in
// `batch_norm_sums.wgsl`, r = 1/√(variance + ε) and g' what the ReLU lets through,
//     ∂x̂_j/∂x_i = r·([i = j] − 1/N − x̂_i·x̂_j/N),
// and so
//     ∂L/∂x_i = weight·r·(g'_i − (Σ g')/N − x̂_i·(Σ g'·x̂)/N):
// the gradient without its mean and without its part along x̂. The sums are the gradients of bias
// and weight.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> grad: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> moments: array<f32>;
@group(0) @binding(3) var<storage, read_write> weight: array<f32>;
@group(0) @binding(4) var<storage, read_write> bias: array<f32>;
@group(0) @binding(5) var<storage, read_write> weight_grad: array<f32>;
@group(0) @binding(6) var<storage, read_write> bias_grad: array<f32>;
@group(0) @binding(7) var<storage, read_write> result: array<vec4<f32>>;

fn element(index: u32) -> vec4<f32> {
    let channel = index / QUADS % CHANNELS;
    let rate = moments[CHANNELS + channel];
    let scale = rate * weight[channel];
    let centred = x[index] - moments[channel];
    let positive = centred * scale + bias[channel] > vec4<f32>(0.0);
    let passed = select(vec4<f32>(0.0), grad[index], positive);
    // Numbers in a channel.
    let count = 4.0 * f32(arrayLength(&result) / CHANNELS);
    let along = centred * (rate * weight_grad[channel] / count);
    return scale * (passed - bias_grad[channel] / count - along);
}
