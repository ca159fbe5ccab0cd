// Mean and deviation over the batch of four numbers of a sample. The host puts this behind the kernels that
// want it; they have x `[B, 4·FOURS]`, and FOURS is in front.

struct Spread {
    mean: vec4<f32>,
    // √(variance + 1e-8)
    deviation: vec4<f32>,
}

// In two passes, the second from a cache: a difference of squares would lose what nearly equal samples
// differ by.
fn spread(four: u32) -> Spread {
    let share = f32(FOURS) / f32(arrayLength(&x));
    var sum = vec4<f32>(0.0);
    for (var at = four; at < arrayLength(&x); at += FOURS) {
        sum += x[at];
    }
    let mean = sum * share;
    var squares = vec4<f32>(0.0);
    for (var at = four; at < arrayLength(&x); at += FOURS) {
        let apart = x[at] - mean;
        squares += apart * apart;
    }
    return Spread(mean, sqrt(squares * share + 1e-8));
}
