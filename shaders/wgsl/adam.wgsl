// One update of Adam: parameter, gradient and both moments `[n]` → the new parameter `[n]`; the
// moments are written in place.
//
//     m ← β₁ m + (1 − β₁) g
//     v ← β₂ v + (1 − β₂) g²
//     p ← p − rate/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
//
// There are no constants: one compiled kernel serves the parameters of all lengths, in all steps.
// `factors` holds β₁, 1 − β₁, β₂, 1 − β₂, √(1 − β₂ᵗ), ε and rate/(1 − β₁ᵗ).
//
// A thread takes every so-manieth element, where there are that many threads in all groups.

@group(0) @binding(0) var<storage, read_write> parameter: array<f32>;
@group(0) @binding(1) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> first: array<f32>;
@group(0) @binding(3) var<storage, read_write> second: array<f32>;
@group(0) @binding(4) var<storage, read_write> factors: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(256)
fn main(
    @builtin(global_invocation_id) thread: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    let keep_first = factors[0];
    let take_first = factors[1];
    let keep_second = factors[2];
    let take_second = factors[3];
    let bias = factors[4];
    let epsilon = factors[5];
    let rate = factors[6];
    for (var i = thread.x; i < arrayLength(&result); i += groups.x * 256u) {
        let g = gradient[i];
        let m = first[i] * keep_first + g * take_first;
        let v = second[i] * keep_second + g * g * take_second;
        first[i] = m;
        second[i] = v;
        result[i] = parameter[i] - m / (sqrt(v) / bias + epsilon) * rate;
    }
}
