// Convolution, kernel 4, stride 2, padding 1: `[B, INPUT, 2·HEIGHT, 2·WIDTH]` with weight
// `[OUTPUT, INPUT, 4, 4]` and bias `[OUTPUT]` → `[B, OUTPUT, HEIGHT, WIDTH]`.
//
// The host puts these constants in front: INPUT, OUTPUT, HEIGHT, WIDTH, COLUMNS (= B · HEIGHT ·
// WIDTH), ROWS (4, 8 or 16), BIASED (0 or 1).
//
// Output pixel (i, j) takes input rows 2i − 1 to 2i + 2 and columns 2j − 1 to 2j + 2, of every
// input channel: 16 · INPUT numbers, its patch. Write the weight as a matrix with a row for each
// output channel, and the patches as the columns of another, one for each output pixel of the
// batch. Then the convolution is the product of the two, and row-major `[OUTPUT, INPUT, 4, 4]` is
// the first matrix as it stands. The second is never stored: every number of it is read from `x`
// when it is wanted (an implicit matrix product), and is zero where the patch leaves the map.
//
// A group makes a tile of 4 · ROWS channels by 64 pixels. One input channel after another, it puts
// that channel's 16 rows of both matrices into workgroup memory; a thread then adds the products of
// four channels and four pixels, 16 of them for two loads of four numbers.
//
// Workgroup (x, y): x counts groups of 64 pixels, y groups of 4 · ROWS output channels.

@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

const THREADS = 16u * ROWS;
const MAP = HEIGHT * WIDTH;
// Neighbouring threads write rows of `taps`: one more than a power of two keeps these in different
// banks of the memory.
const PITCH = ROWS + 1u;

// `[16 taps][ROWS]`: a vector is four channels.
var<workgroup> taps: array<vec4<f32>, 16u * PITCH>;
// `[16 taps][16 strips]`: a vector is four pixels.
var<workgroup> patches: array<vec4<f32>, 256u>;

// Where the patch of a pixel begins, which may be outside of the map.
struct Corner {
    row: i32,
    column: i32,
    // Of the element in `x`, for the first input channel.
    index: i32,
}

fn corner(pixel: u32) -> Corner {
    let sample = pixel / MAP;
    let row = 2i * i32(pixel % MAP / WIDTH) - 1i;
    let column = 2i * i32(pixel % WIDTH) - 1i;
    let index = i32(sample * INPUT * 4u * MAP) + row * i32(2u * WIDTH) + column;
    if pixel >= COLUMNS {
        // Above the map with all four rows: reads zeros.
        return Corner(-4i, column, 0i);
    }
    return Corner(row, column, index);
}

fn element(corner: Corner, input: u32, ky: i32, kx: i32) -> f32 {
    let row = corner.row + ky;
    let column = corner.column + kx;
    if row < 0i || row >= i32(2u * HEIGHT) || column < 0i || column >= i32(2u * WIDTH) {
        return 0.0;
    }
    return x[corner.index + i32(input * 4u * MAP) + ky * i32(2u * WIDTH) + kx];
}

fn tap(channel: u32, input: u32, index: u32) -> f32 {
    if channel >= OUTPUT {
        return 0.0;
    }
    return weight[(channel * INPUT + input) * 16u + index];
}

fn store(sums: vec4<f32>, channel: u32, first_pixel: u32) {
    if channel >= OUTPUT {
        return;
    }
    var out = sums;
    if BIASED == 1u {
        out += bias[channel];
    }
    for (var p = 0u; p < 4u; p++) {
        let pixel = first_pixel + p;
        if pixel < COLUMNS {
            y[(pixel / MAP * OUTPUT + channel) * MAP + pixel % MAP] = out[p];
        }
    }
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let strip = thread % 16u;
    let row = thread / 16u;
    let first_pixel = group.x * 64u + strip * 4u;
    let first_channel = group.y * 4u * ROWS;
    let a = corner(first_pixel);
    let b = corner(first_pixel + 1u);
    let c = corner(first_pixel + 2u);
    let d = corner(first_pixel + 3u);
    var sums = mat4x4<f32>();
    for (var input = 0u; input < INPUT; input++) {
        // Sixteen neighbouring threads read the sixteen taps of a channel, which are neighbours.
        let channel = first_channel + row * 4u;
        taps[strip * PITCH + row] = vec4<f32>(
            tap(channel, input, strip),
            tap(channel + 1u, input, strip),
            tap(channel + 2u, input, strip),
            tap(channel + 3u, input, strip),
        );
        for (var t = row; t < 16u; t += ROWS) {
            let ky = i32(t / 4u);
            let kx = i32(t % 4u);
            patches[t * 16u + strip] = vec4<f32>(
                element(a, input, ky, kx),
                element(b, input, ky, kx),
                element(c, input, ky, kx),
                element(d, input, ky, kx),
            );
        }
        workgroupBarrier();
        for (var t = 0u; t < 16u; t++) {
            let pixels = patches[t * 16u + strip];
            let channels = taps[t * PITCH + row];
            sums += mat4x4<f32>(
                pixels * channels.x,
                pixels * channels.y,
                pixels * channels.z,
                pixels * channels.w,
            );
        }
        workgroupBarrier();
    }
    let channel = first_channel + row * 4u;
    store(sums[0], channel, first_pixel);
    store(sums[1], channel + 1u, first_pixel);
    store(sums[2], channel + 2u, first_pixel);
    store(sums[3], channel + 3u, first_pixel);
}
