// The deviation of a batch, told to every place: x `[B, CHANNELS, 4·QUADS]`, weight `[CHANNELS]` and
// deviation `[1]` → x + weight · deviation.
//
// The host puts these constants in front: CHANNELS, QUADS (fours in a map), THREADS.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> deviation: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4<f32>>;

fn element(index: u32) -> vec4<f32> {
    return x[index] + weight[index / QUADS % CHANNELS] * deviation[0];
}
