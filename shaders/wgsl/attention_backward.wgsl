// One of attention's three gradients, those of queries and keys `[B, DEPTH, N]` and of values
// `[B, CHANNELS, N]`, from the gradient g of the output and the log-sum-exp of each row.
//
// The host puts these constants in front: DEPTH, CHANNELS, QUADS (= N / 4), GRADIENT (0: of queries, 1:
// of keys, 2: of values), THREADS, SPLITS (a divisor of THREADS). The batch follows from the result's
// length.
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
// A thread owns four neighbouring pixels (a strip) and up to sixteen channels of the gradient. It sees
// the other pixels eight at a time: for their energies and slopes it goes through the channels, where
// four numbers of its own and eight of the others make 32 products. The weights that come of it stay
// in registers, and are multiplied at once with the others' channels, eight numbers for 32 products.
// Threads of a sample read the same others at the same time, so the first-level cache answers. As in
// `attention.wgsl`, SPLITS threads share a strip: each sees every so-manieth eight of the others, and
// at the end they add up their sums in the workgroup's memory, four channels at a time.
//
// Workgroup (x, y): x counts groups of THREADS / SPLITS strips of the whole batch, y of sixteen
// channels.

// Queries, or keys.
@group(0) @binding(0) var<storage, read_write> own_narrow: array<vec4<f32>>;
// Keys, or queries.
@group(0) @binding(1) var<storage, read_write> other_narrow: array<vec4<f32>>;
// Gradients of the output, or values.
@group(0) @binding(2) var<storage, read_write> own_wide: array<vec4<f32>>;
// Values, or gradients of the output.
@group(0) @binding(3) var<storage, read_write> other_wide: array<vec4<f32>>;
// Both belong to queries.
@group(0) @binding(4) var<storage, read_write> log_sum_exp: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> means: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> result: array<vec4<f32>>;

const OWN_IS_QUERY = GRADIENT == 0u;
const OF_VALUES = GRADIENT == 2u;
// Channels of the result.
const LENGTH = select(DEPTH, CHANNELS, OF_VALUES);

// Something between the four own pixels (rows) and eight others (columns).
struct Block {
    a: mat4x4<f32>,
    b: mat4x4<f32>,
}

// Adds the products of one channel.
fn add(sums: mat4x4<f32>, own: vec4<f32>, other: vec4<f32>) -> mat4x4<f32> {
    return mat4x4<f32>(
        sums[0] + own * other.x,
        sums[1] + own * other.y,
        sums[2] + own * other.z,
        sums[3] + own * other.w,
    );
}

fn energies(start: u32, own: u32, quad: u32, next: u32) -> Block {
    var sums = Block();
    for (var d = 0u; d < DEPTH; d++) {
        let at = start + d * QUADS;
        let mine = own_narrow[at + own];
        sums.a = add(sums.a, mine, other_narrow[at + quad]);
        sums.b = add(sums.b, mine, other_narrow[at + next]);
    }
    return sums;
}

fn slopes(start: u32, own: u32, quad: u32, next: u32) -> Block {
    var sums = Block();
    for (var c = 0u; c < CHANNELS; c++) {
        let at = start + c * QUADS;
        let mine = own_wide[at + own];
        sums.a = add(sums.a, mine, other_wide[at + quad]);
        sums.b = add(sums.b, mine, other_wide[at + next]);
    }
    return sums;
}

// The map's elements P, or the slopes S of the energies. Log-sum-exp and mean are each of the own
// pixels, or each of the others, whichever are the queries.
fn weights(
    energies: mat4x4<f32>,
    slopes: mat4x4<f32>,
    log_sums: vec4<f32>,
    means: vec4<f32>,
) -> mat4x4<f32> {
    if OWN_IS_QUERY {
        return mat4x4<f32>(
            exp(energies[0] - log_sums) * (slopes[0] - means),
            exp(energies[1] - log_sums) * (slopes[1] - means),
            exp(energies[2] - log_sums) * (slopes[2] - means),
            exp(energies[3] - log_sums) * (slopes[3] - means),
        );
    }
    let map = mat4x4<f32>(
        exp(energies[0] - log_sums.x),
        exp(energies[1] - log_sums.y),
        exp(energies[2] - log_sums.z),
        exp(energies[3] - log_sums.w),
    );
    if OF_VALUES {
        return map;
    }
    return mat4x4<f32>(
        map[0] * (slopes[0] - means.x),
        map[1] * (slopes[1] - means.y),
        map[2] * (slopes[2] - means.z),
        map[3] * (slopes[3] - means.w),
    );
}

// A channel of the others, times their weights. Channels beyond the last repeat it, and are not
// stored.
fn weighted(map: Block, start: u32, channel: u32, quad: u32, next: u32) -> vec4<f32> {
    let at = start + min(channel, LENGTH - 1u) * QUADS;
    if OF_VALUES {
        return map.a * other_wide[at + quad] + map.b * other_wide[at + next];
    }
    return map.a * other_narrow[at + quad] + map.b * other_narrow[at + next];
}

// Four channels, one in each column.
fn weighted_four(map: Block, start: u32, channel: u32, quad: u32, next: u32) -> mat4x4<f32> {
    return mat4x4<f32>(
        weighted(map, start, channel, quad, next),
        weighted(map, start, channel + 1u, quad, next),
        weighted(map, start, channel + 2u, quad, next),
        weighted(map, start, channel + 3u, quad, next),
    );
}

const STRIPS = THREADS / SPLITS;

// Of each thread, four channels' sums.
var<workgroup> parts: array<mat4x4<f32>, THREADS>;

// Adds up what the threads of each strip have, and stores it: a thread the channels that fall to it.
fn gather(sums: mat4x4<f32>, thread: u32, start: u32, channel: u32, own: u32, valid: bool) {
    if SPLITS == 1u {
        for (var c = 0u; c < 4u; c++) {
            if valid && channel + c < LENGTH {
                result[start + (channel + c) * QUADS + own] = sums[c];
            }
        }
        return;
    }
    parts[thread] = sums;
    workgroupBarrier();
    for (var c = thread / STRIPS; c < 4u; c += SPLITS) {
        if valid && channel + c < LENGTH {
            var sum = parts[thread % STRIPS][c];
            for (var split = 1u; split < SPLITS; split++) {
                sum += parts[split * STRIPS + thread % STRIPS][c];
            }
            result[start + (channel + c) * QUADS + own] = sum;
        }
    }
    workgroupBarrier();
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let strip = group.x * STRIPS + thread % STRIPS;
    let valid = strip < arrayLength(&result) / LENGTH;
    let sample = strip / QUADS;
    let own = strip % QUADS;
    let narrow = sample * DEPTH * QUADS;
    let wide = sample * CHANNELS * QUADS;
    let start = sample * LENGTH * QUADS;
    let first = group.y * 16u;
    var a = mat4x4<f32>();
    var b = mat4x4<f32>();
    var c = mat4x4<f32>();
    var d = mat4x4<f32>();
    // Said so, rather than left to be found out: then the loop's ends are known.
    let split = select(thread / STRIPS, 0u, SPLITS == 1u);
    for (var quad = 2u * split; quad < QUADS; quad += 2u * SPLITS) {
        // Where the number of fours is odd, the last is there twice, once without weight.
        let next = min(quad + 1u, QUADS - 1u);
        let energy = energies(narrow, own, quad, next);
        var slope = Block();
        if !OF_VALUES {
            slope = slopes(wide, own, quad, next);
        }
        let query = sample * QUADS + select(quad, own, OWN_IS_QUERY);
        let next_query = sample * QUADS + select(next, own, OWN_IS_QUERY);
        var map = Block(
            weights(energy.a, slope.a, log_sum_exp[query], means[query]),
            weights(energy.b, slope.b, log_sum_exp[next_query], means[next_query]),
        );
        if quad + 1u == QUADS {
            map.b = mat4x4<f32>();
        }
        a += weighted_four(map, start, first, quad, next);
        // All known at compile time where there is one group of channels.
        if first + 4u < LENGTH {
            b += weighted_four(map, start, first + 4u, quad, next);
        }
        if first + 8u < LENGTH {
            c += weighted_four(map, start, first + 8u, quad, next);
        }
        if first + 12u < LENGTH {
            d += weighted_four(map, start, first + 12u, quad, next);
        }
    }
    gather(a, thread, start, first, own, valid);
    if first + 4u < LENGTH {
        gather(b, thread, start, first + 4u, own, valid);
    }
    if first + 8u < LENGTH {
        gather(c, thread, start, first + 8u, own, valid);
    }
    if first + 12u < LENGTH {
        gather(d, thread, start, first + 12u, own, valid);
    }
}
