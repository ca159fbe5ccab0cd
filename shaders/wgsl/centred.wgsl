// Each row minus its mean: x `[rows, 4·QUADS]` → the same shape. Its gradient is itself: what is taken
// from a row is the projection on rows of one value, which is symmetric.
//
// The host puts these constants in front: QUADS (fours in a row), THREADS (a square), ROOT (its root).
//
// A workgroup has a row, and reads it twice, the second time from a cache.
// Workgroup (x, y): rows go along x, in rows of their own along y.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> result: array<vec4<f32>>;

alias Sum = f32;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    // Beyond the last row there is nothing to add up, and nothing is written.
    let start = (group.y * groups.x + group.x) * QUADS;
    let end = min(start + QUADS, arrayLength(&x));
    var sum = vec4<f32>();
    for (var at = start + thread; at < end; at += THREADS) {
        sum += x[at];
    }
    gather(dot(sum, vec4<f32>(1.0)), thread);
    let mean = total() / f32(4u * QUADS);
    for (var at = start + thread; at < end; at += THREADS) {
        result[at] = x[at] - mean;
    }
}
