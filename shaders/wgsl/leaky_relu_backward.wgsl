// Gradient of LeakyReLU: output and its gradient, of any shape with 4·TOTAL numbers → the input's.
//
// The host puts these constants in front: TOTAL, SLOPE (the bits of a float), ROW (workgroups in x).
//
// Since the slope is not negative, an output has the sign of its input: the input is not kept. At
// zero the gradient is the slope, as in PyTorch.
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
    let positive = output[index] > vec4<f32>(0.0);
    x_grad[index] = grad[index] * select(vec4<f32>(bitcast<f32>(SLOPE)), vec4<f32>(1.0), positive);
}
