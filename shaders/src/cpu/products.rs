//! The two matrix products that carry all the rest, over rows that lie anywhere in a buffer.
//!
//! Written with `pulp`, which picks AVX-512, AVX2, NEON or plain code at run time. Both keep a
//! small tile of results in registers for the whole sum, so that each number loaded is used
//! several times: that, not the additions, is what limits a matrix product.

use core::array::from_fn;

use pulp::{Simd, WithSimd};

/// Rows of the left matrix that are packed together, see [`pack_panel`].
pub(crate) const PANEL: usize = 8;

/// Rows of results written by sums of rows: `out[m][n] = Σ_k panel[k][m] · source[offsets[k] + n]`.
pub(crate) struct Combine<'a> {
    /// `[K][PANEL]`: the factors of up to [`PANEL`] rows of results, side by side for each `k`.
    pub(crate) panel: &'a [f32],
    /// Rows of results, 1 to [`PANEL`].
    pub(crate) rows: usize,
    /// What the rows are read from.
    pub(crate) source: &'a [f32],
    /// Where row `k` begins in `source`.
    pub(crate) offsets: &'a [usize],
    /// Length of every row.
    pub(crate) columns: usize,
    /// Row `m` of the results begins at `m · pitch`.
    pub(crate) out: &'a mut [f32],
    /// Distance of two rows in `out`.
    pub(crate) pitch: usize,
    /// Add to what `out` holds, rather than overwrite it.
    pub(crate) add: bool,
}

impl Combine<'_> {
    /// Computes on this machine's best instructions.
    pub(crate) fn run(self) {
        pulp::Arch::new().dispatch(self);
    }
}

impl WithSimd for Combine<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        // A tile takes ROWS · VECTORS registers, VECTORS more for the row and one for a factor;
        // one register too many halves the speed.
        match (many_registers::<S>(), self.rows) {
            (_, 1) => combine_row(simd, &mut self),
            (true, 5..) => combine_rows::<S, 8, 3>(simd, &mut self, 0),
            (true, _) => combine_rows::<S, 4, 3>(simd, &mut self, 0),
            (false, _) => {
                for first in (0..self.rows).step_by(4) {
                    combine_rows::<S, 4, 2>(simd, &mut self, first);
                }
            }
        }
    }
}

/// Whether there are 32 vector registers rather than 16. A browser has 32 in name, and on most
/// machines 16 to back them.
#[inline(always)]
fn many_registers<S: Simd>() -> bool {
    S::REGISTER_COUNT >= 32 && cfg!(not(target_family = "wasm"))
}

#[inline(always)]
fn combine_rows<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    job: &mut Combine<'_>,
    first: usize,
) {
    let lanes = S::F32_LANES;
    let mut n = 0;
    while n + VECTORS * lanes <= job.columns {
        combine_tile::<S, ROWS, VECTORS>(simd, job, first, n);
        n += VECTORS * lanes;
    }
    while n + lanes <= job.columns {
        combine_tile::<S, ROWS, 1>(simd, job, first, n);
        n += lanes;
    }
    if n < job.columns {
        combine_rest::<S, ROWS>(simd, job, first, n);
    }
}

/// One row of results. There is nothing to keep in registers for a second one, so the rows are read
/// from end to end, four at a time, as memory likes it.
#[inline(always)]
fn combine_row<S: Simd>(simd: S, job: &mut Combine<'_>) {
    let out = &mut job.out[..job.columns];
    if !job.add {
        out.fill(0.0);
    }
    let factors = job.panel.chunks_exact(PANEL).map(|factors| factors[0]);
    let mut terms = factors.zip(job.offsets);
    loop {
        let mut rows = [(0.0, &job.source[..0]); 4];
        let mut count = 0;
        for (row, (factor, &offset)) in rows.iter_mut().zip(&mut terms) {
            *row = (factor, &job.source[offset..][..job.columns]);
            count += 1;
        }
        match count {
            0 => return,
            4 => {
                let [a, b, c, d] = rows;
                let [f, g, h, i] = [a, b, c, d].map(|(factor, _)| simd.splat_f32s(factor));
                let (out, out_rest) = S::as_mut_simd_f32s(out);
                let [(a, a_rest), (b, b_rest), (c, c_rest), (d, d_rest)] =
                    [a, b, c, d].map(|(_, row)| S::as_simd_f32s(row));
                let vectors = out.iter_mut().zip(a).zip(b).zip(c).zip(d);
                for ((((out, &a), &b), &c), &d) in vectors {
                    let first = simd.mul_add_e_f32s(f, a, simd.mul_f32s(g, b));
                    let second = simd.mul_add_e_f32s(h, c, simd.mul_f32s(i, d));
                    *out = simd.add_f32s(*out, simd.add_f32s(first, second));
                }
                let rest = out_rest
                    .iter_mut()
                    .zip(a_rest)
                    .zip(b_rest)
                    .zip(c_rest)
                    .zip(d_rest);
                let [f, g, h, i] = rows.map(|(factor, _)| factor);
                for ((((out, a), b), c), d) in rest {
                    *out += f * a + g * b + (h * c + i * d);
                }
            }
            _ => {
                for (factor, row) in &rows[..count] {
                    for (out, value) in out.iter_mut().zip(*row) {
                        *out += factor * value;
                    }
                }
            }
        }
    }
}

/// `ROWS` rows of results, `VECTORS` registers wide, from column `n` on.
///
/// In a browser a function of its own: where it is a part of the whole product, V8 counts what the
/// rest keeps alive too, and its sums lose their registers.
#[cfg_attr(target_family = "wasm", inline(never))]
#[cfg_attr(not(target_family = "wasm"), inline(always))]
fn combine_tile<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    job: &mut Combine<'_>,
    first: usize,
    n: usize,
) {
    let width = VECTORS * S::F32_LANES;
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    let factors = job.panel.chunks_exact(PANEL);
    for (factors, &offset) in factors.zip(job.offsets) {
        let factors = &factors[first..][..ROWS];
        let row = &job.source[offset + n..][..width];
        let (row, _) = S::as_simd_f32s(row);
        let row: [S::f32s; VECTORS] = from_fn(|v| row[v]);
        for r in 0..ROWS {
            let factor = simd.splat_f32s(factors[r]);
            for v in 0..VECTORS {
                sums[r][v] = simd.mul_add_e_f32s(factor, row[v], sums[r][v]);
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        if first + r < job.rows {
            let out = &mut job.out[(first + r) * job.pitch + n..][..width];
            let (out, _) = S::as_mut_simd_f32s(out);
            for (out, &sum) in out.iter_mut().zip(sums) {
                *out = if job.add {
                    simd.add_f32s(*out, sum)
                } else {
                    sum
                };
            }
        }
    }
}

/// The last columns, fewer than a register holds.
#[inline(always)]
fn combine_rest<S: Simd, const ROWS: usize>(
    simd: S,
    job: &mut Combine<'_>,
    first: usize,
    n: usize,
) {
    let width = job.columns - n;
    let mut sums = [simd.splat_f32s(0.0); ROWS];
    let factors = job.panel.chunks_exact(PANEL);
    for (factors, &offset) in factors.zip(job.offsets) {
        let factors = &factors[first..][..ROWS];
        let row = simd.partial_load_f32s(&job.source[offset + n..][..width]);
        for r in 0..ROWS {
            let factor = simd.splat_f32s(factors[r]);
            sums[r] = simd.mul_add_e_f32s(factor, row, sums[r]);
        }
    }
    for (r, &sum) in sums.iter().enumerate() {
        if first + r < job.rows {
            let out = &mut job.out[(first + r) * job.pitch + n..][..width];
            let sum = if job.add {
                simd.add_f32s(simd.partial_load_f32s(out), sum)
            } else {
                sum
            };
            simd.partial_store_f32s(out, sum);
        }
    }
}

/// Copies up to [`PANEL`] rows of a matrix side by side, as [`Combine`] wants its factors:
/// `panel[k][m] = factor(m, k)`; rows that are missing become zero.
#[inline(always)]
pub(crate) fn pack_panel(panel: &mut [f32], rows: usize, factor: impl Fn(usize, usize) -> f32) {
    for (k, column) in panel.chunks_exact_mut(PANEL).enumerate() {
        for (m, value) in column.iter_mut().enumerate() {
            *value = if m < rows { factor(m, k) } else { 0.0 };
        }
    }
}

/// Dot products of rows: `out[m][n] (+)= Σ_t left[left_rows[m] + t] · right[right_rows[n] + t]`.
pub(crate) struct Correlate<'a> {
    /// What the left rows are read from.
    pub(crate) left: &'a [f32],
    /// Where each left row begins.
    pub(crate) left_rows: &'a [usize],
    /// What the right rows are read from.
    pub(crate) right: &'a [f32],
    /// Where each right row begins.
    pub(crate) right_rows: &'a [usize],
    /// Length of every row.
    pub(crate) length: usize,
    /// Row `m` of the results begins at `m · pitch`.
    pub(crate) out: &'a mut [f32],
    /// Distance of two rows in `out`.
    pub(crate) pitch: usize,
    /// Add to what `out` holds, rather than overwrite it.
    pub(crate) add: bool,
}

impl Correlate<'_> {
    /// Computes on this machine's best instructions.
    pub(crate) fn run(self) {
        pulp::Arch::new().dispatch(self);
    }
}

impl WithSimd for Correlate<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        if many_registers::<S>() {
            correlate_all::<S, 4>(simd, &mut self);
        } else {
            correlate_all::<S, 2>(simd, &mut self);
        }
    }
}

#[inline(always)]
fn correlate_all<S: Simd, const ROWS: usize>(simd: S, job: &mut Correlate<'_>) {
    for n in (0..job.right_rows.len()).step_by(4) {
        for m in (0..job.left_rows.len()).step_by(ROWS) {
            correlate_tile::<S, ROWS, 4>(simd, job, m, n);
        }
    }
}

/// `ROWS` × `COLUMNS` dot products; those beyond the edge repeat the last row and are dropped.
#[inline(always)]
fn correlate_tile<S: Simd, const ROWS: usize, const COLUMNS: usize>(
    simd: S,
    job: &mut Correlate<'_>,
    m: usize,
    n: usize,
) {
    let vectors = job.length / S::F32_LANES;
    let whole = vectors * S::F32_LANES;
    let left: [&[f32]; ROWS] = from_fn(|r| row(job.left, job.left_rows, m + r, job.length));
    let right: [&[f32]; COLUMNS] = from_fn(|c| row(job.right, job.right_rows, n + c, job.length));
    let mut sums = [[simd.splat_f32s(0.0); COLUMNS]; ROWS];
    {
        let left: [&[S::f32s]; ROWS] = from_fn(|r| &S::as_simd_f32s(left[r]).0[..vectors]);
        let right: [&[S::f32s]; COLUMNS] = from_fn(|c| &S::as_simd_f32s(right[c]).0[..vectors]);
        for t in 0..vectors {
            let right: [S::f32s; COLUMNS] = from_fn(|c| right[c][t]);
            for r in 0..ROWS {
                let left = left[r][t];
                for c in 0..COLUMNS {
                    sums[r][c] = simd.mul_add_e_f32s(left, right[c], sums[r][c]);
                }
            }
        }
    }
    if whole < job.length {
        let right: [S::f32s; COLUMNS] = from_fn(|c| simd.partial_load_f32s(&right[c][whole..]));
        for r in 0..ROWS {
            let left = simd.partial_load_f32s(&left[r][whole..]);
            for c in 0..COLUMNS {
                sums[r][c] = simd.mul_add_e_f32s(left, right[c], sums[r][c]);
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        for (c, &sum) in sums.iter().enumerate() {
            if m + r < job.left_rows.len() && n + c < job.right_rows.len() {
                let sum = simd.reduce_sum_f32s(sum);
                let out = &mut job.out[(m + r) * job.pitch + n + c];
                *out = if job.add { *out + sum } else { sum };
            }
        }
    }
}

#[inline(always)]
fn row<'a>(data: &'a [f32], rows: &[usize], index: usize, length: usize) -> &'a [f32] {
    &data[rows[index.min(rows.len() - 1)]..][..length]
}
