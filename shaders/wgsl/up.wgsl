// Transposed convolution, kernel 4, stride 2, padding 1: `[B, INPUT, HEIGHT, WIDTH]` with weight
// `[INPUT, OUTPUT, 4, 4]` and bias `[OUTPUT]` → `[B, OUTPUT, 2·HEIGHT, 2·WIDTH]`.
//
// The host puts these constants in front: INPUT, OUTPUT, HEIGHT, WIDTH (a multiple of 4), BLOCKS,
// LANES, CELLS (= BLOCKS · LANES), SPLITS, BIASED (0 or 1) and ACTIVATION (what comes behind it: 0
// nothing, 1 ReLU, 2 tanh).
//
// Input row i adds to output rows 2i + k − 1 through kernel row k. Seen from the output, row 2i
// gets input row i through k = 1 and row i − 1 through k = 3; row 2i + 1 gets row i through k = 2
// and row i + 1 through k = 0; columns likewise. So a 3×3 neighbourhood of inputs and all sixteen
// taps make the 2×2 outputs of a pixel, each from four products: no product with a zero, and no
// two threads that write the same place.
//
// A thread makes two rows of four neighbouring pixels (a block) of two output channels: 64 results in
// registers, and for each input channel 256 products for 88 numbers read. The 32 of them that are
// taps have the same address in the whole workgroup where LANES is 1, and the rest are neighbours, so
// the first-level cache answers. Where there are fewer of these threads than a large GPU has room for,
// SPLITS of them share a block and its channels, each with every so-manieth input channel, and add up
// their sums at the end, in `shared_sums.wgsl`. Else there is neither workgroup memory nor a barrier:
// both are dear where the GPU is software.
//
// Workgroup (x, y, z): x counts groups of BLOCKS blocks, y groups of 2 · LANES output channels,
// z samples.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> weight: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

// Fours in a row of the input.
const QUADS = WIDTH / 4u;

// A row of the input around four pixels: component p is what pixel p has on that side.
struct Row {
    left: vec4<f32>,
    here: vec4<f32>,
    right: vec4<f32>,
}

// Zeros outside of the map. `map` is where the channel begins, in fours.
fn row_around(map: u32, row: i32, quad: u32) -> Row {
    if row < 0 || row >= i32(HEIGHT) {
        return Row();
    }
    let at = map + u32(row) * QUADS + quad;
    let here = x[at];
    var before = 0.0;
    if quad > 0u {
        before = x[at - 1u].w;
    }
    var after = 0.0;
    if quad + 1u < QUADS {
        after = x[at + 1u].x;
    }
    return Row(vec4<f32>(before, here.xyz), here, vec4<f32>(here.yzw, after));
}

// Kernel rows in the columns; `channel` is that of the output.
fn taps(input: u32, channel: u32) -> mat4x4<f32> {
    let at = (input * OUTPUT + channel) * 4u;
    return mat4x4<f32>(weight[at], weight[at + 1u], weight[at + 2u], weight[at + 3u]);
}

// Adds one input channel to the four phases of four pixels.
fn add(sums: mat4x4<f32>, above: Row, same: Row, below: Row, taps: mat4x4<f32>) -> mat4x4<f32> {
    let k0 = taps[0];
    let k1 = taps[1];
    let k2 = taps[2];
    let k3 = taps[3];
    return mat4x4<f32>(
        sums[0] + same.here * k1.y + same.left * k1.w + above.here * k3.y + above.left * k3.w,
        sums[1] + same.here * k1.z + same.right * k1.x + above.here * k3.z + above.right * k3.x,
        sums[2] + same.here * k2.y + same.left * k2.w + below.here * k0.y + below.left * k0.w,
        sums[3] + same.here * k2.z + same.right * k2.x + below.here * k0.z + below.right * k0.x,
    );
}

fn finish(value: vec4<f32>) -> vec4<f32> {
    if ACTIVATION == 1u {
        return max(value, vec4<f32>(0.0));
    }
    if ACTIVATION == 2u {
        // Some drivers take the quotient of two exponentials, which overflow for great numbers.
        // From 10 on, tanh is 1 in single precision.
        return tanh(clamp(value, vec4<f32>(-10.0), vec4<f32>(10.0)));
    }
    return value;
}

// Writes the 2×8 outputs of four pixels, the column phases interleaved.
fn store(sums: mat4x4<f32>, sample: u32, channel: u32, row: u32, quad: u32) {
    if channel >= OUTPUT || row >= HEIGHT {
        return;
    }
    var b = 0.0;
    if BIASED == 1u {
        b = bias[channel];
    }
    let rows = ((sample * OUTPUT + channel) * HEIGHT + row) * 2u;
    let top = (rows * QUADS + quad) * 2u;
    let bottom = top + 2u * QUADS;
    var even = finish(sums[0] + b);
    var odd = finish(sums[1] + b);
    y[top] = vec4<f32>(even.x, odd.x, even.y, odd.y);
    y[top + 1u] = vec4<f32>(even.z, odd.z, even.w, odd.w);
    even = finish(sums[2] + b);
    odd = finish(sums[3] + b);
    y[bottom] = vec4<f32>(even.x, odd.x, even.y, odd.y);
    y[bottom + 1u] = vec4<f32>(even.z, odd.z, even.w, odd.w);
}

@compute @workgroup_size(BLOCKS, LANES, SPLITS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
) {
    let block = group.x * BLOCKS + local.x;
    let row = block / QUADS * 2u;
    let quad = block % QUADS;
    // Said so, rather than left to be found out: then the taps' address is the same for all.
    let lane = select(local.y, 0u, LANES == 1u);
    // Channels beyond the last repeat it, and are not stored.
    let first = (group.y * LANES + lane) * 2u;
    let p = min(first, OUTPUT - 1u);
    let q = min(first + 1u, OUTPUT - 1u);
    var p_upper = mat4x4<f32>();
    var p_lower = mat4x4<f32>();
    var q_upper = mat4x4<f32>();
    var q_lower = mat4x4<f32>();
    // Whoever is below the map is needed where sums are shared; it stores nothing.
    let split = select(local.z, 0u, SPLITS == 1u);
    for (var input = split; input < INPUT; input += SPLITS) {
        let map = (group.z * INPUT + input) * HEIGHT * QUADS;
        let above = row_around(map, i32(row) - 1, quad);
        let upper = row_around(map, i32(row), quad);
        let lower = row_around(map, i32(row) + 1, quad);
        let below = row_around(map, i32(row) + 2, quad);
        let p_taps = taps(input, p);
        let q_taps = taps(input, q);
        p_upper = add(p_upper, above, upper, lower, p_taps);
        p_lower = add(p_lower, upper, lower, below, p_taps);
        q_upper = add(q_upper, above, upper, lower, q_taps);
        q_lower = add(q_lower, upper, lower, below, q_taps);
    }
    let cell = local.y * BLOCKS + local.x;
    p_upper = shared_sum(p_upper, cell, split, 0u);
    p_lower = shared_sum(p_lower, cell, split, 1u % SPLITS);
    q_upper = shared_sum(q_upper, cell, split, 2u % SPLITS);
    q_lower = shared_sum(q_lower, cell, split, 3u % SPLITS);
    if split == 0u {
        store(p_upper, group.z, first, row, quad);
    }
    if split == 1u % SPLITS {
        store(p_lower, group.z, first, row + 1u, quad);
    }
    if split == 2u % SPLITS {
        store(q_upper, group.z, first + 1u, row, quad);
    }
    if split == 3u % SPLITS {
        store(q_lower, group.z, first + 1u, row + 1u, quad);
    }
}
