// Gradient of the weight between a small map `[B, SMALL, HEIGHT, WIDTH]` and a big one `[B, BIG,
// 2·HEIGHT, 2·WIDTH]`, one of them an input and the other the gradient of an output: sums
// `[splits, SMALL, BIG, 4, 4]`, which `sum_splits.wgsl` adds up.
//
// The host puts these constants in front: SMALL, BIG, HEIGHT, WIDTH, COLUMNS (= B · HEIGHT ·
// WIDTH), SPAN (pixels of a split), ROWS (4, 8 or 16).
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
// A group makes 4 · ROWS small channels by four big channels with their sixteen taps, from sixteen
// pixels at a time; a thread the products of four small channels and the four taps of a kernel row.
//
// Workgroup (x, y, z): x counts groups of 4 big channels, y of 4 · ROWS small ones, z splits.

@group(0) @binding(0) var<storage, read_write> small: array<f32>;
@group(0) @binding(1) var<storage, read_write> big: array<f32>;
@group(0) @binding(2) var<storage, read_write> gradient: array<vec4<f32>>;

const THREADS = 16u * ROWS;
const MAP = HEIGHT * WIDTH;
// Neighbouring threads write different rows: one more than a power of two keeps these in different
// banks of the memory.
const SMALL_PITCH = ROWS + 1u;
const BIG_PITCH = 17u;

// `[16 pixels][ROWS]`: a vector is four channels.
var<workgroup> smalls: array<vec4<f32>, 16u * SMALL_PITCH>;
// `[16 pixels][4 channels · 4 kernel rows]`: a vector is the taps of a kernel row.
var<workgroup> patches: array<vec4<f32>, 16u * BIG_PITCH>;

fn small_part(sample: u32, channel: u32, pixel: u32) -> f32 {
    if channel >= SMALL {
        return 0.0;
    }
    return small[(sample * SMALL + channel) * MAP + pixel];
}

// Big pixels (row, column) to (row, column + 3) of a map that begins at `map`.
fn patch_row(map: u32, row: i32, column: i32) -> vec4<f32> {
    var out = vec4<f32>();
    if row < 0i || row >= i32(2u * HEIGHT) {
        return out;
    }
    let start = i32(map) + row * i32(2u * WIDTH) + column;
    if column >= 0i {
        out.x = big[start];
    }
    // The two in the middle are always on the map.
    out.y = big[start + 1i];
    out.z = big[start + 2i];
    if column + 3i < i32(2u * WIDTH) {
        out.w = big[start + 3i];
    }
    return out;
}

fn store(sums: vec4<f32>, split: u32, channel: u32, kernel_row: u32) {
    if channel < SMALL && kernel_row < 4u * BIG {
        gradient[(split * SMALL + channel) * 4u * BIG + kernel_row] = sums;
    }
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let lane = thread % 16u;
    let row = thread / 16u;
    let first_small = group.y * 4u * ROWS + row * 4u;
    let first = group.z * SPAN;
    let end = min(first + SPAN, COLUMNS);
    var sums = mat4x4<f32>();
    for (var start = first; start < end; start += 16u) {
        let pixel = start + lane;
        let sample = pixel / MAP;
        let place = pixel % MAP;
        var channels = vec4<f32>();
        if pixel < end {
            channels = vec4<f32>(
                small_part(sample, first_small, place),
                small_part(sample, first_small + 1u, place),
                small_part(sample, first_small + 2u, place),
                small_part(sample, first_small + 3u, place),
            );
        }
        smalls[lane * SMALL_PITCH + row] = channels;
        for (var r = row; r < 16u; r += ROWS) {
            let channel = group.x * 4u + r / 4u;
            var taps = vec4<f32>();
            if pixel < end && channel < BIG {
                taps = patch_row(
                    (sample * BIG + channel) * 4u * MAP,
                    2i * i32(place / WIDTH) - 1i + i32(r % 4u),
                    2i * i32(place % WIDTH) - 1i,
                );
            }
            patches[lane * BIG_PITCH + r] = taps;
        }
        workgroupBarrier();
        for (var p = 0u; p < 16u; p++) {
            let taps = patches[p * BIG_PITCH + lane];
            let channels = smalls[p * SMALL_PITCH + row];
            sums += mat4x4<f32>(
                taps * channels.x,
                taps * channels.y,
                taps * channels.z,
                taps * channels.w,
            );
        }
        workgroupBarrier();
    }
    let kernel_row = group.x * 16u + lane;
    store(sums[0], group.z, first_small, kernel_row);
    store(sums[1], group.z, first_small + 1u, kernel_row);
    store(sums[2], group.z, first_small + 2u, kernel_row);
    store(sums[3], group.z, first_small + 3u, kernel_row);
}
