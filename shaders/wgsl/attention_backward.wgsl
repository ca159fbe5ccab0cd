// One of attention's three gradients, those of queries and keys `[B, DEPTH, PIXELS]` and of values
// `[B, CHANNELS, PIXELS]`, from the gradient g of the output and the log-sum-exp of each row.
//
// The host puts these constants in front: DEPTH, CHANNELS, PIXELS (a multiple of 4), GRADIENT (0: of queries, 1: of
// keys, 2: of values), THREADS.
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
// A thread owns two pixels and sixteen channels of the gradient. For sixteen other pixels at a time
// it finds the two rows' energies and slopes, channel by channel: 32 products for two numbers of its
// own and sixteen of the others. Those are the same for all threads, so the first-level cache
// answers. The weights they make stay in registers and are multiplied at once with the others'
// channels, again the same for all threads. No workgroup memory and no barrier, as in `up.wgsl`.
//
// Workgroup (x, y, z): x counts groups of 2 · THREADS own pixels, y of sixteen channels, z samples.

// Queries, or keys.
@group(0) @binding(0) var<storage, read_write> own_narrow: array<f32>;
// Keys, or queries.
@group(0) @binding(1) var<storage, read_write> other_narrow: array<vec4<f32>>;
// Gradients of the output, or values.
@group(0) @binding(2) var<storage, read_write> own_wide: array<f32>;
// Values, or gradients of the output.
@group(0) @binding(3) var<storage, read_write> other_wide: array<vec4<f32>>;
// Both belong to queries.
@group(0) @binding(4) var<storage, read_write> log_sum_exp: array<f32>;
@group(0) @binding(5) var<storage, read_write> means: array<f32>;
@group(0) @binding(6) var<storage, read_write> result: array<f32>;

const OWN_IS_QUERY = GRADIENT == 0u;
const OF_VALUES = GRADIENT == 2u;
const QUADS = PIXELS / 4u;
// Channels of the result.
const LENGTH = select(DEPTH, CHANNELS, OF_VALUES);

// Sixteen numbers for each of a thread's two pixels: of other pixels, or of channels.
struct Pair {
    a: mat4x4<f32>,
    b: mat4x4<f32>,
}

// What queries have one of: log-sum-exp and mean.
fn of_query(sample: u32, pixel: u32) -> vec2<f32> {
    return vec2<f32>(log_sum_exp[sample * PIXELS + pixel], means[sample * PIXELS + pixel]);
}

// A channel, which begins at `start`, of sixteen other pixels from `quad` on. Those beyond the last
// repeat it, and get no weight.
fn sixteen_narrow(start: u32, quad: u32) -> mat4x4<f32> {
    return mat4x4<f32>(
        other_narrow[start + quad],
        other_narrow[start + min(quad + 1u, QUADS - 1u)],
        other_narrow[start + min(quad + 2u, QUADS - 1u)],
        other_narrow[start + min(quad + 3u, QUADS - 1u)],
    );
}

fn sixteen_wide(start: u32, quad: u32) -> mat4x4<f32> {
    return mat4x4<f32>(
        other_wide[start + quad],
        other_wide[start + min(quad + 1u, QUADS - 1u)],
        other_wide[start + min(quad + 2u, QUADS - 1u)],
        other_wide[start + min(quad + 3u, QUADS - 1u)],
    );
}

// The weights that a pixel gives the four others of `quad`.
fn weights(
    energies: vec4<f32>,
    slopes: vec4<f32>,
    own: vec2<f32>,
    sample: u32,
    quad: u32,
) -> vec4<f32> {
    if quad >= QUADS {
        return vec4<f32>();
    }
    var log_sums = vec4<f32>(own.x);
    var averages = vec4<f32>(own.y);
    if !OWN_IS_QUERY {
        let p = of_query(sample, quad * 4u);
        let q = of_query(sample, quad * 4u + 1u);
        let r = of_query(sample, quad * 4u + 2u);
        let s = of_query(sample, quad * 4u + 3u);
        log_sums = vec4<f32>(p.x, q.x, r.x, s.x);
        averages = vec4<f32>(p.y, q.y, r.y, s.y);
    }
    let map = exp(energies - log_sums);
    if OF_VALUES {
        return map;
    }
    return map * (slopes - averages);
}

fn weights_of_sixteen(
    energies: mat4x4<f32>,
    slopes: mat4x4<f32>,
    own: vec2<f32>,
    sample: u32,
    quad: u32,
) -> mat4x4<f32> {
    return mat4x4<f32>(
        weights(energies[0], slopes[0], own, sample, quad),
        weights(energies[1], slopes[1], own, sample, quad + 1u),
        weights(energies[2], slopes[2], own, sample, quad + 2u),
        weights(energies[3], slopes[3], own, sample, quad + 3u),
    );
}

// A channel of sixteen others, times the weights of both own pixels. Channels beyond the last repeat
// it, and are not stored.
fn weighted(map: Pair, sample: u32, channel: u32, quad: u32) -> vec2<f32> {
    let start = (sample * LENGTH + min(channel, LENGTH - 1u)) * QUADS;
    var others: mat4x4<f32>;
    if OF_VALUES {
        others = sixteen_wide(start, quad);
    } else {
        others = sixteen_narrow(start, quad);
    }
    var sums = others[0] * map.a[0] + others[1] * map.a[1];
    sums += others[2] * map.a[2] + others[3] * map.a[3];
    var others_sums = others[0] * map.b[0] + others[1] * map.b[1];
    others_sums += others[2] * map.b[2] + others[3] * map.b[3];
    return vec2<f32>(dot(sums, vec4<f32>(1.0)), dot(others_sums, vec4<f32>(1.0)));
}

// Four channels for both pixels.
struct Four {
    a: vec4<f32>,
    b: vec4<f32>,
}

fn weighted_four(map: Pair, sample: u32, channel: u32, quad: u32) -> Four {
    // Not all of the sixteen channels exist where queries and keys are short.
    if channel >= LENGTH {
        return Four();
    }
    let p = weighted(map, sample, channel, quad);
    let q = weighted(map, sample, channel + 1u, quad);
    let r = weighted(map, sample, channel + 2u, quad);
    let s = weighted(map, sample, channel + 3u, quad);
    return Four(vec4<f32>(p.x, q.x, r.x, s.x), vec4<f32>(p.y, q.y, r.y, s.y));
}

fn store(sums: vec4<f32>, sample: u32, first_channel: u32, pixel: u32) {
    for (var c = 0u; c < 4u; c++) {
        if first_channel + c < LENGTH && pixel < PIXELS {
            result[(sample * LENGTH + first_channel + c) * PIXELS + pixel] = sums[c];
        }
    }
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let sample = group.z;
    let pixel = group.x * 2u * THREADS + thread;
    // A pixel beyond the last repeats it, and is not stored.
    let own_a = min(pixel, PIXELS - 1u);
    let own_b = min(pixel + THREADS, PIXELS - 1u);
    let query_a = of_query(sample, own_a);
    let query_b = of_query(sample, own_b);
    let first_channel = group.y * 16u;
    var sums = Pair();
    for (var quad = 0u; quad < QUADS; quad += 4u) {
        var energies = Pair();
        for (var d = sample * DEPTH; d < (sample + 1u) * DEPTH; d++) {
            let others = sixteen_narrow(d * QUADS, quad);
            energies.a += others * own_narrow[d * PIXELS + own_a];
            energies.b += others * own_narrow[d * PIXELS + own_b];
        }
        var slopes = Pair();
        if !OF_VALUES {
            for (var c = sample * CHANNELS; c < (sample + 1u) * CHANNELS; c++) {
                let others = sixteen_wide(c * QUADS, quad);
                slopes.a += others * own_wide[c * PIXELS + own_a];
                slopes.b += others * own_wide[c * PIXELS + own_b];
            }
        }
        let map = Pair(
            weights_of_sixteen(energies.a, slopes.a, query_a, sample, quad),
            weights_of_sixteen(energies.b, slopes.b, query_b, sample, quad),
        );
        let more_0 = weighted_four(map, sample, first_channel + 0u, quad);
        sums.a[0] += more_0.a;
        sums.b[0] += more_0.b;
        let more_1 = weighted_four(map, sample, first_channel + 4u, quad);
        sums.a[1] += more_1.a;
        sums.b[1] += more_1.b;
        let more_2 = weighted_four(map, sample, first_channel + 8u, quad);
        sums.a[2] += more_2.a;
        sums.b[2] += more_2.b;
        let more_3 = weighted_four(map, sample, first_channel + 12u, quad);
        sums.a[3] += more_3.a;
        sums.b[3] += more_3.b;
    }
    store(sums.a[0], sample, first_channel + 0u, pixel);
    store(sums.b[0], sample, first_channel + 0u, pixel + THREADS);
    store(sums.a[1], sample, first_channel + 4u, pixel);
    store(sums.b[1], sample, first_channel + 4u, pixel + THREADS);
    store(sums.a[2], sample, first_channel + 8u, pixel);
    store(sums.b[2], sample, first_channel + 8u, pixel + THREADS);
    store(sums.a[3], sample, first_channel + 12u, pixel);
    store(sums.b[3], sample, first_channel + 12u, pixel + THREADS);
}
