// Gradient of a bias, `[B, CHANNELS, MAP]` → sums `[splits, CHANNELS]`, which `sum_splits.wgsl`
// adds up.
//
// The host puts these constants in front: CHANNELS, MAP (pixels of a map), COLUMNS (= B · MAP), SPAN
// (pixels of a split).
//
// A bias is added to every pixel of its channel, so its gradient is the sum over all of them. A
// group adds up SPAN pixels of a channel: each thread every 64th, then eight threads eight of
// these sums each, then one the eight.
//
// Workgroup (x, y): x counts channels, y splits.

@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

var<workgroup> parts: array<f32, 64>;

fn eight(first: u32, step: u32) -> f32 {
    var sum = 0.0;
    for (var i = 0u; i < 8u; i++) {
        sum += parts[first + i * step];
    }
    return sum;
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let first = group.y * SPAN;
    let end = min(first + SPAN, COLUMNS);
    var sum = 0.0;
    for (var pixel = first + thread; pixel < end; pixel += 64u) {
        sum += x[(pixel / MAP * CHANNELS + group.x) * MAP + pixel % MAP];
    }
    parts[thread] = sum;
    workgroupBarrier();
    if thread % 8u == 0u {
        parts[thread] = eight(thread, 1u);
    }
    workgroupBarrier();
    if thread == 0u {
        sums[group.y * CHANNELS + group.x] = eight(0u, 8u);
    }
}
