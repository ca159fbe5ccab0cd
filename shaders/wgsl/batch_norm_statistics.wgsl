// Statistics of batch norm in training: x `[B, CHANNELS, 4·QUADS]` → moments `[2, CHANNELS]`, each
// channel's mean and 1/√(variance + ε), and the running statistics that follow.
//
// The host puts these constants in front: CHANNELS, QUADS (fours in a map), THREADS (a square), ROOT
// (its root), EPSILON and MOMENTUM (the bits of a float each). The batch follows from x's length.
//
// One pass over x, and yet no difference of great numbers. The textbook's E[x²] − E[x]² loses all
// digits where the mean is far greater than the deviation. So a number close to the channel's own
// is subtracted first: k, the mean of its first four. With s = Σ(x − k) and t = Σ(x − k)² over the
// N numbers of the channel,
//     mean = k + s/N,   Σ(x − mean)² = t − s²/N.
// What cancels in that difference is N·(mean − k)², so the variance is wrong by about
// 1 + (mean − k)²/variance roundings: a few, since k is rarely more than a few deviations from the
// mean. All threads take the same k, so their sums can simply be added.
//
// The variance that normalises is biased (divided by N); the one remembered is unbiased (by N − 1),
// as in PyTorch.
//
// Every thread sums every THREADS-th four, ROOT threads add up ROOT of these sums each, one the
// rest. Workgroup x: a channel.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(2) var<storage, read_write> running_variance: array<f32>;
@group(0) @binding(3) var<storage, read_write> moments: array<f32>;
@group(0) @binding(4) var<storage, read_write> next_mean: array<f32>;
@group(0) @binding(5) var<storage, read_write> next_variance: array<f32>;

// s and t.
alias Sum = vec2<f32>;

fn own_part(channel: u32, fours: u32, origin: f32, thread: u32) -> vec2<f32> {
    var sums = vec4<f32>(0.0);
    var squares = vec4<f32>(0.0);
    for (var four = thread; four < fours; four += THREADS) {
        let moved = x[(four / QUADS * CHANNELS + channel) * QUADS + four % QUADS] - origin;
        sums += moved;
        squares += moved * moved;
    }
    let ones = vec4<f32>(1.0);
    return vec2<f32>(dot(sums, ones), dot(squares, ones));
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let channel = group.x;
    let fours = arrayLength(&x) / CHANNELS;
    // Numbers in a channel.
    let count = 4.0 * f32(fours);
    let origin = dot(x[channel * QUADS], vec4<f32>(0.25));
    gather(own_part(channel, fours, origin, thread), thread);
    if thread != 0u {
        return;
    }
    let sum = total();
    let mean = origin + sum.x / count;
    // Rounding could leave less than nothing. Not `max`, which may hide a NaN.
    let rest = sum.y - sum.x * sum.x / count;
    let squares = select(rest, 0.0, rest < 0.0);
    moments[channel] = mean;
    moments[CHANNELS + channel] = 1.0 / sqrt(squares / count + bitcast<f32>(EPSILON));
    let unbiased = squares / max(count - 1.0, 1.0);
    let momentum = bitcast<f32>(MOMENTUM);
    next_mean[channel] = mix(running_mean[channel], mean, momentum);
    next_variance[channel] = mix(running_variance[channel], unbiased, momentum);
}
