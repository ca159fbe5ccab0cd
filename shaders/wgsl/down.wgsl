// Convolution, kernel 4, stride 2, padding 1: `[B, INPUT, 2·HEIGHT, 2·WIDTH]` with weight
// `[OUTPUT, INPUT, 4, 4]` and bias `[OUTPUT]` → `[B, OUTPUT, HEIGHT, WIDTH]`.
//
// The host puts these constants in front: INPUT, OUTPUT, HEIGHT, WIDTH (a multiple of 4), STRIPS
// (= B · HEIGHT · WIDTH / 4), THREADS, BIASED (0 or 1), LEAKY (0 or 1: LeakyReLU behind it), SLOPE
// (of that, the bits of a float).
//
// Output pixel (i, j) takes input rows 2i − 1 to 2i + 2 and columns 2j − 1 to 2j + 2, of every
// input channel. Four neighbours in a row (a strip) so take columns 8s − 1 to 8s + 8, ten numbers.
// Seen from the kernel, its tap at column kx meets columns kx − 1, kx + 1, kx + 3 and kx + 5 of
// these: every second one, beginning with its own.
//
// A thread makes a strip of four output channels: 16 results in registers. For each input channel
// and kernel row it reads the ten numbers and four taps of four channels, and adds 64 products. The
// taps have the same address in the whole workgroup, and the rest are neighbours, so the
// first-level cache answers. No workgroup memory and no barrier, as in `up.wgsl`.
//
// Workgroup (x, y): x counts groups of THREADS strips of the whole batch, y groups of four output
// channels.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> weight: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

// Fours in a row of the output; the input has twice as many.
const QUADS = WIDTH / 4u;
// Fours in a map of the output; the input has four times as many.
const MAP = HEIGHT * QUADS;

// What the taps of a kernel row meet, for the four pixels of a strip.
fn met(start: u32, quad: u32) -> mat4x4<f32> {
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

// Four output channels from `first` on; those beyond the last repeat it, and are not stored.
fn tap(first: u32, c: u32, input: u32, row: u32) -> vec4<f32> {
    return weight[(min(first + c, OUTPUT - 1u) * INPUT + input) * 4u + row];
}

fn store(sums: vec4<f32>, channel: u32, strip: u32) {
    if channel >= OUTPUT || strip >= STRIPS {
        return;
    }
    var out = sums;
    if BIASED == 1u {
        out += bias[channel];
    }
    if LEAKY == 1u {
        out *= select(vec4<f32>(bitcast<f32>(SLOPE)), vec4<f32>(1.0), out > vec4<f32>(0.0));
    }
    y[(strip / MAP * OUTPUT + channel) * MAP + strip % MAP] = out;
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let strip = group.x * THREADS + thread;
    // A strip beyond the last repeats it, and is not stored.
    let place = min(strip, STRIPS - 1u);
    let sample = place / MAP;
    let quad = place % QUADS;
    let top = 2i * i32(place % MAP / QUADS) - 1i;
    let first = group.y * 4u;
    var sums = mat4x4<f32>();
    for (var input = 0u; input < INPUT; input++) {
        let map = (sample * INPUT + input) * 4u * MAP;
        for (var ky = 0u; ky < 4u; ky++) {
            let row = top + i32(ky);
            if row >= 0i && row < i32(2u * HEIGHT) {
                let columns = met(map + u32(row) * 2u * QUADS, quad);
                sums += mat4x4<f32>(
                    columns * tap(first, 0u, input, ky),
                    columns * tap(first, 1u, input, ky),
                    columns * tap(first, 2u, input, ky),
                    columns * tap(first, 3u, input, ky),
                );
            }
        }
    }
    store(sums[0], first, strip);
    store(sums[1], first + 1u, strip);
    store(sums[2], first + 2u, strip);
    store(sums[3], first + 3u, strip);
}
