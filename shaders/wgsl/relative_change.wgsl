// How much a layer changes what passes through it: before and after `[B, 4·QUADS]` → `[B]`,
//
//     ‖after − before‖ / ‖before‖.
//
// The divisor's square is at least LEAST, so that a map of zeros that stays one has changed by 0.
//
// The host puts these constants in front: QUADS (fours in a sample), THREADS (a square), ROOT (its root).
//
// A workgroup has a sample; its threads share out the elements.
// Workgroup x counts samples.

@group(0) @binding(0) var<storage, read_write> before: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> after: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> change: array<f32>;

// Sums of squares: of the change, and of what was before.
alias Sum = vec2<f32>;

const LEAST = 1.0e-30;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let end = (group.x + 1u) * QUADS;
    var sums = vec2<f32>();
    for (var at = group.x * QUADS + thread; at < end; at += THREADS) {
        let old = before[at];
        let step = after[at] - old;
        sums += vec2<f32>(dot(step, step), dot(old, old));
    }
    gather(sums, thread);
    if thread == 0u {
        let all = total();
        change[group.x] = sqrt(all.x / max(all.y, LEAST));
    }
}
