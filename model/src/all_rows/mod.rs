//! What all rows of an attention map say at once, so that a whole picture can be seen at a glance:
//! whither every pixel looks, which pixels look alike, and which cells everybody looks at.
//!
//! All of it is worked out in main memory, a row at a time, so a map of any size fits. With `A` the
//! map, `Ā` its mean row and `p_j` the place of cell `j`:
//!
//! - the *displacement* of pixel i is `p̄_i − p_i`, where `p̄_i` is the mean of places weighted by
//!   `(A_ij − Ā_j)⁺`, by what the pixel looks at more than others do; a mirror shows as a mirror, and
//!   a sink, which all share, not at all;
//! - the *components* of pixel i are its row's coordinates along the three [directions](principal)
//!   in which rows differ most. Rows are compared by their square roots, whose distance is
//!   Hellinger's: with plain weights a few strong cells would hide all others;
//! - a cell's *lookers* are the share of rows that give it at least [`LOOKED_AT`] times an even share;
//! - a cell is *distinct* by how far its value is from the mean value, in parts of the root mean
//!   square of all cells: near 0, whoever looks there fetches what a uniform row would fetch.

mod principal;

use principal::{DIRECTIONS, Directions, Samples};

/// A cell counts as looked at by a row from this multiple of an even share on.
pub const LOOKED_AT: f32 = 4.0;

/// Most rows from which the directions are found; the others are only projected.
const MOST_SAMPLES: usize = 1024;

/// One layer of one picture in main memory, channels first.
#[derive(Clone, Copy, Debug)]
pub struct LayerView<'a> {
    /// Width and height of its map, N = side².
    pub side: usize,
    /// `[d, N]`.
    pub queries: &'a [f32],
    /// `[d, N]`.
    pub keys: &'a [f32],
    /// `[C, N]`.
    pub values: &'a [f32],
}

/// What all rows say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AllRows {
    /// `[N]`: each row's divergence from the mean row, in bits.
    pub bits: Vec<f32>,
    /// `[N, 2]`: x to the right and y down, in cells; 0 where a row is the mean row.
    pub displacement: Vec<f32>,
    /// `[N, 3]`: strongest direction first.
    pub components: Vec<f32>,
    /// What part of all difference between rows each direction holds; 0 where all rows are alike.
    pub held: [f32; DIRECTIONS],
    /// `[N]`, from 0 to 1.
    pub lookers: Vec<f32>,
    /// `[N]`, from 0 on; 0 where all values are alike.
    pub distinct: Vec<f32>,
}

impl AllRows {
    /// Of a layer. Lengths must agree; values that are no numbers give some that are none.
    pub fn of(layer: LayerView) -> Self {
        let pixels = layer.side * layer.side;
        let mut row = vec![0.0; pixels];
        let mut mean = vec![0f64; pixels];
        let mut lookers = vec![0u32; pixels];
        let enough = LOOKED_AT / pixels as f32;
        for query in 0..pixels {
            layer.row(query, &mut row);
            for ((mean, lookers), &weight) in mean.iter_mut().zip(&mut lookers).zip(&row) {
                *mean += f64::from(weight);
                *lookers += u32::from(weight >= enough);
            }
        }
        let mean: Vec<f32> = mean.iter().map(|m| (m / pixels as f64) as f32).collect();

        let mut samples = Samples::new(pixels);
        for query in sampled(pixels) {
            layer.row(query, &mut row);
            samples.push(row.iter().map(|weight| weight.sqrt()));
        }
        let directions = samples.directions();

        let (mut bits, mut displacement) = (Vec::new(), Vec::new());
        let mut components = Vec::with_capacity(DIRECTIONS * pixels);
        for query in 0..pixels {
            layer.row(query, &mut row);
            bits.push(divergence(&row, &mean));
            displacement.extend(whither(query, &row, &mean, layer.side));
            row.iter_mut().for_each(|weight| *weight = weight.sqrt());
            components.extend(directions.coordinates(&row));
        }
        turn(&mut components);
        let Directions { held, .. } = directions;
        Self {
            bits,
            displacement,
            components,
            held,
            lookers: lookers
                .iter()
                .map(|&count| count as f32 / pixels as f32)
                .collect(),
            distinct: distinct(layer.values, pixels),
        }
    }
}

impl LayerView<'_> {
    /// The softmax over keys of one query's energies.
    fn row(&self, query: usize, row: &mut [f32]) {
        let pixels = row.len();
        row.fill(0.0);
        let dimensions = self.queries.chunks_exact(pixels);
        for (queries, keys) in dimensions.zip(self.keys.chunks_exact(pixels)) {
            let q = queries[query];
            for (energy, k) in row.iter_mut().zip(keys) {
                *energy += q * k;
            }
        }
        let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        row.iter_mut()
            .for_each(|energy| *energy = (*energy - top).exp());
        let sum: f64 = row.iter().map(|&weight| f64::from(weight)).sum();
        let scale = (1.0 / sum) as f32;
        row.iter_mut().for_each(|weight| *weight *= scale);
    }
}

/// Rows all over the map, each at most once: a step that shares no factor with their number visits
/// all before it returns.
fn sampled(pixels: usize) -> impl Iterator<Item = usize> {
    let golden = (pixels as f64 * 0.618_034) as usize;
    let step = (golden.max(1)..).find(|&step| common_factor(step, pixels) == 1);
    let step = step.unwrap_or(1);
    (0..pixels.min(MOST_SAMPLES)).map(move |i| i * step % pixels)
}

fn common_factor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common_factor(b, a % b) }
}

/// KL divergence of a row from the mean row, in bits.
fn divergence(row: &[f32], mean: &[f32]) -> f32 {
    let terms = row.iter().zip(mean).filter(|&(&p, &m)| p > 0.0 && m > 0.0);
    let bits: f64 = terms
        .map(|(&p, &m)| f64::from(p) * f64::from(p / m).log2())
        .sum();
    // Rows sum to one up to rounding only.
    bits.max(0.0) as f32
}

/// The displacement of one pixel.
fn whither(query: usize, row: &[f32], mean: &[f32], side: usize) -> [f32; 2] {
    let (mut sum, mut x, mut y) = (0f64, 0f64, 0f64);
    for (key, (&weight, &mean)) in row.iter().zip(mean).enumerate() {
        let more = f64::from((weight - mean).max(0.0));
        sum += more;
        x += more * (key % side) as f64;
        y += more * (key / side) as f64;
    }
    // What 32-bit rows that are all alike differ by.
    if sum < 1e-5 {
        return [0.0; 2];
    }
    let along = |sum_of: f64, own: usize| (sum_of / sum - own as f64) as f32;
    [along(x, query % side), along(y, query / side)]
}

/// Turns each direction so that fewer and larger coordinates are positive: else it would be chance.
fn turn(components: &mut [f32]) {
    for direction in 0..DIRECTIONS {
        let along = components.iter().skip(direction).step_by(DIRECTIONS);
        let lean: f64 = along.map(|&at| f64::from(at).powi(3)).sum();
        if lean < 0.0 {
            let along = components.iter_mut().skip(direction).step_by(DIRECTIONS);
            along.for_each(|at| *at = -*at);
        }
    }
}

/// How far each cell's value is from the mean value.
fn distinct(values: &[f32], pixels: usize) -> Vec<f32> {
    let mut squares = vec![0f64; pixels];
    for channel in values.chunks_exact(pixels) {
        let mean = channel.iter().map(|&v| f64::from(v)).sum::<f64>() / pixels as f64;
        for (square, &value) in squares.iter_mut().zip(channel) {
            *square += (f64::from(value) - mean).powi(2);
        }
    }
    let usual = squares.iter().sum::<f64>() / pixels as f64;
    let part = |square: &f64| {
        if usual > 0.0 {
            (square / usual).sqrt() as f32
        } else {
            0.0
        }
    };
    squares.iter().map(part).collect()
}

#[cfg(test)]
mod tests;
