// A step of a running average: average and current `[n]` → shares[0] · average + shares[1] ·
// current.
//
// There are no constants: one compiled kernel serves all lengths. A thread takes every so-manieth
// element, where there are that many threads in all groups.

@group(0) @binding(0) var<storage, read_write> average: array<f32>;
@group(0) @binding(1) var<storage, read_write> current: array<f32>;
@group(0) @binding(2) var<storage, read_write> shares: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(256)
fn main(
    @builtin(global_invocation_id) thread: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    let keep = shares[0];
    let take = shares[1];
    for (var i = thread.x; i < arrayLength(&result); i += groups.x * 256u) {
        result[i] = average[i] * keep + current[i] * take;
    }
}
