// Gradient of x where the deviation s of the batch is told, y = x + weight · s: from x and y's gradient g
// `[B, 4·FOURS]`, the weight `[channels]` and the sums of g over each channel's samples and places.
//
// The host puts these constants in front: FOURS (in a sample), THREADS (a square), ROOT (its root). The
// batch and the channels follow from lengths.
//
// With S = Σ weight · sums, the slope of s, and s = mean of √(σ² + 1e-8) over a sample's numbers,
//     ∂L/∂x = g + S · (x − μ)/(B · 4·FOURS · √(σ² + 1e-8)).
// Each group adds up S anew, a few numbers a thread. A thread has a four of all samples. Workgroup x:
// THREADS fours.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@group(0) @binding(3) var<storage, read_write> grad: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> x_grad: array<vec4<f32>>;

alias Sum = f32;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    var own = 0.0;
    for (var channel = thread; channel < arrayLength(&weight); channel += THREADS) {
        own += weight[channel] * sums[channel];
    }
    gather(own, thread);
    let four = group.x * THREADS + thread;
    if four < FOURS {
        let spread = spread(four);
        let slope = total() / f32(4u * arrayLength(&x)) / spread.deviation;
        for (var at = four; at < arrayLength(&x); at += FOURS) {
            x_grad[at] = grad[at] + slope * (x[at] - spread.mean);
        }
    }
}
