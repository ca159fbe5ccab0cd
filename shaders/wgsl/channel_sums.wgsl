// Gradient of a bias, `[B, CHANNELS, MAP]` → sums `[splits, CHANNELS]`, which `sum_splits.wgsl`
// adds up.
//
// The host puts these constants in front: CHANNELS, MAP (pixels of a map), COLUMNS (= B · MAP), SPAN
// (pixels of a split).
//
// A bias is added to every pixel of its channel, so its gradient is the sum over all of them. A
// group adds up SPAN pixels of a channel: each thread every 64th, then the 64 sums in six rounds,
// half as many in each.
//
// Workgroup (x, y): x counts channels, y splits.

@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

var<workgroup> parts: array<f32, 64>;

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
    for (var half = 32u; half > 0u; half /= 2u) {
        if thread < half {
            parts[thread] += parts[thread + half];
        }
        workgroupBarrier();
    }
    if thread == 0u {
        sums[group.y * CHANNELS + group.x] = parts[0];
    }
}
