// Convolution, kernel 4, stride 2, padding 1: `[B, INPUT, 2·HEIGHT, 2·WIDTH]` with weight
// `[OUTPUT, INPUT, 4, 4]` and bias `[OUTPUT]` → `[B, OUTPUT, HEIGHT, WIDTH]`.
//
// The host puts these constants in front: INPUT, OUTPUT, HEIGHT, WIDTH (a multiple of 4), CELLS, SPLITS,
// BIASED (0 or 1), LEAKY (0 or 1: LeakyReLU behind it), SLOPE (of that, the bits of a float). The batch
// follows from the result's length.
//
// Output pixel (i, j) takes input rows 2i − 1 to 2i + 2 and columns 2j − 1 to 2j + 2, of every
// input channel. Four neighbours in a row so take columns 8s − 1 to 8s + 8, ten numbers.
// Seen from the kernel, its tap at column kx meets columns kx − 1, kx + 1, kx + 3 and kx + 5 of
// these: every second one, beginning with its own.
//
// A thread makes two rows of four neighbours (a block) of four output channels: 32 results in
// registers. For each input channel it reads the six rows that they take, ten numbers each, and all
// taps of four channels, and adds 512 products. The taps have the same address in the whole
// workgroup, and the rest are neighbours, so the first-level cache answers. SPLITS threads share the
// input channels, as in `up.wgsl`.
//
// Workgroup (x, y): x counts groups of CELLS blocks of the whole batch, y groups of four output
// channels.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> weight: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

// Fours in a row of the output; the input has twice as many.
const QUADS = WIDTH / 4u;
// Pairs of rows of the output.
const PAIRS = (HEIGHT + 1u) / 2u;

// What the taps of a kernel row meet on row `row` of the input, for four pixels of the output: zeros
// outside of the map.
fn met(map: u32, row: i32, quad: u32) -> mat4x4<f32> {
    if row < 0i || row >= i32(2u * HEIGHT) {
        return mat4x4<f32>();
    }
    let start = map + u32(row) * 2u * QUADS;
    let a = x[start + 2u * quad];
    let b = x[start + 2u * quad + 1u];
    var before = 0.0;
    if quad > 0u {
        before = x[start + 2u * quad - 1u].w;
    }
    var after = 0.0;
    if quad + 1u < QUADS {
        after = x[start + 2u * quad + 2u].x;
    }
    return mat4x4<f32>(
        vec4<f32>(before, a.yw, b.y),
        vec4<f32>(a.xz, b.xz),
        vec4<f32>(a.yw, b.yw),
        vec4<f32>(a.z, b.xz, after),
    );
}

// The kernel of an output channel, a row in each column. Channels beyond the last repeat it, and are
// not stored.
fn taps(channel: u32, input: u32) -> mat4x4<f32> {
    let at = (min(channel, OUTPUT - 1u) * INPUT + input) * 4u;
    return mat4x4<f32>(weight[at], weight[at + 1u], weight[at + 2u], weight[at + 3u]);
}

// Adds one kernel row to four channels, one in each column.
fn add(
    sums: mat4x4<f32>,
    columns: mat4x4<f32>,
    p: vec4<f32>,
    q: vec4<f32>,
    r: vec4<f32>,
    s: vec4<f32>,
) -> mat4x4<f32> {
    return mat4x4<f32>(
        sums[0] + columns * p,
        sums[1] + columns * q,
        sums[2] + columns * r,
        sums[3] + columns * s,
    );
}

fn store(sums: vec4<f32>, sample: u32, channel: u32, row: u32, quad: u32) {
    if channel >= OUTPUT || row >= HEIGHT {
        return;
    }
    var out = sums;
    if BIASED == 1u {
        out += bias[channel];
    }
    if LEAKY == 1u {
        out *= select(vec4<f32>(bitcast<f32>(SLOPE)), vec4<f32>(1.0), out > vec4<f32>(0.0));
    }
    y[((sample * OUTPUT + channel) * HEIGHT + row) * QUADS + quad] = out;
}

fn store_four(sums: mat4x4<f32>, sample: u32, channel: u32, row: u32, quad: u32) {
    store(sums[0], sample, channel, row, quad);
    store(sums[1], sample, channel + 1u, row, quad);
    store(sums[2], sample, channel + 2u, row, quad);
    store(sums[3], sample, channel + 3u, row, quad);
}

@compute @workgroup_size(CELLS, SPLITS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
) {
    let block = group.x * CELLS + local.x;
    let sample = block / PAIRS / QUADS;
    let valid = sample < arrayLength(&y) / (OUTPUT * HEIGHT * QUADS);
    let pair = block / QUADS % PAIRS;
    let quad = block % QUADS;
    let top = 4i * i32(pair) - 1i;
    let first = group.y * 4u;
    var upper = mat4x4<f32>();
    var lower = mat4x4<f32>();
    // Whoever is beyond the batch is needed where sums are shared; it stores nothing.
    let split = select(local.y, 0u, SPLITS == 1u);
    for (var input = split; input < INPUT; input += SPLITS) {
        let map = (sample * INPUT + input) * 4u * HEIGHT * QUADS;
        let p = taps(first, input);
        let q = taps(first + 1u, input);
        let r = taps(first + 2u, input);
        let s = taps(first + 3u, input);
        var columns = met(map, top, quad);
        upper = add(upper, columns, p[0], q[0], r[0], s[0]);
        columns = met(map, top + 1i, quad);
        upper = add(upper, columns, p[1], q[1], r[1], s[1]);
        columns = met(map, top + 2i, quad);
        upper = add(upper, columns, p[2], q[2], r[2], s[2]);
        lower = add(lower, columns, p[0], q[0], r[0], s[0]);
        columns = met(map, top + 3i, quad);
        upper = add(upper, columns, p[3], q[3], r[3], s[3]);
        lower = add(lower, columns, p[1], q[1], r[1], s[1]);
        columns = met(map, top + 4i, quad);
        lower = add(lower, columns, p[2], q[2], r[2], s[2]);
        columns = met(map, top + 5i, quad);
        lower = add(lower, columns, p[3], q[3], r[3], s[3]);
    }
    upper = shared_sum(upper, local.x, split, 0u);
    lower = shared_sum(lower, local.x, split, 1u % SPLITS);
    if valid && split == 0u {
        store_four(upper, sample, first, pair * 2u, quad);
    }
    if valid && split == 1u % SPLITS {
        store_four(lower, sample, first, pair * 2u + 1u, quad);
    }
}
