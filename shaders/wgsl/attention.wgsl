// Softmax attention: queries and keys `[B, DEPTH, PIXELS]`, values `[B, CHANNELS, PIXELS]` →
// output `[B, CHANNELS, PIXELS]` and log-sum-exp `[B, PIXELS]`.
//
// The host puts these constants in front: DEPTH, CHANNELS, PIXELS, KEYS and BLOCKS (1 or 2).
//
// A thread owns one query and sees the keys one after another, so no row of the map is ever
// stored. It keeps the greatest energy so far, m, the sum z of e^(s − m), and the same sum of the
// values, o. A new key with energy s ≤ m adds e^(s − m) to z and e^(s − m)·v to o. A greater one
// first becomes the new m, for which z and o are multiplied by e^(m_old − m_new): that happens
// about ln(PIXELS) times in a row. At the end o / z is the output, and m + ln z the log-sum-exp.
//
// All threads of a group want the same keys and values, which the group therefore puts into
// workgroup memory, KEYS at a time. A thread holds 16 · BLOCKS channels of the output; other
// channels are other groups' work, which find the energies once more.
//
// Workgroup (x, y, z): x counts groups of 64 queries, y of 16 · BLOCKS channels, z samples.

@group(0) @binding(0) var<storage, read_write> queries: array<f32>;
@group(0) @binding(1) var<storage, read_write> keys: array<f32>;
@group(0) @binding(2) var<storage, read_write> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;
@group(0) @binding(4) var<storage, read_write> log_sum_exp: array<f32>;

const THREADS = 64u;
// Vectors of a query or key, the last one padded with zeros, and of a thread's share of a value.
const NARROW = (DEPTH + 3u) / 4u;
const WIDE = 4u * BLOCKS;

// `[KEYS][NARROW]` and `[KEYS][WIDE]`
var<workgroup> key_tile: array<vec4<f32>, KEYS * NARROW>;
var<workgroup> value_tile: array<vec4<f32>, KEYS * WIDE>;

fn key_part(sample: u32, d: u32, pixel: u32) -> f32 {
    if d >= DEPTH || pixel >= PIXELS {
        return 0.0;
    }
    return keys[(sample * DEPTH + d) * PIXELS + pixel];
}

fn query_part(sample: u32, d: u32, pixel: u32) -> f32 {
    if d >= DEPTH || pixel >= PIXELS {
        return 0.0;
    }
    return queries[(sample * DEPTH + d) * PIXELS + pixel];
}

fn value_part(sample: u32, channel: u32, pixel: u32) -> f32 {
    if channel >= CHANNELS || pixel >= PIXELS {
        return 0.0;
    }
    return values[(sample * CHANNELS + channel) * PIXELS + pixel];
}

// Sixteen channels of the value that begins at `start` in the tile.
fn block(start: u32) -> mat4x4<f32> {
    return mat4x4<f32>(
        value_tile[start],
        value_tile[start + 1u],
        value_tile[start + 2u],
        value_tile[start + 3u],
    );
}

fn store(sums: mat4x4<f32>, sample: u32, first: u32, pixel: u32) {
    for (var v = 0u; v < 4u; v++) {
        var part = sums[0];
        if v == 1u { part = sums[1]; }
        if v == 2u { part = sums[2]; }
        if v == 3u { part = sums[3]; }
        for (var c = 0u; c < 4u; c++) {
            let channel = first + v * 4u + c;
            if channel < CHANNELS {
                output[(sample * CHANNELS + channel) * PIXELS + pixel] = part[c];
            }
        }
    }
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let pixel = group.x * THREADS + thread;
    let first_channel = group.y * 16u * BLOCKS;
    var query: array<vec4<f32>, NARROW>;
    for (var n = 0u; n < NARROW; n++) {
        let d = n * 4u;
        query[n] = vec4<f32>(
            query_part(group.z, d, pixel),
            query_part(group.z, d + 1u, pixel),
            query_part(group.z, d + 2u, pixel),
            query_part(group.z, d + 3u, pixel),
        );
    }
    var top = -3.0e38;
    var sum = 0.0;
    var sums_a = mat4x4<f32>();
    var sums_b = mat4x4<f32>();
    for (var first = 0u; first < PIXELS; first += KEYS) {
        for (var i = thread; i < KEYS * NARROW; i += THREADS) {
            let key = i % KEYS;
            let d = i / KEYS * 4u;
            key_tile[key * NARROW + i / KEYS] = vec4<f32>(
                key_part(group.z, d, first + key),
                key_part(group.z, d + 1u, first + key),
                key_part(group.z, d + 2u, first + key),
                key_part(group.z, d + 3u, first + key),
            );
        }
        for (var i = thread; i < KEYS * WIDE; i += THREADS) {
            let key = i % KEYS;
            let channel = first_channel + i / KEYS * 4u;
            value_tile[key * WIDE + i / KEYS] = vec4<f32>(
                value_part(group.z, channel, first + key),
                value_part(group.z, channel + 1u, first + key),
                value_part(group.z, channel + 2u, first + key),
                value_part(group.z, channel + 3u, first + key),
            );
        }
        workgroupBarrier();
        for (var key = 0u; key < min(KEYS, PIXELS - first); key++) {
            var energy = 0.0;
            for (var n = 0u; n < NARROW; n++) {
                energy += dot(query[n], key_tile[key * NARROW + n]);
            }
            if energy > top {
                let shrink = exp(top - energy);
                sum *= shrink;
                sums_a *= shrink;
                sums_b *= shrink;
                top = energy;
            }
            let share = exp(energy - top);
            sum += share;
            sums_a += share * block(key * WIDE);
            if BLOCKS > 1u {
                sums_b += share * block(key * WIDE + WIDE - 4u);
            }
        }
        workgroupBarrier();
    }
    if pixel < PIXELS {
        store(sums_a * (1.0 / sum), group.z, first_channel, pixel);
        if BLOCKS > 1u {
            store(sums_b * (1.0 / sum), group.z, first_channel + 16u, pixel);
        }
        if group.y == 0u {
            log_sum_exp[group.z * PIXELS + pixel] = top + log(sum);
        }
    }
}
