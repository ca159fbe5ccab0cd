// Second pass of `pointwise_weight_grad.wgsl`: parts `[splits, O, COLUMNS]` → their sums, each column
// where it belongs: the gradients `weight` `[O, INPUT]`, `place` `[O, PLACES]` and `bias` `[O]`.
//
// The host puts these constants in front: INPUT, PLACES, THREADS. The rest follows from the lengths.
//
// The splits of an element are added always in the same order, so that every run rounds alike.
//
// Workgroup (x, y) begins at element (y · groups in x + x) · THREADS of `[O, COLUMNS]`.

@group(0) @binding(0) var<storage, read_write> parts: array<f32>;
@group(0) @binding(1) var<storage, read_write> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> place: array<f32>;
@group(0) @binding(3) var<storage, read_write> bias: array<f32>;

const COLUMNS = INPUT + PLACES + 1u;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let index = (group.y * groups.x + group.x) * THREADS + thread;
    let elements = arrayLength(&bias) * COLUMNS;
    if index >= elements {
        return;
    }
    var sum = 0.0;
    for (var at = index; at < arrayLength(&parts); at += elements) {
        sum += parts[at];
    }
    let output = index / COLUMNS;
    let column = index % COLUMNS;
    if column < INPUT {
        weight[output * INPUT + column] = sum;
    } else if column < INPUT + PLACES {
        place[output * PLACES + column - INPUT] = sum;
    } else {
        bias[output] = sum;
    }
}
