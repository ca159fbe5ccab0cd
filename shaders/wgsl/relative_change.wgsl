// How much a layer changes what passes through it: before and after `[B, LENGTH]` → `[B]`,
//
//     ‖after − before‖ / ‖before‖.
//
// The host puts these constants in front: LENGTH, THREADS (a power of two).
//
// A workgroup has a sample; its threads share out the elements, then fold their sums in halves.
// Workgroup x counts samples.

@group(0) @binding(0) var<storage, read_write> before: array<f32>;
@group(0) @binding(1) var<storage, read_write> after: array<f32>;
@group(0) @binding(2) var<storage, read_write> change: array<f32>;

// Sums of squares: of the change, and of what was before.
var<workgroup> parts: array<vec2<f32>, THREADS>;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let end = (group.x + 1u) * LENGTH;
    var sums = vec2<f32>();
    for (var at = group.x * LENGTH + thread; at < end; at += THREADS) {
        let old = before[at];
        let step = after[at] - old;
        sums += vec2<f32>(step * step, old * old);
    }
    parts[thread] = sums;
    for (var half = THREADS / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if thread < half {
            parts[thread] += parts[thread + half];
        }
    }
    if thread == 0u {
        change[group.x] = sqrt(parts[0].x / parts[0].y);
    }
}
