// Spectral norm, first of three: weight `[rows, columns]`, u `[rows]` → Wᵀu `[columns]`.
//
// There are no constants, here and in the other kernels of spectral norm: the sides are the lengths
// of the vectors, and one compiled kernel serves all layers.
//
// A group makes 32 columns. Eight threads share the rows of each, so that narrow matrices have
// enough threads too; then one adds up what the eight have. Neighbours read neighbouring columns.

@group(0) @binding(0) var<storage, read_write> weight: array<f32>;
@group(0) @binding(1) var<storage, read_write> u: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;

var<workgroup> parts: array<f32, 256>;

@compute @workgroup_size(32, 8)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_id) thread: vec3<u32>,
) {
    let rows = arrayLength(&u);
    let columns = arrayLength(&result);
    let column = group.x * 32u + thread.x;
    var sum = 0.0;
    if column < columns {
        for (var row = thread.y; row < rows; row += 8u) {
            sum += weight[row * columns + column] * u[row];
        }
    }
    parts[thread.y * 32u + thread.x] = sum;
    workgroupBarrier();
    if thread.y == 0u && column < columns {
        for (var i = 1u; i < 8u; i++) {
            sum += parts[i * 32u + thread.x];
        }
        result[column] = sum;
    }
}
