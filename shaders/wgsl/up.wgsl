// Transposed convolution, kernel 4, stride 2, padding 1: `[B, INPUT, HEIGHT, WIDTH]` with weight
// `[INPUT, OUTPUT, 4, 4]` and bias `[OUTPUT]` → `[B, OUTPUT, 2·HEIGHT, 2·WIDTH]`.
//
// The host puts these constants in front: INPUT, OUTPUT, HEIGHT, WIDTH (a multiple of 4), STRIPS,
// LANES and RELU (0 or 1).
//
// Input row i adds to output rows 2i + k − 1 through kernel row k. Seen from the output, row 2i
// gets input row i through k = 1 and row i − 1 through k = 3; row 2i + 1 gets row i through k = 2
// and row i + 1 through k = 0; columns likewise. So a 3×3 neighbourhood of inputs and all sixteen
// taps make the 2×2 outputs of a pixel, each from four products: no product with a zero, and no
// two threads that write the same place.
//
// A thread makes four neighbouring pixels (a strip) of two output channels: 32 results in
// registers. For each input channel that takes 256 products, and 14 loads of four numbers from
// workgroup memory, where the group has put four channels of patches and taps together.
//
// Workgroup (x, y, z): x counts groups of STRIPS strips, y groups of 2 · LANES output channels,
// z samples.

@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> weight: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

// Input channels in workgroup memory at once.
const CHUNK = 4u;
// Strips in a row of the input.
const QUADS = WIDTH / 4u;
const THREADS = STRIPS * LANES;

// `[CHUNK][STRIPS][3 rows][2]`: columns −1 to 2 and 3 to 4 of a strip.
var<workgroup> patches: array<vec4<f32>, CHUNK * STRIPS * 6u>;
// `[CHUNK][2 · LANES][4 rows of taps]`
var<workgroup> taps: array<vec4<f32>, CHUNK * LANES * 8u>;

// A pixel of the input, zero outside of the map. `map` is where the channel begins.
fn pixel(map: u32, row: i32, column: i32) -> f32 {
    if row < 0 || row >= i32(HEIGHT) || column < 0 || column >= i32(WIDTH) {
        return 0.0;
    }
    return x[map + u32(row) * WIDTH + u32(column)];
}

// Half a row of the patch around `strip`.
fn half_row(map: u32, strip: u32, row: u32, half: u32) -> vec4<f32> {
    let r = i32(strip / QUADS + row) - 1;
    let c = i32(strip % QUADS * 4u + half * 4u) - 1;
    let first = vec2<f32>(pixel(map, r, c), pixel(map, r, c + 1));
    if half == 1u {
        return vec4<f32>(first, 0.0, 0.0);
    }
    return vec4<f32>(first, pixel(map, r, c + 2), pixel(map, r, c + 3));
}

// A row of a patch, moved so that component `p` is what pixel `p` of the strip has on that side.
struct Row {
    left: vec4<f32>,
    here: vec4<f32>,
    right: vec4<f32>,
}

fn patch_row(index: u32) -> Row {
    let a = patches[index];
    let b = patches[index + 1u];
    return Row(a, vec4<f32>(a.yzw, b.x), vec4<f32>(a.zw, b.xy));
}

// Adds one input channel to the four phases of a strip.
fn add(sums: mat4x4<f32>, above: Row, same: Row, below: Row, tap: u32) -> mat4x4<f32> {
    let k0 = taps[tap];
    let k1 = taps[tap + 1u];
    let k2 = taps[tap + 2u];
    let k3 = taps[tap + 3u];
    return mat4x4<f32>(
        sums[0] + same.here * k1.y + same.left * k1.w + above.here * k3.y + above.left * k3.w,
        sums[1] + same.here * k1.z + same.right * k1.x + above.here * k3.z + above.right * k3.x,
        sums[2] + same.here * k2.y + same.left * k2.w + below.here * k0.y + below.left * k0.w,
        sums[3] + same.here * k2.z + same.right * k2.x + below.here * k0.z + below.right * k0.x,
    );
}

fn finish(value: vec4<f32>) -> vec4<f32> {
    if RELU == 1u {
        return max(value, vec4<f32>(0.0));
    }
    return value;
}

// Writes the 2×8 outputs of a strip, the column phases interleaved.
fn store(sums: mat4x4<f32>, sample: u32, channel: u32, strip: u32) {
    if channel >= OUTPUT || strip >= HEIGHT * QUADS {
        return;
    }
    let b = bias[channel];
    let rows = (sample * OUTPUT + channel) * 2u * HEIGHT + strip / QUADS * 2u;
    for (var phase = 0u; phase < 2u; phase++) {
        let even = finish(select(sums[0], sums[2], phase == 1u) + b);
        let odd = finish(select(sums[1], sums[3], phase == 1u) + b);
        let at = (rows + phase) * 2u * QUADS + strip % QUADS * 2u;
        y[at] = vec4<f32>(even.x, odd.x, even.y, odd.y);
        y[at + 1u] = vec4<f32>(even.z, odd.z, even.w, odd.w);
    }
}

@compute @workgroup_size(STRIPS, LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let first_strip = group.x * STRIPS;
    let first_channel = group.y * 2u * LANES;
    var sums_a = mat4x4<f32>();
    var sums_b = mat4x4<f32>();
    for (var chunk = 0u; chunk < INPUT; chunk += CHUNK) {
        for (var i = thread; i < CHUNK * STRIPS * 6u; i += THREADS) {
            let input = chunk + i / (STRIPS * 6u);
            let map = (group.z * INPUT + input) * HEIGHT * WIDTH;
            let strip = first_strip + i / 6u % STRIPS;
            patches[i] = half_row(map, strip, i / 2u % 3u, i % 2u);
        }
        for (var i = thread; i < CHUNK * LANES * 8u; i += THREADS) {
            let input = chunk + i / (LANES * 8u);
            let output = first_channel + i / 4u % (2u * LANES);
            var tap = vec4<f32>();
            if output < OUTPUT {
                tap = weight[(input * OUTPUT + output) * 4u + i % 4u];
            }
            taps[i] = tap;
        }
        workgroupBarrier();
        for (var i = 0u; i < CHUNK; i++) {
            let patch_start = (i * STRIPS + local.x) * 6u;
            let above = patch_row(patch_start);
            let same = patch_row(patch_start + 2u);
            let below = patch_row(patch_start + 4u);
            let tap = (i * 2u * LANES + 2u * local.y) * 4u;
            sums_a = add(sums_a, above, same, below, tap);
            sums_b = add(sums_b, above, same, below, tap + 4u);
        }
        workgroupBarrier();
    }
    let channel = first_channel + 2u * local.y;
    store(sums_a, group.z, channel, first_strip + local.x);
    store(sums_b, group.z, channel + 1u, first_strip + local.x);
}
