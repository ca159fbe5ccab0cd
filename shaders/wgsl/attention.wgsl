// Softmax attention: queries and keys `[B, DEPTH, PIXELS]`, values `[B, CHANNELS, PIXELS]` →
// output `[B, CHANNELS, PIXELS]` and log-sum-exp `[B, PIXELS]`. With RESIDUAL the output is that of
// SAGAN's whole layer, γ times the above plus the layer's input (SAGAN, equation 3).
//
// The host puts these constants in front: DEPTH, CHANNELS and PIXELS (multiples of 4), THREADS,
// BLOCKS (1 or 2) and RESIDUAL (0 or 1).
//
// A thread owns two queries and sees the keys four at a time, so no row of the map is ever stored.
// It keeps the greatest energy so far, m, the sum z of e^(s − m), and the same sum of the values,
// o. A new key with energy s ≤ m adds e^(s − m) to z and e^(s − m)·v to o. A greater one first
// becomes the new m, for which z and o are multiplied by e^(m_old − m_new): that happens about
// ln(PIXELS) times in a row. At the end o / z is the output, and m + ln z the log-sum-exp.
//
// All threads want the same keys and values at the same time, so the first-level cache answers,
// and the two queries share what is loaded. A thread holds 16 · BLOCKS channels of the output;
// other channels are other workgroups' work, which find the energies once more.
//
// Workgroup (x, y, z): x counts groups of 2 · THREADS queries, y of 16 · BLOCKS channels, z samples.

@group(0) @binding(0) var<storage, read_write> queries: array<f32>;
@group(0) @binding(1) var<storage, read_write> keys: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> values: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;
@group(0) @binding(4) var<storage, read_write> log_sum_exp: array<f32>;
// These two only with RESIDUAL.
@group(0) @binding(5) var<storage, read_write> layer_input: array<f32>;
@group(0) @binding(6) var<storage, read_write> gamma: array<f32>;

const QUADS = PIXELS / 4u;

// A query's progress: m, z and 32 channels of o, four in each column.
struct Progress {
    top: f32,
    sum: f32,
    a: mat4x4<f32>,
    b: mat4x4<f32>,
}

// Makes room for four new energies.
fn raise(old: Progress, energies: vec4<f32>) -> Progress {
    let pairs = max(energies.xy, energies.zw);
    let top = max(pairs.x, pairs.y);
    if top <= old.top {
        return old;
    }
    let shrink = exp(old.top - top);
    return Progress(top, old.sum * shrink, old.a * shrink, old.b * shrink);
}

// Four channels of four values, a channel in each column.
fn four_channels(sample: u32, channel: u32, quad: u32) -> mat4x4<f32> {
    // Channels beyond the last repeat it, and are not stored.
    let at = (sample * CHANNELS + min(channel, CHANNELS - 4u)) * QUADS + quad;
    return mat4x4<f32>(
        values[at],
        values[at + QUADS],
        values[at + 2u * QUADS],
        values[at + 3u * QUADS],
    );
}

fn store_one(value: f32, at: u32) {
    if RESIDUAL == 1u {
        output[at] = layer_input[at] + gamma[0] * value;
    } else {
        output[at] = value;
    }
}

fn store_four(part: vec4<f32>, sample: u32, channel: u32, pixel: u32) {
    if channel < CHANNELS {
        let at = (sample * CHANNELS + channel) * PIXELS + pixel;
        store_one(part.x, at);
        store_one(part.y, at + PIXELS);
        store_one(part.z, at + 2u * PIXELS);
        store_one(part.w, at + 3u * PIXELS);
    }
}

fn store(done: Progress, group: vec3<u32>, pixel: u32) {
    if pixel >= PIXELS {
        return;
    }
    let first = group.y * 16u * BLOCKS;
    let scale = 1.0 / done.sum;
    store_four(done.a[0] * scale, group.z, first, pixel);
    store_four(done.a[1] * scale, group.z, first + 4u, pixel);
    store_four(done.a[2] * scale, group.z, first + 8u, pixel);
    store_four(done.a[3] * scale, group.z, first + 12u, pixel);
    if BLOCKS == 2u {
        store_four(done.b[0] * scale, group.z, first + 16u, pixel);
        store_four(done.b[1] * scale, group.z, first + 20u, pixel);
        store_four(done.b[2] * scale, group.z, first + 24u, pixel);
        store_four(done.b[3] * scale, group.z, first + 28u, pixel);
    }
    if group.y == 0u {
        log_sum_exp[group.z * PIXELS + pixel] = done.top + log(done.sum);
    }
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let pixel = group.x * 2u * THREADS + thread;
    let first = group.y * 16u * BLOCKS;
    var query: array<vec2<f32>, DEPTH>;
    for (var d = 0u; d < DEPTH; d++) {
        let row = (group.z * DEPTH + d) * PIXELS;
        // A pixel beyond the last repeats it, and is not stored.
        query[d] = vec2<f32>(
            queries[row + min(pixel, PIXELS - 1u)],
            queries[row + min(pixel + THREADS, PIXELS - 1u)],
        );
    }
    var p = Progress(-3.0e38, 0.0, mat4x4<f32>(), mat4x4<f32>());
    var q = p;
    for (var quad = 0u; quad < QUADS; quad++) {
        var p_share = vec4<f32>();
        var q_share = vec4<f32>();
        for (var d = 0u; d < DEPTH; d++) {
            let key = keys[(group.z * DEPTH + d) * QUADS + quad];
            p_share += query[d].x * key;
            q_share += query[d].y * key;
        }
        p = raise(p, p_share);
        q = raise(q, q_share);
        p_share = exp(p_share - p.top);
        q_share = exp(q_share - q.top);
        p.sum += dot(p_share, vec4<f32>(1.0));
        q.sum += dot(q_share, vec4<f32>(1.0));
        // A row times a matrix: the dot product with each column.
        var v = four_channels(group.z, first, quad);
        p.a[0] += p_share * v;
        q.a[0] += q_share * v;
        v = four_channels(group.z, first + 4u, quad);
        p.a[1] += p_share * v;
        q.a[1] += q_share * v;
        v = four_channels(group.z, first + 8u, quad);
        p.a[2] += p_share * v;
        q.a[2] += q_share * v;
        v = four_channels(group.z, first + 12u, quad);
        p.a[3] += p_share * v;
        q.a[3] += q_share * v;
        if BLOCKS == 2u {
            v = four_channels(group.z, first + 16u, quad);
            p.b[0] += p_share * v;
            q.b[0] += q_share * v;
            v = four_channels(group.z, first + 20u, quad);
            p.b[1] += p_share * v;
            q.b[1] += q_share * v;
            v = four_channels(group.z, first + 24u, quad);
            p.b[2] += p_share * v;
            q.b[2] += q_share * v;
            v = four_channels(group.z, first + 28u, quad);
            p.b[3] += p_share * v;
            q.b[3] += q_share * v;
        }
    }
    store(p, group, pixel);
    store(q, group, pixel + THREADS);
}
