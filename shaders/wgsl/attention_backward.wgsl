// One of attention's three gradients, those of queries and keys `[B, DEPTH, PIXELS]` and of values
// `[B, CHANNELS, PIXELS]`, from the gradient g of the output and the log-sum-exp of each row.
//
// The host puts these constants in front: DEPTH, CHANNELS, PIXELS, GRADIENT (0: of queries, 1: of
// keys, 2: of values), ROWS (1 to 4).
//
// The map is not stored; an element of it costs one product of a query and a key:
//
//     s_ij = q_i·k_j,     P_ij = e^(s_ij − lse_i).
//
// The output is o_i = Σ_j P_ij v_j, so the slope of P_ij is g_i·v_j, and that of v_j is Σ_i P_ij g_i.
// A weight of the softmax changes with all energies of its row: ∂P_ij / ∂s_il = P_ij ([j = l] − P_il).
// Hence
//
//     S_ij = ∂s_ij = P_ij (g_i·v_j − Σ_l P_il g_i·v_l) = P_ij (g_i·v_j − g_i·o_i),
//
// where g_i·o_i, the mean, comes from `attention_means.wgsl`: no second pass over the row. Then
//
//     ∂q_i = Σ_j S_ij k_j,     ∂k_j = Σ_i S_ij q_i,     ∂v_j = Σ_i P_ij g_i.
//
// These are one sum, three times: over the *other* pixels of a weight (S or P) and of what the other
// side has. For queries the own side is that of queries and gradients, the other that of keys and
// values; for keys and values the sides change places. One kernel makes all three.
//
// A group owns 32 own pixels and 8 · ROWS channels of the gradient. For 32 other pixels at a time it
// makes a 32×32 piece of the map, each thread four own by four other pixels of it from sixteen
// channels after sixteen; puts the weights into workgroup memory; and multiplies them with the other
// side's channels, each thread four own pixels by ROWS channels.
//
// Workgroup (x, y, z): x counts groups of 32 own pixels, y of 8 · ROWS channels, z samples.

// Queries, or keys.
@group(0) @binding(0) var<storage, read_write> own_narrow: array<f32>;
// Keys, or queries.
@group(0) @binding(1) var<storage, read_write> other_narrow: array<f32>;
// Gradients of the output, or values.
@group(0) @binding(2) var<storage, read_write> own_wide: array<f32>;
// Values, or gradients of the output.
@group(0) @binding(3) var<storage, read_write> other_wide: array<f32>;
// Both belong to queries.
@group(0) @binding(4) var<storage, read_write> log_sum_exp: array<f32>;
@group(0) @binding(5) var<storage, read_write> means: array<f32>;
@group(0) @binding(6) var<storage, read_write> result: array<f32>;

const THREADS = 64u;
const OWN_IS_QUERY = GRADIENT == 0u;
const OF_VALUES = GRADIENT == 2u;
const CHUNK = 16u;
// Channels of the result, and of those a group's.
const LENGTH = select(DEPTH, CHANNELS, OF_VALUES);
const SHARE = 8u * ROWS;

// `[16 channels][8 strips]`: a vector is four pixels.
var<workgroup> own_tile: array<vec4<f32>, 128>;
var<workgroup> other_tile: array<vec4<f32>, 128>;
// `[32 other pixels][8 strips of own pixels]`
var<workgroup> weights: array<vec4<f32>, 256>;
// `[32 other pixels][SHARE]`
var<workgroup> factors: array<f32, 32u * SHARE>;

// Where a channel of a pixel is; channels from `count` on and pixels from PIXELS on do not exist.
fn place(sample: u32, count: u32, channel: u32, pixel: u32) -> u32 {
    return (sample * count + channel) * PIXELS + pixel;
}

fn exists(count: u32, channel: u32, pixel: u32) -> bool {
    return channel < count && pixel < PIXELS;
}

fn own_narrow_part(sample: u32, channel: u32, pixel: u32) -> f32 {
    if exists(DEPTH, channel, pixel) {
        return own_narrow[place(sample, DEPTH, channel, pixel)];
    }
    return 0.0;
}

fn other_narrow_part(sample: u32, channel: u32, pixel: u32) -> f32 {
    if exists(DEPTH, channel, pixel) {
        return other_narrow[place(sample, DEPTH, channel, pixel)];
    }
    return 0.0;
}

fn own_wide_part(sample: u32, channel: u32, pixel: u32) -> f32 {
    if exists(CHANNELS, channel, pixel) {
        return own_wide[place(sample, CHANNELS, channel, pixel)];
    }
    return 0.0;
}

fn other_wide_part(sample: u32, channel: u32, pixel: u32) -> f32 {
    if exists(CHANNELS, channel, pixel) {
        return other_wide[place(sample, CHANNELS, channel, pixel)];
    }
    return 0.0;
}

// What queries have one of, for four pixels of them.
fn of_queries(sample: u32, first: u32) -> array<vec4<f32>, 2> {
    var out = array<vec4<f32>, 2>();
    for (var p = 0u; p < 4u; p++) {
        if first + p < PIXELS {
            out[0][p] = log_sum_exp[sample * PIXELS + first + p];
            out[1][p] = means[sample * PIXELS + first + p];
        }
    }
    return out;
}

// Adds the products of `count` channels in the tiles: a column for each other pixel.
fn add_products(sums: mat4x4<f32>, count: u32, row: u32, column: u32) -> mat4x4<f32> {
    var out = sums;
    for (var k = 0u; k < count; k++) {
        let own = own_tile[k * 8u + column];
        let other = other_tile[k * 8u + row];
        out += mat4x4<f32>(own * other.x, own * other.y, own * other.z, own * other.w);
    }
    return out;
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let sample = group.z;
    let column = thread % 8u;
    let row = thread / 8u;
    let first_own = group.x * 32u;
    let first_channel = group.y * SHARE;
    let own_rows = of_queries(sample, first_own + column * 4u);
    var sums: array<vec4<f32>, ROWS>;
    for (var first = 0u; first < PIXELS; first += 32u) {
        var energies = mat4x4<f32>();
        for (var chunk = 0u; chunk < DEPTH; chunk += CHUNK) {
            for (var k = row; k < CHUNK; k += 8u) {
                let channel = chunk + k;
                let own = first_own + column * 4u;
                let other = first + column * 4u;
                own_tile[k * 8u + column] = vec4<f32>(
                    own_narrow_part(sample, channel, own),
                    own_narrow_part(sample, channel, own + 1u),
                    own_narrow_part(sample, channel, own + 2u),
                    own_narrow_part(sample, channel, own + 3u),
                );
                other_tile[k * 8u + column] = vec4<f32>(
                    other_narrow_part(sample, channel, other),
                    other_narrow_part(sample, channel, other + 1u),
                    other_narrow_part(sample, channel, other + 2u),
                    other_narrow_part(sample, channel, other + 3u),
                );
            }
            workgroupBarrier();
            energies = add_products(energies, min(CHUNK, DEPTH - chunk), row, column);
            workgroupBarrier();
        }
        var slopes = mat4x4<f32>();
        if !OF_VALUES {
            for (var chunk = 0u; chunk < CHANNELS; chunk += CHUNK) {
                for (var k = row; k < CHUNK; k += 8u) {
                    let channel = chunk + k;
                    let own = first_own + column * 4u;
                    let other = first + column * 4u;
                    own_tile[k * 8u + column] = vec4<f32>(
                        own_wide_part(sample, channel, own),
                        own_wide_part(sample, channel, own + 1u),
                        own_wide_part(sample, channel, own + 2u),
                        own_wide_part(sample, channel, own + 3u),
                    );
                    other_tile[k * 8u + column] = vec4<f32>(
                        other_wide_part(sample, channel, other),
                        other_wide_part(sample, channel, other + 1u),
                        other_wide_part(sample, channel, other + 2u),
                        other_wide_part(sample, channel, other + 3u),
                    );
                }
                workgroupBarrier();
                slopes = add_products(slopes, min(CHUNK, CHANNELS - chunk), row, column);
                workgroupBarrier();
            }
        }
        let other_rows = of_queries(sample, first + row * 4u);
        for (var p = 0u; p < 4u; p++) {
            var log_sum = own_rows[0];
            var mean = own_rows[1];
            if !OWN_IS_QUERY {
                log_sum = vec4<f32>(other_rows[0][p]);
                mean = vec4<f32>(other_rows[1][p]);
            }
            var weight = vec4<f32>();
            if first + row * 4u + p < PIXELS {
                weight = exp(energies[p] - log_sum);
                if !OF_VALUES {
                    weight *= slopes[p] - mean;
                }
            }
            weights[(row * 4u + p) * 8u + column] = weight;
        }
        for (var i = thread; i < 32u * SHARE; i += THREADS) {
            let channel = first_channel + i / 32u;
            let other = first + i % 32u;
            var factor = 0.0;
            if OF_VALUES {
                factor = other_wide_part(sample, channel, other);
            } else {
                factor = other_narrow_part(sample, channel, other);
            }
            factors[i % 32u * SHARE + i / 32u] = factor;
        }
        workgroupBarrier();
        for (var p = 0u; p < 32u; p++) {
            let weight = weights[p * 8u + column];
            for (var r = 0u; r < ROWS; r++) {
                sums[r] += factors[p * SHARE + row * ROWS + r] * weight;
            }
        }
        // The barriers of the next piece's energies come before anything writes weights or factors.
    }
    for (var r = 0u; r < ROWS; r++) {
        let channel = first_channel + row * ROWS + r;
        for (var p = 0u; p < 4u; p++) {
            let pixel = first_own + column * 4u + p;
            if exists(LENGTH, channel, pixel) {
                result[place(sample, LENGTH, channel, pixel)] = sums[r][p];
            }
        }
    }
}
