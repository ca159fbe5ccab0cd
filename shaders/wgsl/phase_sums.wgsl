// Transposed convolutions' kernels with equal sums in their four phases: weight `[n, 4, 4]` → the same
// shape. Its gradient is itself: a projection is symmetric.
//
// The host puts this constant in front: THREADS.
//
// An output pixel of such a convolution belongs to one of four phases, by the parities of its row and
// column, and meets only the taps of its own: {0, 2} or {1, 3} of each axis. Of each of its four taps is
// taken a quarter of what the phase's sum is above the mean of the four. A thread has a kernel, a row in
// each column of a matrix.

@group(0) @binding(0) var<storage, read_write> weight: array<mat4x4<f32>>;
@group(0) @binding(1) var<storage, read_write> result: array<mat4x4<f32>>;

fn element(index: u32) -> mat4x4<f32> {
    let taps = weight[index];
    // Sums over rows of a parity, then over columns of one: xy are the even columns, zw the odd.
    let even_rows = taps[0] + taps[2];
    let odd_rows = taps[1] + taps[3];
    let even = even_rows.xy + even_rows.zw;
    let odd = odd_rows.xy + odd_rows.zw;
    let mean = (even.x + even.y + odd.x + odd.y) / 4.0;
    let from_even = (even.xyxy - mean) / 4.0;
    let from_odd = (odd.xyxy - mean) / 4.0;
    return mat4x4<f32>(
        taps[0] - from_even,
        taps[1] - from_odd,
        taps[2] - from_even,
        taps[3] - from_odd,
    );
}
