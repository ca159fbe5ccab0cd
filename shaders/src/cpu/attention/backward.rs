//! Backward: gradients of queries, keys and values, from rows computed a second time.

use pulp::{Simd, WithSimd};

use super::{
    super::{
        exp::exp,
        parallel,
        products::{Combine, Correlate, PANEL, pack_panel},
        spaced::spaced,
    },
    Shape, product_rows,
};

/// Gradients, each of its tensor's shape.
pub(crate) struct Gradients {
    pub(crate) queries: Vec<f32>,
    pub(crate) keys: Vec<f32>,
    pub(crate) values: Vec<f32>,
}

/// Given the gradient `g` `[B, C, N]` of the output.
///
/// With `P_ij = e^(s_ij − lse_i)` the row of weights, `o_i = Σ_j P_ij v_j`:
///
/// - `∂v_j = Σ_i P_ij g_i`,
/// - `∂P_ij = g_i·v_j`, and through the softmax `∂s_ij = P_ij (∂P_ij − Σ_l P_il ∂P_il)`; the sum
///   is `g_i·o_i`, so no second pass over the row is needed,
/// - `∂q_i = Σ_j ∂s_ij k_j` and `∂k_j = Σ_i ∂s_ij q_i`.
pub(crate) fn backward(
    q: &[f32],
    k: &[f32],
    v: &[f32],
    attended: (&[f32], &[f32]),
    g: &[f32],
    shape: Shape,
) -> Gradients {
    let Shape {
        depth,
        channels,
        pixels,
        ..
    } = shape;
    let (narrow, wide) = (depth * pixels, channels * pixels);
    let mut queries = vec![0.0; q.len()];
    let mut keys = vec![0.0; k.len()];
    let mut values = vec![0.0; v.len()];
    let samples = queries
        .chunks_exact_mut(narrow)
        .zip(keys.chunks_exact_mut(narrow))
        .zip(values.chunks_exact_mut(wide))
        .collect();
    parallel::for_each(samples, |sample, ((queries, keys), values)| {
        let (output, log_sum_exp) = attended;
        Sample {
            q: &q[sample * narrow..][..narrow],
            k: &k[sample * narrow..][..narrow],
            v: &v[sample * wide..][..wide],
            o: &output[sample * wide..][..wide],
            log_sum_exp: &log_sum_exp[sample * pixels..][..pixels],
            g: &g[sample * wide..][..wide],
            shape,
        }
        .run(queries, keys, values);
    });
    Gradients {
        queries,
        keys,
        values,
    }
}

/// One sample's tensors.
struct Sample<'a> {
    q: &'a [f32],
    k: &'a [f32],
    v: &'a [f32],
    o: &'a [f32],
    log_sum_exp: &'a [f32],
    g: &'a [f32],
    shape: Shape,
}

impl Sample<'_> {
    fn run(&self, queries: &mut [f32], keys: &mut [f32], values: &mut [f32]) {
        let Shape { depth, pixels, .. } = self.shape;
        let (block, pitch) = (self.shape.block(), self.shape.pitch());
        let mut weights = vec![0.0; block * pitch];
        let mut slopes = vec![0.0; block * pitch];
        let (k, v) = (spaced(self.k, pixels), spaced(self.v, pixels));
        let mut key_sums = vec![0.0; k.len()];
        let mut value_sums = vec![0.0; v.len()];
        let means = self.means();
        let key_rows: Vec<usize> = (0..depth).map(|d| d * pitch).collect();
        for first in (0..pixels).step_by(block) {
            let rows = block.min(pixels - first);
            product_rows(
                1.0,
                self.q,
                &k,
                pixels,
                pitch,
                first..first + rows,
                &mut weights,
                |_, _| (),
            );
            product_rows(
                1.0,
                self.g,
                &v,
                pixels,
                pitch,
                first..first + rows,
                &mut slopes,
                |_, _| (),
            );
            for row in 0..rows {
                pulp::Arch::new().dispatch(Softmax {
                    weights: &mut weights[row * pitch..][..pixels],
                    slopes: &mut slopes[row * pitch..][..pixels],
                    log_sum_exp: self.log_sum_exp[first + row],
                    mean: means[first + row],
                });
            }
            let starts: Vec<usize> = (0..rows).map(|row| row * pitch).collect();
            let left = |map| Left { map, first, pixels };
            left(self.g).add_rows(&weights, &starts, &mut value_sums);
            left(self.q).add_rows(&slopes, &starts, &mut key_sums);
            Correlate {
                left: &k,
                left_rows: &key_rows,
                right: &slopes,
                right_rows: &starts,
                length: pixels,
                out: &mut queries[first..],
                pitch: pixels,
                add: false,
            }
            .run();
        }
        for (out, sums) in [(keys, key_sums), (values, value_sums)] {
            let sums = sums.chunks_exact(pitch);
            for (out, sums) in out.chunks_exact_mut(pixels).zip(sums) {
                out.copy_from_slice(&sums[..pixels]);
            }
        }
    }

    /// `g_i·o_i` for every pixel.
    fn means(&self) -> Vec<f32> {
        let pixels = self.shape.pixels;
        let mut means = vec![0.0; pixels];
        for (g, o) in self.g.chunks_exact(pixels).zip(self.o.chunks_exact(pixels)) {
            for ((mean, g), o) in means.iter_mut().zip(g).zip(o) {
                *mean += g * o;
            }
        }
        means
    }
}

/// Columns of a map `[M, N]`, from column `first` on, as factors.
struct Left<'a> {
    map: &'a [f32],
    first: usize,
    pixels: usize,
}

impl Left<'_> {
    /// `out[m] += Σ_r map[m][first + r] · rows[r]`; row `r` begins at `starts[r]`, and those of
    /// `out` as far apart.
    fn add_rows(&self, rows: &[f32], starts: &[usize], out: &mut [f32]) {
        let pitch = out.len() / (self.map.len() / self.pixels);
        let mut panel = vec![0.0; starts.len() * PANEL];
        for (index, out) in out.chunks_mut(PANEL * pitch).enumerate() {
            let count = out.len() / pitch;
            let map = &self.map[index * PANEL * self.pixels + self.first..];
            pack_panel(&mut panel, count, |m, k| map[m * self.pixels + k]);
            Combine {
                panel: &panel,
                rows: count,
                source: rows,
                offsets: starts,
                columns: self.pixels,
                out,
                pitch,
                add: true,
            }
            .run();
        }
    }
}

/// One row: energies become weights, the weights' slopes become the energies' slopes.
struct Softmax<'a> {
    weights: &'a mut [f32],
    slopes: &'a mut [f32],
    log_sum_exp: f32,
    /// Mean of the slopes under the weights.
    mean: f32,
}

impl WithSimd for Softmax<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (weight, slope) in self.weights.iter_mut().zip(self.slopes) {
            *weight = exp(*weight - self.log_sum_exp);
            *slope = *weight * (*slope - self.mean);
        }
    }
}
