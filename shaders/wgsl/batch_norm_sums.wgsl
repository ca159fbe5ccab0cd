// Gradients of batch norm's weight and bias, through the ReLU behind it: x and the output's
// gradient g `[B, CHANNELS, 4·QUADS]`, moments `[2, CHANNELS]` → two of `[CHANNELS]`.
//
// The host puts these constants in front: CHANNELS, QUADS (fours in a map), THREADS (a square), ROOT
// (its root). The batch follows from x's length.
//
// With x̂ = (x − mean)/√(variance + ε), the layer is y = max(0, weight·x̂ + bias). What the ReLU
// lets through is g' = g where y > 0, else 0, and so
//     ∂L/∂bias = Σ g',   ∂L/∂weight = Σ g'·x̂,
// over all samples and pixels of the channel. y is not kept for this: its sign is computed again,
// as in `batch_norm_relu.wgsl`.
//
// Every thread sums every THREADS-th four, ROOT threads add up ROOT of these sums each, one the
// rest. Workgroup x: a channel.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> grad: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> moments: array<f32>;
@group(0) @binding(3) var<storage, read_write> weight: array<f32>;
@group(0) @binding(4) var<storage, read_write> bias: array<f32>;
@group(0) @binding(5) var<storage, read_write> weight_grad: array<f32>;
@group(0) @binding(6) var<storage, read_write> bias_grad: array<f32>;

// Σ g' and Σ g'·x̂.
alias Sum = vec2<f32>;

fn own_part(channel: u32, thread: u32) -> vec2<f32> {
    let mean = moments[channel];
    let rate = moments[CHANNELS + channel];
    let scale = rate * weight[channel];
    let shift = bias[channel];
    let fours = arrayLength(&x) / CHANNELS;
    var grads = vec4<f32>(0.0);
    var products = vec4<f32>(0.0);
    for (var four = thread; four < fours; four += THREADS) {
        let at = (four / QUADS * CHANNELS + channel) * QUADS + four % QUADS;
        let centred = x[at] - mean;
        let passed = select(vec4<f32>(0.0), grad[at], centred * scale + shift > vec4<f32>(0.0));
        grads += passed;
        products += passed * centred;
    }
    let ones = vec4<f32>(1.0);
    return vec2<f32>(dot(grads, ones), dot(products, ones) * rate);
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let channel = group.x;
    gather(own_part(channel, thread), thread);
    if thread == 0u {
        let sum = total();
        bias_grad[channel] = sum.x;
        weight_grad[channel] = sum.y;
    }
}
