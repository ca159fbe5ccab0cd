// Gradient of tanh: output y and its gradient, of any shape with 4·TOTAL numbers → the input's,
// g·(1 − y²).
//
// The host puts these constants in front: TOTAL, ROW (workgroups in x).
//
// A thread makes four numbers; workgroup (x, y): 256 threads from (y · ROW + x) · 256 on.

@group(0) @binding(0) var<storage, read_write> output: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> grad: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> x_grad: array<vec4<f32>>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let index = (group.y * ROW + group.x) * 256u + thread;
    if index >= TOTAL {
        return;
    }
    let y = output[index];
    x_grad[index] = grad[index] * (1.0 - y * y);
}
