// Second pass of the sums that are split among workgroups: parts `[splits, n]` → their sum `[n]`.
//
// The host puts this constant in front: THREADS. How many splits there are follows from the lengths.
//
// The splits of an element are added always in the same order, so that every run rounds alike.

@group(0) @binding(0) var<storage, read_write> parts: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;

fn element(index: u32) -> f32 {
    var sum = 0.0;
    for (var at = index; at < arrayLength(&parts); at += arrayLength(&result)) {
        sum += parts[at];
    }
    return sum;
}
