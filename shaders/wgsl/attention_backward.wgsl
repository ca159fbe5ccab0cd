// One of attention's three gradients, those of queries and keys `[B, DEPTH, N]` and of values
// `[B, CHANNELS, N]`, from the gradient g of the output and the log-sum-exp of each row.
//
// The host puts these constants in front: DEPTH, CHANNELS, QUADS (= N / 4), GRADIENT (0: of queries, 1:
// of keys, 2: of values), STRIP (a divisor of QUADS), THREADS, SPLITS (a divisor of THREADS). The batch
// follows from the result's length.
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
// A thread owns STRIP neighbouring fours of pixels (a strip) and up to sixteen channels of the gradient.
// It sees the other pixels eight at a time: for their energies and slopes it goes through the channels,
// where eight numbers of the others make 32 products with each four of its own. The weights that come of
// it stay in registers, and are multiplied at once with the others' channels, again 32 products with
// each four of the strip. Threads of a sample read the same others at the same time, so the first-level
// cache answers. As in `attention.wgsl`, SPLITS threads share a strip: each sees every so-manieth eight
// of the others, and at the end they add up their sums in the workgroup's memory, four channels at a
// time.
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

// Something between four own pixels (rows) and eight others (columns).
struct Block {
    a: mat4x4<f32>,
    b: mat4x4<f32>,
}

// One for each four of the strip.
alias Blocks = array<Block, STRIP>;
alias Matrices = array<mat4x4<f32>, STRIP>;

// Adds the products of one channel.
fn add(sums: mat4x4<f32>, own: vec4<f32>, other: vec4<f32>) -> mat4x4<f32> {
    return mat4x4<f32>(
        sums[0] + own * other.x,
        sums[1] + own * other.y,
        sums[2] + own * other.z,
        sums[3] + own * other.w,
    );
}

fn energies(start: u32, own: u32, quad: u32, next: u32) -> Blocks {
    var sums = Blocks();
    for (var d = 0u; d < DEPTH; d++) {
        let at = start + d * QUADS;
        let these = other_narrow[at + quad];
        let those = other_narrow[at + next];
        for (var i = 0u; i < STRIP; i++) {
            let mine = own_narrow[at + own + i];
            sums[i].a = add(sums[i].a, mine, these);
            sums[i].b = add(sums[i].b, mine, those);
        }
    }
    return sums;
}

fn slopes(start: u32, own: u32, quad: u32, next: u32) -> Blocks {
    var sums = Blocks();
    for (var c = 0u; c < CHANNELS; c++) {
        let at = start + c * QUADS;
        let these = other_wide[at + quad];
        let those = other_wide[at + next];
        for (var i = 0u; i < STRIP; i++) {
            let mine = own_wide[at + own + i];
            sums[i].a = add(sums[i].a, mine, these);
            sums[i].b = add(sums[i].b, mine, those);
        }
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

// Four channels of four others, one in each column. Channels beyond the last repeat it, and are not
// stored.
fn four_channels(start: u32, channel: u32, quad: u32) -> mat4x4<f32> {
    let last = LENGTH - 1u;
    let first = start + quad + min(channel, last) * QUADS;
    let second = start + quad + min(channel + 1u, last) * QUADS;
    let third = start + quad + min(channel + 2u, last) * QUADS;
    let fourth = start + quad + min(channel + 3u, last) * QUADS;
    if OF_VALUES {
        return mat4x4<f32>(other_wide[first], other_wide[second], other_wide[third], other_wide[fourth]);
    }
    return mat4x4<f32>(other_narrow[first], other_narrow[second], other_narrow[third], other_narrow[fourth]);
}

// Adds four channels of the others, times their weights.
fn add_weighted(sums: ptr<function, Matrices>, map: Blocks, start: u32, channel: u32, quad: u32, next: u32) {
    let these = four_channels(start, channel, quad);
    let those = four_channels(start, channel, next);
    for (var i = 0u; i < STRIP; i++) {
        let block = map[i];
        (*sums)[i] += mat4x4<f32>(
            block.a * these[0] + block.b * those[0],
            block.a * these[1] + block.b * those[1],
            block.a * these[2] + block.b * those[2],
            block.a * these[3] + block.b * those[3],
        );
    }
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
    let strip = (group.x * STRIPS + thread % STRIPS) * STRIP;
    let valid = strip < arrayLength(&result) / LENGTH;
    let sample = strip / QUADS;
    let own = strip % QUADS;
    let narrow = sample * DEPTH * QUADS;
    let wide = sample * CHANNELS * QUADS;
    let start = sample * LENGTH * QUADS;
    let first = group.y * 16u;
    var a: Matrices;
    var b: Matrices;
    var c: Matrices;
    var d: Matrices;
    // Said so, rather than left to be found out: then the loop's ends are known.
    let split = select(thread / STRIPS, 0u, SPLITS == 1u);
    for (var quad = 2u * split; quad < QUADS; quad += 2u * SPLITS) {
        // Where the number of fours is odd, the last is there twice, once without weight.
        let next = min(quad + 1u, QUADS - 1u);
        let energy = energies(narrow, own, quad, next);
        var slope = Blocks();
        if !OF_VALUES {
            slope = slopes(wide, own, quad, next);
        }
        var map: Blocks;
        for (var i = 0u; i < STRIP; i++) {
            let query = sample * QUADS + select(quad, own + i, OWN_IS_QUERY);
            let next_query = sample * QUADS + select(next, own + i, OWN_IS_QUERY);
            map[i].a = weights(energy[i].a, slope[i].a, log_sum_exp[query], means[query]);
            map[i].b = weights(energy[i].b, slope[i].b, log_sum_exp[next_query], means[next_query]);
            if quad + 1u == QUADS {
                map[i].b = mat4x4<f32>();
            }
        }
        add_weighted(&a, map, start, first, quad, next);
        // All known at compile time where there is one group of channels.
        if first + 4u < LENGTH {
            add_weighted(&b, map, start, first + 4u, quad, next);
        }
        if first + 8u < LENGTH {
            add_weighted(&c, map, start, first + 8u, quad, next);
        }
        if first + 12u < LENGTH {
            add_weighted(&d, map, start, first + 12u, quad, next);
        }
    }
    for (var i = 0u; i < STRIP; i++) {
        gather(a[i], thread, start, first, own + i, valid);
        if first + 4u < LENGTH {
            gather(b[i], thread, start, first + 4u, own + i, valid);
        }
        if first + 8u < LENGTH {
            gather(c[i], thread, start, first + 8u, own + i, valid);
        }
        if first + 12u < LENGTH {
            gather(d[i], thread, start, first + 12u, own + i, valid);
        }
    }
}
