//! Transposed convolution, kernel 4, stride 2, padding 1, with 36 products where the definition has
//! 64: Winograd's minimal filtering F(2, 2) in both directions (Lavin and Gray, arXiv 1509.09308).
//!
//! Along one direction, two inputs `b`, `c` between their neighbours `a`, `d` make four outputs:
//!
//! ```text
//! y0 = a·w3 + b·w1      y2 = b·w3 + c·w1
//! y1 = b·w2 + c·w0      y3 = c·w2 + d·w0
//! ```
//!
//! Six products of a difference of inputs with a sum of taps are enough for these eight, and only
//! additions come before and after:
//!
//! ```text
//! m0 = (a − b)·w3    m1 = b·(w3 + w1)    m2 = (c − b)·w1    y0 = m0 + m1    y2 = m1 + m2
//! m3 = (c − b)·−w2   m4 = c·(w2 + w0)    m5 = (d − c)·w0    y1 = m3 + m4    y3 = m4 + m5
//! ```
//!
//! A *tile* is 2×2 inputs, which make 4×4 outputs. The sums of taps do not change from picture to
//! picture, so they are made once ([`pack`]); on the way they grow to 36/16 of the weight, which is
//! why the smallest maps, whose weights are the longest, are better off with [`super::up`].

use pulp::{Simd, WithSimd};

use super::{
    parallel,
    planes::Shape,
    products::{Combine, PANEL},
};

/// Products along one direction.
const STEPS: usize = 6;

/// Products of a tile.
pub(crate) const PRODUCTS: usize = STEPS * STEPS;

/// Differences of inputs along one direction: `a − b`, `b`, `c − b`, `c`, `d − c`.
const DIFFERENCES: usize = 5;

/// Which difference each product takes.
const TAKEN: [usize; STEPS] = [0, 1, 2, 2, 3, 4];

/// Which two products each output adds up.
const ADDED: [[usize; 2]; 4] = [[0, 1], [3, 4], [1, 2], [4, 5]];

/// Whether maps of this size are worth it: long enough rows of tiles, and not more weights than
/// pixels to use them on.
pub(crate) fn serves(big: usize, height: usize, width: usize) -> bool {
    big >= PANEL && height.is_multiple_of(2) && width.is_multiple_of(2) && height * width >= 64
}

/// The sums of taps along one direction.
fn sums([w0, w1, w2, w3]: [f32; 4]) -> [f32; STEPS] {
    [w3, w3 + w1, w1, -w2, w2 + w0, w0]
}

/// A weight `[small, big, 4, 4]` as [`up`] wants it: `[big / PANEL, PRODUCTS, small, PANEL]`, rounded
/// up, with zeros for channels that there are not.
pub(crate) fn pack(weight: &[f32], small: usize, big: usize) -> Vec<f32> {
    let groups = big.div_ceil(PANEL);
    let mut out = vec![0.0; groups * PRODUCTS * small * PANEL];
    for (index, taps) in weight.as_chunks::<16>().0.iter().enumerate() {
        let (s, b) = (index / big, index % big);
        let (rows, _) = taps.as_chunks::<4>();
        let rows: [[f32; STEPS]; 4] = core::array::from_fn(|ky| sums(rows[ky]));
        let group = &mut out[b / PANEL * PRODUCTS * small * PANEL..];
        for v in 0..STEPS {
            for (u, sum) in sums(rows.map(|row| row[v])).into_iter().enumerate() {
                group[((u * STEPS + v) * small + s) * PANEL + b % PANEL] = sum;
            }
        }
    }
    out
}

/// `x` `[B, small, H, W]`, `panels` of [`pack`], `bias` `[big]` → `[B, big, 2H, 2W]`; H and W are even.
pub(crate) fn up(x: &[f32], panels: &[f32], bias: &[f32], shape: Shape) -> Vec<f32> {
    let Shape {
        batch,
        small,
        big,
        width,
        ..
    } = shape;
    let (pixels, tiles) = (shape.pixels(), shape.pixels() / 4);
    let inputs = parallel::map(batch, |sample| {
        differences(&x[sample * small * pixels..][..small * pixels], shape)
    });
    let offsets: Vec<usize> = (0..small).map(|channel| channel * tiles).collect();
    let mut out = vec![0.0; batch * big * 4 * pixels];
    let groups = out
        .chunks_mut(big * 4 * pixels)
        .zip(&inputs)
        .flat_map(|(maps, input)| {
            let groups = maps.chunks_mut(PANEL * 4 * pixels).enumerate();
            groups.map(move |(group, maps)| (input, group, maps))
        })
        .collect();
    parallel::for_each(groups, |_, (input, group, maps)| {
        let panels = &panels[group * PRODUCTS * small * PANEL..];
        let mut products = vec![0.0; PRODUCTS * PANEL * tiles];
        for (index, out) in products.chunks_exact_mut(PANEL * tiles).enumerate() {
            let difference = TAKEN[index / STEPS] * DIFFERENCES + TAKEN[index % STEPS];
            Combine {
                panel: &panels[index * small * PANEL..][..small * PANEL],
                rows: maps.len() / (4 * pixels),
                source: &input[difference * small * tiles..],
                offsets: &offsets,
                columns: tiles,
                out,
                pitch: tiles,
                add: false,
            }
            .run();
        }
        for (channel, out) in maps.chunks_exact_mut(4 * pixels).enumerate() {
            pulp::Arch::new().dispatch(Gather {
                products: &products[channel * tiles..],
                pitch: PANEL * tiles,
                width,
                bias: bias[group * PANEL + channel],
                out,
            });
        }
    });
    out
}

/// Of one sample `[small, H, W]`: `[5, 5, small, tiles]`, first down the map, then along it.
fn differences(x: &[f32], shape: Shape) -> Vec<f32> {
    let tiles = shape.pixels() / 4;
    let mut out = vec![0.0; DIFFERENCES * DIFFERENCES * shape.small * tiles];
    for (channel, map) in x.chunks_exact(shape.pixels()).enumerate() {
        pulp::Arch::new().dispatch(Spread {
            map,
            width: shape.width,
            out: &mut out[channel * tiles..],
            pitch: shape.small * tiles,
        });
    }
    out
}

/// Takes the differences of one channel.
struct Spread<'a> {
    /// `[H, W]`.
    map: &'a [f32],
    width: usize,
    /// Its tiles in each of the 25 planes, which begin `pitch` apart.
    out: &'a mut [f32],
    pitch: usize,
}

impl WithSimd for Spread<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let half = self.width / 2;
        // Differences along each row, with a row of zeros above and below the map.
        let height = self.map.len() / self.width;
        let mut along = vec![0.0; DIFFERENCES * (height + 2) * half];
        for (y, row) in self.map.chunks_exact(self.width).enumerate() {
            let (pairs, _) = row.as_chunks::<2>();
            let mut before = 0.0;
            for (t, &[b, c]) in pairs.iter().enumerate() {
                let after = pairs.get(t + 1).map_or(0.0, |pair| pair[0]);
                let values = [before - b, b, c - b, c, after - c];
                for (v, value) in values.into_iter().enumerate() {
                    along[(v * (height + 2) + y + 1) * half + t] = value;
                }
                before = c;
            }
        }
        for (v, plane) in along.chunks_exact((height + 2) * half).enumerate() {
            let row = |y: usize| &plane[y * half..][..half];
            for tile in 0..height / 2 {
                let [a, b, c, d] = [0, 1, 2, 3].map(|y| row(2 * tile + y));
                let begin = |u: usize| (u * DIFFERENCES + v) * self.pitch + tile * half;
                subtract(a, b, &mut self.out[begin(0)..]);
                self.out[begin(1)..][..half].copy_from_slice(b);
                subtract(c, b, &mut self.out[begin(2)..]);
                self.out[begin(3)..][..half].copy_from_slice(c);
                subtract(d, c, &mut self.out[begin(4)..]);
            }
        }
    }
}

#[inline(always)]
fn subtract(left: &[f32], right: &[f32], out: &mut [f32]) {
    for ((out, left), right) in out.iter_mut().zip(left).zip(right) {
        *out = left - right;
    }
}

/// Adds the products of one channel up to its map.
struct Gather<'a> {
    /// The channel's tiles for each of the 36 products, which begin `pitch` apart.
    products: &'a [f32],
    pitch: usize,
    /// Of the input's map.
    width: usize,
    bias: f32,
    /// `[2H, 2W]`.
    out: &'a mut [f32],
}

impl WithSimd for Gather<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let half = self.width / 2;
        let mut down = vec![0.0; STEPS * half];
        for (y, out) in self.out.chunks_exact_mut(2 * self.width).enumerate() {
            let (tile, [first, second]) = (y / 4, ADDED[y % 4]);
            for (v, sums) in down.chunks_exact_mut(half).enumerate() {
                let row = |u: usize| {
                    let begin = (u * STEPS + v) * self.pitch + tile * half;
                    &self.products[begin..][..half]
                };
                for ((sum, a), b) in sums.iter_mut().zip(row(first)).zip(row(second)) {
                    *sum = a + b;
                }
            }
            let step = |v: usize| &down[v * half..][..half];
            let steps: [&[f32]; STEPS] = core::array::from_fn(step);
            let (quads, _) = out.as_chunks_mut::<4>();
            for (t, quad) in quads.iter_mut().enumerate() {
                *quad = ADDED.map(|[a, b]| steps[a][t] + steps[b][t] + self.bias);
            }
        }
    }
}
