// Softmax attention: queries and keys `[B, DEPTH, N]`, values `[B, CHANNELS, N]` → output
// `[B, CHANNELS, N]` and log-sum-exp `[B, N]`. With RESIDUAL the output is that of SAGAN's whole
// layer, γ times the above plus the layer's input (SAGAN, equation 3).
//
// The host puts these constants in front: DEPTH, CHANNELS, QUADS (= N / 4), STRIP (a divisor of QUADS),
// THREADS, SPLITS (a divisor of THREADS) and RESIDUAL (0 or 1). The batch follows from the length of
// log-sum-exp.
//
// A thread owns STRIP neighbouring fours of queries (a strip) and sees the keys four at a time, so no row
// of the map is ever stored. For each query it keeps the greatest energy so far, m, the sum z of
// e^(s − m), and the same sum of the values, o. A new key with energy s ≤ m adds e^(s − m) to z and
// e^(s − m)·v to o. A greater one first becomes the new m, for which z and o are multiplied by
// e^(m_old − m_new): that happens about ln N times in a row. At the end o / z is the output, and
// m + ln z the log-sum-exp.
//
// All is done for four queries at once, as vectors; four keys make a matrix with a column each. So a
// channel of four keys or values, once loaded, takes part in sixteen products for each four of the
// strip. A thread holds sixteen channels of the output; other channels are other workgroups' work, which
// find the energies once more. Threads of a sample read the same keys and values at the same time, and
// the first-level cache answers.
//
// A large GPU has many times more threads than one picture has strips. So SPLITS threads share a strip:
// each sees every so-manieth four of keys, and at the end their sums are brought to the greatest of
// their tops and added up, four channels at a time, in the workgroup's memory.
//
// Workgroup (x, y): x counts groups of THREADS / SPLITS strips of the whole batch, y of sixteen
// channels.

@group(0) @binding(0) var<storage, read_write> queries: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> keys: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> values: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> log_sum_exp: array<vec4<f32>>;
// These two only with RESIDUAL.
@group(0) @binding(5) var<storage, read_write> layer_input: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> gamma: array<f32>;

// Fours of dimensions. Four of them are added to an energy at once, or a processor that plays the GPU
// takes all sixteen out of its memory and puts them back for each: at 16 dimensions 1.4 times as long.
const FOURS = DEPTH / 4u;

// Energies (a key in each column) and what four dimensions (one in each column) add, in their order.
fn with_four(energies: mat4x4<f32>, query: mat4x4<f32>, key: mat4x4<f32>) -> mat4x4<f32> {
    return mat4x4<f32>(
        energies[0] + query[0] * key[0].x + query[1] * key[1].x + query[2] * key[2].x + query[3] * key[3].x,
        energies[1] + query[0] * key[0].y + query[1] * key[1].y + query[2] * key[2].y + query[3] * key[3].y,
        energies[2] + query[0] * key[0].z + query[1] * key[1].z + query[2] * key[2].z + query[3] * key[3].z,
        energies[3] + query[0] * key[0].w + query[1] * key[1].w + query[2] * key[2].w + query[3] * key[3].w,
    );
}

// One for each four of the strip.
alias Matrices = array<mat4x4<f32>, STRIP>;

// Adds to four channels, one in each column, the four keys' values times their weights. `start` is
// where the sample's values begin; channels beyond the last repeat it, and are not stored.
fn add(sums: ptr<function, Matrices>, weights: Matrices, start: u32, channel: u32, quad: u32) {
    let last = CHANNELS - 1u;
    let at = start + quad;
    let first = values[at + min(channel, last) * QUADS];
    let second = values[at + min(channel + 1u, last) * QUADS];
    let third = values[at + min(channel + 2u, last) * QUADS];
    let fourth = values[at + min(channel + 3u, last) * QUADS];
    for (var i = 0u; i < STRIP; i++) {
        let map = weights[i];
        (*sums)[i] += mat4x4<f32>(map * first, map * second, map * third, map * fourth);
    }
}

fn scaled(sums: mat4x4<f32>, factor: vec4<f32>) -> mat4x4<f32> {
    return mat4x4<f32>(sums[0] * factor, sums[1] * factor, sums[2] * factor, sums[3] * factor);
}

fn store(sums: vec4<f32>, start: u32, channel: u32, own: u32) {
    let at = start + channel * QUADS + own;
    if RESIDUAL == 1u {
        output[at] = layer_input[at] + gamma[0] * sums;
    } else {
        output[at] = sums;
    }
}

const STRIPS = THREADS / SPLITS;

// Of each thread, four channels' sums; before that, its top and its sum of weights.
var<workgroup> parts: array<mat4x4<f32>, THREADS>;

// Adds up what the threads of each strip have, and stores it: a thread the channels that fall to it.
fn gather(sums: mat4x4<f32>, thread: u32, start: u32, channel: u32, own: u32, valid: bool) {
    if SPLITS == 1u {
        for (var c = 0u; c < 4u; c++) {
            if valid && channel + c < CHANNELS {
                store(sums[c], start, channel + c, own);
            }
        }
        return;
    }
    parts[thread] = sums;
    workgroupBarrier();
    for (var c = thread / STRIPS; c < 4u; c += SPLITS) {
        if valid && channel + c < CHANNELS {
            var sum = parts[thread % STRIPS][c];
            for (var split = 1u; split < SPLITS; split++) {
                sum += parts[split * STRIPS + thread % STRIPS][c];
            }
            store(sum, start, channel + c, own);
        }
    }
    workgroupBarrier();
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    // Whoever is beyond the last strip is needed where sums are shared. What it reads is somebody else's,
    // and what it makes is not stored.
    let strip = (group.x * STRIPS + thread % STRIPS) * STRIP;
    let valid = strip < arrayLength(&log_sum_exp);
    let own = strip % QUADS;
    let narrow = strip / QUADS * DEPTH * QUADS;
    let wide = strip / QUADS * CHANNELS * QUADS;
    let first = group.y * 16u;
    var query: array<array<mat4x4<f32>, select(FOURS, 1u, FOURS == 0u)>, STRIP>;
    var rest: array<array<vec4<f32>, 3>, STRIP>;
    var top: array<vec4<f32>, STRIP>;
    var sum: array<vec4<f32>, STRIP>;
    for (var i = 0u; i < STRIP; i++) {
        for (var four = 0u; four < FOURS; four++) {
            let at = narrow + 4u * four * QUADS + own + i;
            query[i][four] = mat4x4<f32>(queries[at], queries[at + QUADS], queries[at + 2u * QUADS], queries[at + 3u * QUADS]);
        }
        for (var d = 4u * FOURS; d < DEPTH; d++) {
            rest[i][d - 4u * FOURS] = queries[narrow + d * QUADS + own + i];
        }
        top[i] = vec4<f32>(-3.0e38);
    }
    var a: Matrices;
    var b: Matrices;
    var c: Matrices;
    var d: Matrices;
    // Said so, rather than left to be found out: then the loop's ends are known.
    let split = select(thread / STRIPS, 0u, SPLITS == 1u);
    for (var quad = split; quad < QUADS; quad += SPLITS) {
        var energies = Matrices();
        for (var four = 0u; four < FOURS; four++) {
            let at = narrow + 4u * four * QUADS + quad;
            let four_keys = mat4x4<f32>(keys[at], keys[at + QUADS], keys[at + 2u * QUADS], keys[at + 3u * QUADS]);
            for (var i = 0u; i < STRIP; i++) {
                energies[i] = with_four(energies[i], query[i][four], four_keys);
            }
        }
        for (var d = 4u * FOURS; d < DEPTH; d++) {
            let key = keys[narrow + d * QUADS + quad];
            for (var i = 0u; i < STRIP; i++) {
                let query = rest[i][d - 4u * FOURS];
                energies[i] += mat4x4<f32>(query * key.x, query * key.y, query * key.z, query * key.w);
            }
        }
        var weights: Matrices;
        for (var i = 0u; i < STRIP; i++) {
            let energy = energies[i];
            let higher = max(max(energy[0], energy[1]), max(energy[2], energy[3]));
            if any(higher > top[i]) {
                let new_top = max(top[i], higher);
                let shrink = exp(top[i] - new_top);
                sum[i] *= shrink;
                a[i] = scaled(a[i], shrink);
                b[i] = scaled(b[i], shrink);
                c[i] = scaled(c[i], shrink);
                d[i] = scaled(d[i], shrink);
                top[i] = new_top;
            }
            let map = mat4x4<f32>(
                exp(energy[0] - top[i]),
                exp(energy[1] - top[i]),
                exp(energy[2] - top[i]),
                exp(energy[3] - top[i]),
            );
            sum[i] += map[0] + map[1] + map[2] + map[3];
            weights[i] = map;
        }
        add(&a, weights, wide, first, quad);
        // All known at compile time where there is one group of channels.
        if first + 4u < CHANNELS {
            add(&b, weights, wide, first + 4u, quad);
        }
        if first + 8u < CHANNELS {
            add(&c, weights, wide, first + 8u, quad);
        }
        if first + 12u < CHANNELS {
            add(&d, weights, wide, first + 12u, quad);
        }
    }
    for (var i = 0u; i < STRIP; i++) {
        var shrink = vec4<f32>(1.0);
        if SPLITS > 1u {
            parts[thread] = mat4x4<f32>(top[i], sum[i], vec4<f32>(), vec4<f32>());
            workgroupBarrier();
            var highest = top[i];
            for (var split = 0u; split < SPLITS; split++) {
                highest = max(highest, parts[split * STRIPS + thread % STRIPS][0]);
            }
            shrink = exp(top[i] - highest);
            sum[i] = vec4<f32>();
            for (var split = 0u; split < SPLITS; split++) {
                let part = parts[split * STRIPS + thread % STRIPS];
                sum[i] += exp(part[0] - highest) * part[1];
            }
            top[i] = highest;
            workgroupBarrier();
        }
        let scale = shrink / sum[i];
        gather(scaled(a[i], scale), thread, wide, first, own + i, valid);
        if first + 4u < CHANNELS {
            gather(scaled(b[i], scale), thread, wide, first + 4u, own + i, valid);
        }
        if first + 8u < CHANNELS {
            gather(scaled(c[i], scale), thread, wide, first + 8u, own + i, valid);
        }
        if first + 12u < CHANNELS {
            gather(scaled(d[i], scale), thread, wide, first + 12u, own + i, valid);
        }
        if valid && group.y == 0u && thread < STRIPS {
            log_sum_exp[strip + i] = top[i] + log(sum[i]);
        }
    }
}
