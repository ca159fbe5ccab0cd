//! Maps laid out so that a tap of a 4×4 kernel of stride 2 is nothing but an offset.
//!
//! The *small grid* is the map at the narrow end (the input of `up`, the output of `down`), H×W;
//! the *big grid* at the wide end is 2H×2W. Pixel `(2i + p, 2j + q)` of the big grid is pixel
//! `(i, j)` of its *phase* `(p, q)`; the four phases are maps of the small grid's size.
//!
//! Every kernel tap moves a map by −1, 0 or 1 rows and columns. Here a map is stored with one zero
//! column after each row and one zero row after the last, and samples follow each other. Moving it
//! by `(dy, dx)` is then reading from `dy · pitch + dx` further on: what falls off an edge lands on
//! a zero. The price is a few useless results in the zero column and row, which nobody copies out.

/// Sizes of a strided convolution, named by the small grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Samples.
    pub(crate) batch: usize,
    /// Channels on the small grid.
    pub(crate) small: usize,
    /// Channels on the big grid.
    pub(crate) big: usize,
    /// Rows of the small grid.
    pub(crate) height: usize,
    /// Columns of the small grid.
    pub(crate) width: usize,
}

impl Shape {
    /// Pixels of the small grid; the big one has four times as many.
    pub(crate) fn pixels(&self) -> usize {
        self.height * self.width
    }
}

/// Elements to have after the last plane: a row of [`Grid::filled_columns`] may end there.
pub(crate) const SPARE: usize = 3;

/// Where the pixels of a few samples lie in a plane, the storage of one channel or phase.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    /// Samples in the plane, at most.
    pub(crate) samples: usize,
    height: usize,
    width: usize,
}

impl Grid {
    /// A grid for as many samples as make rows of about `columns` pixels, at most `limit`.
    pub(crate) fn new(shape: &Shape, columns: usize, limit: usize) -> Self {
        let area = (shape.height + 1) * (shape.width + 1);
        Self {
            samples: columns.div_ceil(area).min(limit).max(1),
            height: shape.height,
            width: shape.width,
        }
    }

    fn pitch(&self) -> usize {
        self.width + 1
    }

    fn area(&self) -> usize {
        (self.height + 1) * self.pitch()
    }

    /// Elements before the first pixel: the zeros that lie above and left of it.
    fn lead(&self) -> usize {
        self.pitch() + 1
    }

    /// Elements of a plane.
    pub(crate) fn plane(&self) -> usize {
        self.lead() + self.samples * self.area()
    }

    /// Consecutive elements, from the first pixel to the last one of sample `samples − 1`.
    pub(crate) fn columns(&self, samples: usize) -> usize {
        samples * self.area() - self.lead()
    }

    /// The same and up to [`SPARE`] more, of which nobody needs the results, so that a register of
    /// four is never filled in part.
    pub(crate) fn filled_columns(&self, samples: usize) -> usize {
        self.columns(samples).next_multiple_of(SPARE + 1)
    }

    /// Where in a plane the map moved by `(dy, dx)` begins.
    pub(crate) fn offset(&self, dy: isize, dx: isize) -> usize {
        self.lead()
            .wrapping_add_signed(dy * self.pitch() as isize + dx)
    }

    /// Where row `y` of a sample begins, counted from its plane's first pixel.
    #[inline(always)]
    pub(crate) fn row(&self, sample: usize, y: usize) -> usize {
        sample * self.area() + y * self.pitch()
    }

    /// Copies the maps `[H, W]` of one channel, a sample each, into its plane, which begins as
    /// zeros.
    pub(crate) fn spread<'a>(&self, maps: impl Iterator<Item = &'a [f32]>, plane: &mut [f32]) {
        for (sample, map) in maps.enumerate() {
            for (y, row) in map.chunks_exact(self.width).enumerate() {
                let start = self.lead() + self.row(sample, y);
                plane[start..start + self.width].copy_from_slice(row);
            }
        }
    }

    /// Copies the maps `[2H, 2W]` of one channel, a sample each, into the planes of its four
    /// phases, which begin as zeros.
    pub(crate) fn spread_phases<'a>(
        &self,
        maps: impl Iterator<Item = &'a [f32]>,
        planes: &mut [f32],
    ) {
        let length = self.plane();
        for (sample, map) in maps.enumerate() {
            for (y, row) in map.chunks_exact(2 * self.width).enumerate() {
                let start = self.lead() + self.row(sample, y / 2);
                let rows = &mut planes[y % 2 * 2 * length..][..2 * length];
                let (even, odd) = rows.split_at_mut(length);
                let even = &mut even[start..start + self.width];
                let odd = &mut odd[start..start + self.width];
                for ((pair, even), odd) in row.chunks_exact(2).zip(even).zip(odd) {
                    *even = pair[0];
                    *odd = pair[1];
                }
            }
        }
    }
}

/// The maps of one channel of `x` `[S, channels, map]`.
pub(crate) fn channel(
    x: &[f32],
    channels: usize,
    map: usize,
    channel: usize,
) -> impl Iterator<Item = &[f32]> {
    x.chunks_exact(channels * map)
        .map(move |sample| &sample[channel * map..][..map])
}

/// Big-grid row `2i + k − 1`, which tap `k` (0 to 3) of small-grid row `i` meets, as
/// `(phase, dy)`: row `i + dy` of that phase.
pub(crate) fn tap(k: usize) -> (usize, isize) {
    ((k + 1) % 2, (k as isize - 1).div_euclid(2))
}

#[cfg(test)]
mod tests {
    #[test]
    fn taps_meet_the_rows_of_the_definition() {
        for k in 0..4 {
            let (phase, dy) = super::tap(k);
            for i in 0..5isize {
                assert_eq!(2 * (i + dy) + phase as isize, 2 * i + k as isize - 1);
            }
        }
    }
}
