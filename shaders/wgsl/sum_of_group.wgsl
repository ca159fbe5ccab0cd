// The sum over a workgroup of what each of its threads has. The host puts this behind the kernels that
// want it. They say what is added up, `alias Sum`, a number or a vector; how many THREADS there are; and
// how many of their numbers one adds up first, ROOT, which divides them.
//
// Every ROOT-th thread adds up ROOT numbers, then whoever wants the total adds up these sums: two
// barriers, and the same order in every run.

var<workgroup> parts: array<Sum, THREADS>;

fn add_parts(first: u32, count: u32, step: u32) -> Sum {
    var sum = parts[first];
    for (var i = 1u; i < count; i++) {
        sum += parts[first + i * step];
    }
    return sum;
}

// Every thread calls it once, outside of all branches.
fn gather(value: Sum, thread: u32) {
    parts[thread] = value;
    workgroupBarrier();
    if thread % ROOT == 0u {
        parts[thread] = add_parts(thread, ROOT, 1u);
    }
    workgroupBarrier();
}

// What was gathered.
fn total() -> Sum {
    return add_parts(0u, THREADS / ROOT, ROOT);
}
