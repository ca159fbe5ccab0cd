// Gradient of a bias, `[B, CHANNELS, 4·QUADS]` → sums `[splits, CHANNELS]`, which `sum_splits.wgsl`
// adds up where there are several splits.
//
// The host puts these constants in front: CHANNELS, QUADS (fours in a map), THREADS (a square), ROOT
// (its root). The batch follows from x's length, and the splits are the workgroups in y.
//
// A bias is added to every pixel of its channel, so its gradient is the sum over all of them. A
// group adds up its share of the fours of a channel, whole runs of 64: each thread every THREADS-th, in
// the four components of one sum, then ROOT threads ROOT of these sums each, then one the rest.
//
// Workgroup (x, y): x counts channels, y splits.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

alias Sum = f32;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let fours = arrayLength(&x) / CHANNELS;
    let span = (fours + 64u * groups.y - 1u) / (64u * groups.y) * 64u;
    let first = group.y * span;
    let end = min(first + span, fours);
    var sum = vec4<f32>(0.0);
    for (var four = first + thread; four < end; four += THREADS) {
        sum += x[(four / QUADS * CHANNELS + group.x) * QUADS + four % QUADS];
    }
    gather(dot(sum, vec4<f32>(1.0)), thread);
    if thread == 0u {
        sums[group.y * CHANNELS + group.x] = total();
    }
}
