// Gradients of `unit_columns.wgsl`: input `[B, DEPTH, N]`, scale and the output's gradient
// `[B, DEPTH, N]` → the input's gradient, and what each column adds to the scale's, `[B, N]`.
//
// The host puts these constants in front: DEPTH, QUADS (= N / 4), THREADS. The batch follows from the
// result's length.
//
// Of a column x with the length r = √(x·x + ε) and the direction u = x / r, y = s·u. A step of x
// along u changes the length only, which y does not have; so the gradient loses that part:
//
//     ∂u / ∂x = (1 − u uᵀ) / r,     ∂x = s (g − u (u·g)) / r,     ∂s = Σ u·g.
//
// A thread has four neighbouring columns (a strip). Workgroup x counts groups of THREADS strips of
// the whole batch.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> scale: array<f32>;
@group(0) @binding(2) var<storage, read_write> grad: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> x_grad: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> along: array<vec4<f32>>;

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let strip = id.x;
    if strip >= arrayLength(&x_grad) / DEPTH {
        return;
    }
    let start = strip / QUADS * DEPTH * QUADS + strip % QUADS;
    var squares = vec4<f32>(1e-12);
    var products = vec4<f32>();
    for (var d = 0u; d < DEPTH; d++) {
        let value = x[start + d * QUADS];
        squares += value * value;
        products += value * grad[start + d * QUADS];
    }
    let factor = scale[0] / sqrt(squares);
    let part = products / squares;
    for (var d = 0u; d < DEPTH; d++) {
        let at = start + d * QUADS;
        x_grad[at] = (grad[at] - x[at] * part) * factor;
    }
    along[strip] = products / sqrt(squares);
}
