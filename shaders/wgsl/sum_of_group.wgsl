// The sum of a number of each of a workgroup's 256 threads, which all of them get. The host puts this
// behind the kernels that call it, once each and outside of all branches.
//
// Every sixteenth thread adds up sixteen numbers, then each thread the sixteen sums: two barriers, and
// the same order in every run.

var<workgroup> parts: array<f32, 256>;

fn sum_of_group(value: f32, thread: u32) -> f32 {
    parts[thread] = value;
    workgroupBarrier();
    if thread % 16u == 0u {
        var sum = value;
        for (var i = 1u; i < 16u; i++) {
            sum += parts[thread + i];
        }
        parts[thread] = sum;
    }
    workgroupBarrier();
    var total = 0.0;
    for (var i = 0u; i < 256u; i += 16u) {
        total += parts[i];
    }
    return total;
}
