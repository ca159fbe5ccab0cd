// Gradients of `unit_columns.wgsl`: input `[B, DEPTH, N]`, the logarithm of the length and the output's
// gradient `[B, DEPTH, N]` → the input's gradient, and what each picture adds to the logarithm's, `[B]`.
//
// The host puts these constants in front: DEPTH, QUADS (= N / 4), CENTRED (0 or 1), THREADS (a square),
// ROOT (its root). The batch follows from the result's length.
//
// Of a column z with the length r = √(z·z + ε) and the direction u = z / r, y = s·u with s = e^t. A
// step of z along u changes the length only, which y does not have; so the gradient loses that part:
//
//     ∂u / ∂z = (1 − u uᵀ) / r,     ∂z = s (g − u (u·g)) / r,     ∂t = Σ s u·g.
//
// Where CENTRED, z is x without the means of its rows, a projection: so ∂x is ∂z without them.
//
// A workgroup has a picture, a thread every THREADS-th strip of four columns, of what it has written
// too. Workgroup (x, y): pictures go along x, in rows of their own along y.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> log_length: array<f32>;
@group(0) @binding(2) var<storage, read_write> grad: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> x_grad: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> of_pictures: array<f32>;

// Whose rows have their means taken: first those of x, then of what will be its gradient.
var<private> of_gradient: bool = false;

fn row_value(at: u32) -> vec4<f32> {
    if of_gradient {
        return x_grad[at];
    }
    return x[at];
}

// Writes the gradient of the four columns of z, and returns what they add to the logarithm's.
fn columns(start: u32, strip: u32, length: f32) -> vec4<f32> {
    var squares = vec4<f32>(1e-12);
    var products = vec4<f32>();
    for (var d = 0u; d < DEPTH; d++) {
        let at = start + d * QUADS + strip;
        let value = x[at] - mean(d);
        squares += value * value;
        products += value * grad[at];
    }
    let factor = length / sqrt(squares);
    let part = products / squares;
    for (var d = 0u; d < DEPTH; d++) {
        let at = start + d * QUADS + strip;
        x_grad[at] = (grad[at] - (x[at] - mean(d)) * part) * factor;
    }
    return products * factor;
}

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let picture = group.y * groups.x + group.x;
    let start = picture * DEPTH * QUADS;
    let inside = start < arrayLength(&x_grad);
    if CENTRED == 1u {
        find_means(start, inside, thread);
    }
    var along = vec4<f32>();
    if inside {
        let length = exp(log_length[0]);
        for (var strip = thread; strip < QUADS; strip += THREADS) {
            along += columns(start, strip, length);
        }
    }
    gather(along, thread);
    if thread == 0u && inside {
        of_pictures[picture] = dot(total(), vec4<f32>(1.0));
    }
    if CENTRED == 0u {
        return;
    }
    workgroupBarrier();
    of_gradient = true;
    find_means(start, inside, thread);
    if !inside {
        return;
    }
    for (var d = 0u; d < DEPTH; d++) {
        for (var strip = thread; strip < QUADS; strip += THREADS) {
            x_grad[start + d * QUADS + strip] -= mean(d);
        }
    }
}
