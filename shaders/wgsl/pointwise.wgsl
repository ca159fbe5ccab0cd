// Pointwise (1×1) convolution: `[B, INPUT, N]` with weight `[OUTPUT, INPUT]` and bias `[OUTPUT]` →
// `[B, OUTPUT, N]`; with TRANSPOSED the weight is `[INPUT, OUTPUT]`, which makes it the adjoint.
//
// The host puts these constants in front: INPUT, OUTPUT, QUADS (= N / 4), THREADS, BLOCKS (1 or 2),
// TRANSPOSED and BIASED (0 or 1), PLACES (0, or the numbers of each place that all samples share, `waves`
// `[PLACES, N]` with weights `place` `[OUTPUT, PLACES]`: further input channels). The batch follows from the result's length. In a product of matrices
// one side of the weight is the batch: that one is 0 here, and follows from the weight's length.
//
// Each pixel's channels are a vector, and all are multiplied by the same matrix:
//
//     y[b, o, n] = bias[o] + Σ_i weight[o, i] · x[b, i, n] + Σ_p place[o, p] · waves[p, n].
//
// A thread makes four neighbouring pixels (a strip) of 4 · BLOCKS output channels: for each input
// channel it reads one strip and one weight a channel, and adds 16 · BLOCKS products. The weights
// have the same address in the whole workgroup and the strips are neighbours, so the first-level
// cache answers. No workgroup memory and no barrier, as in `up.wgsl`.
//
// Workgroup (x, y): x counts groups of THREADS strips of the whole batch, y of output channels.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> place: array<f32>;
@group(0) @binding(4) var<storage, read_write> waves: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;

// A side of the weight: what the host says, or what the other leaves.
fn side(own: u32, other: u32) -> u32 {
    if own == 0u {
        return arrayLength(&weight) / max(other, 1u);
    }
    return own;
}

// Four of `outputs` channels; those beyond the last repeat it, and are not stored.
fn four(first: u32, outputs: u32) -> vec4<u32> {
    return min(first + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(outputs - 1u));
}

// The weights of an input channel for four output channels.
fn weights(first: u32, input: u32, inputs: u32, outputs: u32) -> vec4<f32> {
    let output = four(first, outputs);
    var at = output * inputs + input;
    if TRANSPOSED == 1u {
        at = input * outputs + output;
    }
    return vec4<f32>(weight[at.x], weight[at.y], weight[at.z], weight[at.w]);
}

// Likewise of one of the numbers of each place.
fn place_weights(first: u32, number: u32, outputs: u32) -> vec4<f32> {
    let at = four(first, outputs) * PLACES + number;
    return vec4<f32>(place[at.x], place[at.y], place[at.z], place[at.w]);
}

// Adds an input channel's strip to four output channels, one in each column.
fn add(sums: mat4x4<f32>, strip: vec4<f32>, w: vec4<f32>) -> mat4x4<f32> {
    return mat4x4<f32>(
        sums[0] + strip * w.x,
        sums[1] + strip * w.y,
        sums[2] + strip * w.z,
        sums[3] + strip * w.w,
    );
}

fn store(sums: vec4<f32>, channel: u32, outputs: u32, strip: u32) {
    if channel >= outputs {
        return;
    }
    var out = sums;
    if BIASED == 1u {
        out += bias[channel];
    }
    y[(strip / QUADS * outputs + channel) * QUADS + strip % QUADS] = out;
}

fn store_four(sums: mat4x4<f32>, channel: u32, outputs: u32, strip: u32) {
    store(sums[0], channel, outputs, strip);
    store(sums[1], channel + 1u, outputs, strip);
    store(sums[2], channel + 2u, outputs, strip);
    store(sums[3], channel + 3u, outputs, strip);
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let inputs = side(INPUT, OUTPUT);
    let outputs = side(OUTPUT, INPUT);
    let strip = group.x * THREADS + thread;
    if strip >= arrayLength(&y) / outputs {
        return;
    }
    let start = strip / QUADS * inputs * QUADS + strip % QUADS;
    let first = group.y * 4u * BLOCKS;
    // Where the channels are known beforehand, two blocks are made only where both are wanted.
    let both = BLOCKS == 2u && (OUTPUT != 0u || first + 4u < outputs);
    var a = mat4x4<f32>();
    var b = mat4x4<f32>();
    for (var input = 0u; input < inputs; input++) {
        let pixels = x[start + input * QUADS];
        a = add(a, pixels, weights(first, input, inputs, outputs));
        if both {
            b = add(b, pixels, weights(first + 4u, input, inputs, outputs));
        }
    }
    for (var number = 0u; number < PLACES; number++) {
        let pixels = waves[number * QUADS + strip % QUADS];
        a = add(a, pixels, place_weights(first, number, outputs));
        if both {
            b = add(b, pixels, place_weights(first + 4u, number, outputs));
        }
    }
    store_four(a, first, outputs, strip);
    if both {
        store_four(b, first + 4u, outputs, strip);
    }
}
