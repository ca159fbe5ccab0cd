// What an attention layer adds to its input (SAGAN, equation 3): o and x, of any shape that fills
// fours, and gamma `[1]` → x + gamma · o.
//
// The host puts this constant in front: THREADS.

@group(0) @binding(0) var<storage, read_write> found: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> gamma: array<f32>;
@group(0) @binding(2) var<storage, read_write> layer_input: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4<f32>>;

fn element(index: u32) -> vec4<f32> {
    return layer_input[index] + gamma[0] * found[index];
}
