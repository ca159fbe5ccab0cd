//! Where things are: pixels of a picture, and cells of a layer's coarser grid.
//!
//! A picture of `size`² pixels passes through a layer of `side`² cells; each cell stands for a
//! square of `size / side` pixels a side.

/// A pixel of the picture, or a cell of a layer's grid; `(0, 0)` is the top left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Columns from the left.
    pub x: u32,
    /// Rows from the top.
    pub y: u32,
}

impl Point {
    /// A point of a `side`² grid from fractions of its width and height; clamped into the grid,
    /// so that a finger that slides off the edge keeps marking the edge.
    pub fn at_fraction(fx: f64, fy: f64, side: u32) -> Self {
        // A float to integer cast saturates, and turns NaN into 0.
        let along = |f: f64| ((f * f64::from(side)).floor() as u32).min(side.saturating_sub(1));
        Self {
            x: along(fx),
            y: along(fy),
        }
    }

    /// The nearest point inside a `side`² grid.
    pub fn clamped(self, side: u32) -> Self {
        let last = side.saturating_sub(1);
        Self {
            x: self.x.min(last),
            y: self.y.min(last),
        }
    }

    /// The point `(dx, dy)` away, stopped at the edges of a `side`² grid.
    pub fn moved(self, dx: i32, dy: i32, side: u32) -> Self {
        Self {
            x: self.x.saturating_add_signed(dx),
            y: self.y.saturating_add_signed(dy),
        }
        .clamped(side)
    }

    /// The points on the way to another, both ends with it.
    pub fn line_to(self, end: Self) -> impl Iterator<Item = Self> {
        let along = |from: u32, to: u32| f64::from(to) - f64::from(from);
        let (dx, dy) = (along(self.x, end.x), along(self.y, end.y));
        let steps = dx.abs().max(dy.abs());
        (0..=steps as u32).map(move |step| {
            let part = f64::from(step) / steps.max(1.0);
            let at = |from: u32, along: f64| (f64::from(from) + part * along).round() as u32;
            Self {
                x: at(self.x, dx),
                y: at(self.y, dy),
            }
        })
    }

    /// The cell of a `side`² grid that holds this pixel of a `size`² picture.
    pub fn cell(self, size: u32, side: u32) -> Self {
        let along = |v: u32| (u64::from(v) * u64::from(side) / u64::from(size.max(1))) as u32;
        Self {
            x: along(self.x),
            y: along(self.y),
        }
        .clamped(side)
    }

    /// The pixel of a `size`² picture in the middle of this cell of a `side`² grid.
    pub fn pixel(self, size: u32, side: u32) -> Self {
        let along = |v: u32| {
            ((2 * u64::from(v) + 1) * u64::from(size) / (2 * u64::from(side.max(1)))) as u32
        };
        Self {
            x: along(self.x),
            y: along(self.y),
        }
        .clamped(size)
    }

    /// The same place in a picture of another size: this is a pixel of a `from`² picture.
    pub fn scaled(self, from: u32, to: u32) -> Self {
        if to < from {
            self.cell(from, to)
        } else {
            self.pixel(to, from)
        }
    }

    /// The point on the other side of a `side`² grid's vertical middle line.
    pub fn mirrored(self, side: u32) -> Self {
        Self {
            x: side.saturating_sub(1).saturating_sub(self.x),
            y: self.y,
        }
        .clamped(side)
    }

    /// The point's index in a `side`² grid, `y·side + x`.
    pub fn index(self, side: u32) -> usize {
        self.y as usize * side as usize + self.x as usize
    }

    /// The point of that index in a `side`² grid.
    pub fn of_index(index: usize, side: u32) -> Self {
        let side = side.max(1) as usize;
        Self {
            x: (index % side) as u32,
            y: (index / side) as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_pixel_falls_into_the_cell_above_it() {
        let pixel = Point { x: 22, y: 63 };
        assert_eq!(pixel.cell(64, 16), Point { x: 5, y: 15 });
        assert_eq!(pixel.cell(64, 32), Point { x: 11, y: 31 });
    }

    #[test]
    fn fractions_outside_the_picture_mark_its_edge() {
        assert_eq!(Point::at_fraction(-0.2, 1.0, 64), Point { x: 0, y: 63 });
        assert_eq!(Point::at_fraction(f64::NAN, 0.5, 64), Point { x: 0, y: 32 });
    }

    proptest! {
        #[test]
        fn the_middle_of_a_cell_lies_in_it(x in 0u32..64, y in 0u32..64, stages in 0u32..3) {
            let (side, size) = (64 >> stages, 64);
            let cell = Point { x, y }.clamped(side);
            prop_assert_eq!(cell.pixel(size, side).cell(size, side), cell);
        }

        #[test]
        fn a_place_is_the_same_in_a_picture_of_another_size(x in 0u32..32, y in 0u32..32) {
            let p = Point { x, y };
            prop_assert_eq!(p.scaled(32, 32), p);
            prop_assert_eq!(p.scaled(32, 64).scaled(64, 32), p);
            // The middle of what the pixel covers.
            prop_assert_eq!(p.scaled(32, 64), Point { x: 2 * x + 1, y: 2 * y + 1 });
            // Both pictures' coarser grids agree on where it is.
            prop_assert_eq!(p.scaled(32, 64).cell(64, 16), p.cell(32, 16));
        }

        #[test]
        fn a_mirrored_point_comes_back(x in 0u32..64, y in 0u32..64) {
            let p = Point { x, y };
            prop_assert_eq!(p.mirrored(64).mirrored(64), p);
            prop_assert_eq!(p.mirrored(64).x + x, 63);
        }

        #[test]
        fn a_line_goes_from_end_to_end_without_a_gap(a in 0usize..1024, b in 0usize..1024) {
            let (a, b) = (Point::of_index(a, 32), Point::of_index(b, 32));
            let line: Vec<Point> = a.line_to(b).collect();
            prop_assert_eq!((line.first(), line.last()), (Some(&a), Some(&b)));
            let near = |pair: &[Point]| {
                let [dx, dy] = [pair[0].x.abs_diff(pair[1].x), pair[0].y.abs_diff(pair[1].y)];
                dx.max(dy) == 1
            };
            prop_assert!(line.windows(2).all(near), "{:?}", line);
        }

        #[test]
        fn an_index_and_its_point_are_the_same(index in 0usize..1024) {
            prop_assert_eq!(Point::of_index(index, 32).index(32), index);
        }

        #[test]
        fn moving_stays_inside(x in 0u32..64, y in 0u32..64, dx in -100i32..100, dy in -100i32..100) {
            let p = Point { x, y }.moved(dx, dy, 64);
            prop_assert!(p.x < 64 && p.y < 64);
        }
    }
}
