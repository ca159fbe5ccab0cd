// Transposed convolution, kernel 4, stride 2, padding 1: `[B, INPUT, HEIGHT, WIDTH]` with weight
// `[INPUT, OUTPUT, 4, 4]` and bias `[OUTPUT]` → `[B, OUTPUT, 2·HEIGHT, 2·WIDTH]`.
//
// The host puts these constants in front: INPUT, OUTPUT, HEIGHT, WIDTH (a multiple of 4), STRIPS,
// LANES, BIASED (0 or 1) and ACTIVATION (what comes behind it: 0 nothing, 1 ReLU, 2 tanh).
//
// Input row i adds to output rows 2i + k − 1 through kernel row k. Seen from the output, row 2i
// gets input row i through k = 1 and row i − 1 through k = 3; row 2i + 1 gets row i through k = 2
// and row i + 1 through k = 0; columns likewise. So a 3×3 neighbourhood of inputs and all sixteen
// taps make the 2×2 outputs of a pixel, each from four products: no product with a zero, and no
// two threads that write the same place.
//
// A thread makes four neighbouring pixels (a strip) of four output channels: 64 results in
// registers, and for each input channel 256 products for 25 loads of four numbers. The sixteen of
// them that are taps have the same address in the whole workgroup where LANES is 1, and the rest
// are neighbours, so the first-level cache answers. No workgroup memory and no barrier: both are
// dear where the GPU is software, and gain little here.
//
// Workgroup (x, y, z): x counts groups of STRIPS strips, y groups of 4 · LANES output channels,
// z samples.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> weight: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

// Strips in a row of the input.
const QUADS = WIDTH / 4u;

// Three rows of the input around a strip: in each, component p is what pixel p of the strip has
// on that side.
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

// Adds one input channel to the four phases of a strip; `tap` is where the weights begin.
fn add(sums: mat4x4<f32>, above: Row, same: Row, below: Row, tap: u32) -> mat4x4<f32> {
    let k0 = weight[tap];
    let k1 = weight[tap + 1u];
    let k2 = weight[tap + 2u];
    let k3 = weight[tap + 3u];
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

// Writes the 2×8 outputs of a strip, the column phases interleaved.
fn store(sums: mat4x4<f32>, sample: u32, channel: u32, strip: u32) {
    if channel >= OUTPUT {
        return;
    }
    var b = 0.0;
    if BIASED == 1u {
        b = bias[channel];
    }
    let rows = (sample * OUTPUT + channel) * 2u * HEIGHT + strip / QUADS * 2u;
    let top = rows * 2u * QUADS + strip % QUADS * 2u;
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

@compute @workgroup_size(STRIPS, LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
) {
    let strip = group.x * STRIPS + local.x;
    if strip >= HEIGHT * QUADS {
        return;
    }
    // Said so, rather than left to be found out: then the taps' address is the same for all.
    let lane = select(local.y, 0u, LANES == 1u);
    let first = (group.y * LANES + lane) * 4u;
    // Channels beyond the last repeat it, and are not stored.
    let channels = min(first + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(OUTPUT - 1u));
    let row = i32(strip / QUADS);
    let quad = strip % QUADS;
    var a = mat4x4<f32>();
    var b = mat4x4<f32>();
    var c = mat4x4<f32>();
    var d = mat4x4<f32>();
    for (var input = 0u; input < INPUT; input++) {
        let map = (group.z * INPUT + input) * HEIGHT * QUADS;
        let above = row_around(map, row - 1, quad);
        let same = row_around(map, row, quad);
        let below = row_around(map, row + 1, quad);
        let taps = input * OUTPUT + channels;
        a = add(a, above, same, below, taps.x * 4u);
        b = add(b, above, same, below, taps.y * 4u);
        c = add(c, above, same, below, taps.z * 4u);
        d = add(d, above, same, below, taps.w * 4u);
    }
    store(a, group.z, first, strip);
    store(b, group.z, first + 1u, strip);
    store(c, group.z, first + 2u, strip);
    store(d, group.z, first + 3u, strip);
}
