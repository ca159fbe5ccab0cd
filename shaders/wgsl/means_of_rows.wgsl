// Means of the rows of one picture, `[DEPTH, 4·QUADS]`, in a workgroup's memory. The host puts this and
// `sum_of_group.wgsl` behind the kernels that want it, which have DEPTH, QUADS, CENTRED and THREADS among
// their constants. They say what stands in the rows, `row_value`.
//
// Four rows at a time, so that four share their barriers.

alias Sum = vec4<f32>;

const FOURS = (DEPTH + 3u) / 4u;

var<workgroup> means: array<vec4<f32>, FOURS>;

// The sum of a thread's strips of a row; beyond the last row, zero.
fn row_sum(start: u32, row: u32, thread: u32) -> f32 {
    var sum = vec4<f32>();
    if row < DEPTH {
        for (var strip = thread; strip < QUADS; strip += THREADS) {
            sum += row_value(start + row * QUADS + strip);
        }
    }
    return dot(sum, vec4<f32>(1.0));
}

// Every thread calls it, outside of all branches that are not the same for all.
fn find_means(start: u32, inside: bool, thread: u32) {
    for (var four = 0u; four < FOURS; four++) {
        var own = vec4<f32>();
        if inside {
            for (var i = 0u; i < 4u; i++) {
                own[i] = row_sum(start, 4u * four + i, thread);
            }
        }
        gather(own, thread);
        if thread == 0u {
            means[four] = total() / f32(4u * QUADS);
        }
        workgroupBarrier();
    }
}

fn mean(row: u32) -> f32 {
    if CENTRED == 1u {
        return means[row / 4u][row % 4u];
    }
    return 0.0;
}
