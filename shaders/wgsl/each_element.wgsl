// The head of the kernels that make each element of a result alone. The host puts this behind them;
// their last binding is `result`, and `element(index)` what is to be written there.
//
// The length is the result's own, so one compiled kernel serves every batch. A thread makes one element:
// a number, or four where the array is of fours. Workgroup (x, y) begins at element
// (y · groups in x + x) · THREADS.

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let index = (group.y * groups.x + group.x) * THREADS + thread;
    if index < arrayLength(&result) {
        result[index] = element(index);
    }
}
