// Gradient of tanh: output y and its gradient, of any shape that fills fours → the input's, g·(1 − y²).
//
// The host puts this constant in front: THREADS.

@group(0) @binding(0) var<storage, read_write> output: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> grad: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> result: array<vec4<f32>>;

fn element(index: u32) -> vec4<f32> {
    let y = output[index];
    return grad[index] * (1.0 - y * y);
}
