// Gradient of LeakyReLU: output and its gradient, of any shape that fills fours → the input's.
//
// The host puts these constants in front: SLOPE (the bits of a float), THREADS.
//
// Since the slope is not negative, an output has the sign of its input: the input is not kept. At
// zero the gradient is the slope, as in PyTorch.

@group(0) @binding(0) var<storage, read_write> output: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> grad: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> result: array<vec4<f32>>;

fn element(index: u32) -> vec4<f32> {
    let positive = output[index] > vec4<f32>(0.0);
    return grad[index] * select(vec4<f32>(bitcast<f32>(SLOPE)), vec4<f32>(1.0), positive);
}
