// Gradient of the weight between a small map `[B, SMALL, HEIGHT, WIDTH]` and a big one `[B, BIG,
// 2·HEIGHT, 2·WIDTH]`, one of them an input and the other the gradient of an output: sums
// `[splits, SMALL, BIG, 4, 4]`, which `sum_splits.wgsl` adds up.
//
// The host puts these constants in front: SMALL, BIG, HEIGHT, WIDTH (a multiple of 4), THREADS,
// TOGETHER (0 or 1). The batch follows from the small map's length, and the splits are the workgroups
// in z.
//
// Weight (s, g, ky, kx) joins small pixel (i, j) with big pixel (2i − 1 + ky, 2j − 1 + kx), for
// every pixel and sample; so its gradient is the sum of all these products, whichever of the maps
// is the input. Take the channels of the small map as the rows of one matrix. Those of the other are
// the patches: row (g, ky, kx) holds what that weight meets, one number for each small pixel. It is
// never stored, but read from the big map when it is wanted. Then
//
//     gradient = small · patchesᵀ,     `[SMALL, pixels] · [pixels, 16 · BIG]`,
//
// a product of small matrices over a very long inner side, all pixels of the batch. Its tiles are
// too few to keep a GPU busy, so the inner side is split as well: each split writes a gradient of
// its own, and a second pass adds them in a fixed order. (Atomic additions would add in another
// order every time, and so round differently in every run.)
//
// A thread takes strips of four neighbours in a row of the small map, one after another, of four
// small channels and one big one: 64 sums in registers, to which a strip adds 256 products from 20
// loads. What the taps of a kernel row meet on the big map is what they meet in `down.wgsl`; a row
// of four small pixels times that matrix is what the strip adds to these taps.
//
// With TOGETHER the 64 threads of a workgroup share out the strips of the same channels, and in the
// end their sums are added up in workgroup memory. That costs as much as some sixteen strips a
// thread, so where there are few, each thread has four small channels of its own, and all strips of
// a split.
//
// Workgroup (x, y, z): x counts groups of four small channels (of THREADS such groups without
// TOGETHER), y big channels, z splits.

@group(0) @binding(0) var<storage, read_write> small: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> big: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> gradient: array<vec4<f32>>;

// Fours in a row of the small map; the big one has twice as many.
const QUADS = WIDTH / 4u;
// Fours in a small map; a big one has four times as many.
const MAP = HEIGHT * QUADS;
// A thread's sums, in fours, and the threads' sixteens.
const SUMS = 16u;
const PARTS = THREADS / 16u;
const SHARED = select(1u, SUMS * THREADS, TOGETHER == 1u);

// `[4 kernel rows · 4 small channels][THREADS]`: a vector is the taps of a kernel row.
var<workgroup> parts: array<vec4<f32>, SHARED>;

// What the taps of kernel row `ky` meet, for the four pixels of a strip in row `row`: zeros outside
// of the map.
fn met(map: u32, row: u32, ky: i32, quad: u32) -> mat4x4<f32> {
    let big_row = 2i * i32(row) - 1i + ky;
    if big_row < 0i || big_row >= i32(2u * HEIGHT) {
        return mat4x4<f32>();
    }
    let at = map + u32(big_row) * 2u * QUADS + 2u * quad;
    let a = big[at];
    let b = big[at + 1u];
    var before = 0.0;
    if quad > 0u {
        before = big[at - 1u].w;
    }
    var after = 0.0;
    if quad + 1u < QUADS {
        after = big[at + 2u].x;
    }
    return mat4x4<f32>(
        vec4<f32>(before, a.yw, b.y),
        vec4<f32>(a.xz, b.xz),
        vec4<f32>(a.yw, b.yw),
        vec4<f32>(a.z, b.xz, after),
    );
}

// The strips of four small channels, one in each column; channels beyond the last repeat it.
fn four_channels(sample: u32, first: u32, place: u32) -> mat4x4<f32> {
    let map = sample * SMALL;
    return mat4x4<f32>(
        small[(map + first) * MAP + place],
        small[(map + min(first + 1u, SMALL - 1u)) * MAP + place],
        small[(map + min(first + 2u, SMALL - 1u)) * MAP + place],
        small[(map + min(first + 3u, SMALL - 1u)) * MAP + place],
    );
}

fn put(sums: mat4x4<f32>, row: u32, thread: u32) {
    parts[(row * 4u) * THREADS + thread] = sums[0];
    parts[(row * 4u + 1u) * THREADS + thread] = sums[1];
    parts[(row * 4u + 2u) * THREADS + thread] = sums[2];
    parts[(row * 4u + 3u) * THREADS + thread] = sums[3];
}

fn store(sum: vec4<f32>, split: u32, channel: u32, big_channel: u32, row: u32) {
    if channel < SMALL {
        gradient[((split * SMALL + channel) * BIG + big_channel) * 4u + row] = sum;
    }
}

fn store_row(sums: mat4x4<f32>, split: u32, first: u32, big_channel: u32, row: u32) {
    store(sums[0], split, first, big_channel, row);
    store(sums[1], split, first + 1u, big_channel, row);
    store(sums[2], split, first + 2u, big_channel, row);
    store(sums[3], split, first + 3u, big_channel, row);
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let strips = arrayLength(&small) / SMALL;
    let span = (strips + groups.z - 1u) / groups.z;
    let end = min((group.z + 1u) * span, strips);
    var first = group.x * 4u;
    var strip = group.z * span + thread;
    var stride = THREADS;
    if TOGETHER == 0u {
        first = (group.x * THREADS + thread) * 4u;
        strip = group.z * span;
        stride = 1u;
    }
    // Channels beyond the last repeat it, and are not stored.
    let channel = min(first, SMALL - 1u);
    var row_0 = mat4x4<f32>();
    var row_1 = mat4x4<f32>();
    var row_2 = mat4x4<f32>();
    var row_3 = mat4x4<f32>();
    for (; strip < end; strip += stride) {
        let sample = strip / MAP;
        let place = strip % MAP;
        let row = place / QUADS;
        let quad = place % QUADS;
        let map = (sample * BIG + group.y) * 4u * MAP;
        // Transposed, so that a product with it takes the pixels of all four channels at once.
        let channels = transpose(four_channels(sample, channel, place));
        row_0 += transpose(channels * met(map, row, 0i, quad));
        row_1 += transpose(channels * met(map, row, 1i, quad));
        row_2 += transpose(channels * met(map, row, 2i, quad));
        row_3 += transpose(channels * met(map, row, 3i, quad));
    }
    if TOGETHER == 0u {
        store_row(row_0, group.z, first, group.y, 0u);
        store_row(row_1, group.z, first, group.y, 1u);
        store_row(row_2, group.z, first, group.y, 2u);
        store_row(row_3, group.z, first, group.y, 3u);
        return;
    }
    put(row_0, 0u, thread);
    put(row_1, 1u, thread);
    put(row_2, 2u, thread);
    put(row_3, 3u, thread);
    workgroupBarrier();
    // Sixteen threads' sums each; then one thread adds those.
    let start = thread % SUMS * THREADS;
    var sum = vec4<f32>();
    for (var i = 0u; i < 16u; i++) {
        sum += parts[start + thread / SUMS * 16u + i];
    }
    workgroupBarrier();
    parts[start + thread / SUMS] = sum;
    workgroupBarrier();
    if thread < SUMS {
        var total = vec4<f32>();
        for (var i = 0u; i < PARTS; i++) {
            total += parts[start + i];
        }
        store(total, group.z, first + thread % 4u, group.y, thread / 4u);
    }
}
