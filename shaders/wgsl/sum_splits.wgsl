// Second pass of the sums that are split among workgroups: `[SPLITS, LENGTH]` → `[LENGTH]`.
//
// The host puts these constants in front: SPLITS, LENGTH.
//
// A thread adds one element, always in the same order, so that every run rounds alike.

@group(0) @binding(0) var<storage, read_write> parts: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let index = group.x * 64u + thread;
    if index >= LENGTH {
        return;
    }
    var sum = 0.0;
    for (var split = 0u; split < SPLITS; split++) {
        sum += parts[split * LENGTH + index];
    }
    sums[index] = sum;
}
