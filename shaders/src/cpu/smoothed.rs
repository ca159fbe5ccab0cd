//! The binomial blur of maps.

use super::parallel;

/// `[maps, side²]` → the same shape, each map blurred along both axes as
/// [`smoothed`](crate::smoothed()) has it.
pub(crate) fn smoothed(x: &[f32], side: usize) -> Vec<f32> {
    let mut out = vec![0.0; x.len()];
    parallel::for_each_chunk(&mut out, side * side, |index, out| {
        let map = &x[index * side * side..][..side * side];
        let row = |y: usize| &map[y * side..][..side];
        let mut down = vec![0.0; side];
        for (y, out) in out.chunks_exact_mut(side).enumerate() {
            let [above, own, below] = [y.saturating_sub(1), y, (y + 1).min(side - 1)].map(row);
            for ((down, own), (above, below)) in
                down.iter_mut().zip(own).zip(above.iter().zip(below))
            {
                *down = 0.25 * (above + below) + 0.5 * own;
            }
            for (out, three) in out[1..].iter_mut().zip(down.windows(3)) {
                *out = 0.25 * (three[0] + three[2]) + 0.5 * three[1];
            }
            let last = side - 1;
            let beside = |at: usize| at.min(last);
            out[0] = 0.75 * down[0] + 0.25 * down[beside(1)];
            out[last] = 0.75 * down[last] + 0.25 * down[last.saturating_sub(1)];
        }
    });
    out
}
