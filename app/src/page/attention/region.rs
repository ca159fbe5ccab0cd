//! A rectangle of pixels, or of a layer's cells.

use super::pixel::Point;

/// A rectangle; both corners are in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Its corner at the top left.
    first: Point,
    /// Its corner at the bottom right.
    last: Point,
}

impl Region {
    /// The smallest that holds both points.
    pub fn between(a: Point, b: Point) -> Self {
        Self {
            first: Point {
                x: a.x.min(b.x),
                y: a.y.min(b.y),
            },
            last: Point {
                x: a.x.max(b.x),
                y: a.y.max(b.y),
            },
        }
    }

    /// Its corner at the top left.
    pub fn first(self) -> Point {
        self.first
    }

    /// Its corner at the bottom right.
    pub fn last(self) -> Point {
        self.last
    }

    /// The part of it inside a `side`² grid, or the nearest point.
    pub fn clamped(self, side: u32) -> Self {
        Self {
            first: self.first.clamped(side),
            last: self.last.clamped(side),
        }
    }

    /// The same with its corner at the bottom right moved, never past the other one, nor out of a
    /// `side`² grid.
    pub fn stretched(self, dx: i32, dy: i32, side: u32) -> Self {
        let Point { x, y } = self.last.moved(dx, dy, side);
        Self {
            last: Point {
                x: x.max(self.first.x),
                y: y.max(self.first.y),
            },
            ..self
        }
    }

    /// The same moved, as a whole and never out of a `side`² grid.
    pub fn moved(self, dx: i32, dy: i32, side: u32) -> Self {
        let along = |by: i32, first: u32, last: u32| {
            let room = i64::from(side) - 1 - i64::from(last);
            i64::from(by).clamp(-i64::from(first), room.max(0)) as i32
        };
        let dx = along(dx, self.first.x, self.last.x);
        let dy = along(dy, self.first.y, self.last.y);
        Self {
            first: self.first.moved(dx, dy, side),
            last: self.last.moved(dx, dy, side),
        }
    }

    /// The region on the other side of a `side`² grid's vertical middle line.
    pub fn mirrored(self, side: u32) -> Self {
        Self::between(self.first.mirrored(side), self.last.mirrored(side))
    }

    /// The cells of a `side`² grid that hold any of its pixels of a `size`² picture.
    pub fn cells(self, size: u32, side: u32) -> Self {
        Self {
            first: self.first.cell(size, side),
            last: self.last.cell(size, side),
        }
    }

    /// The same part of a picture of another size: this is one of a `from`² picture.
    pub fn scaled(self, from: u32, to: u32) -> Self {
        if to <= from {
            return self.cells(from, to);
        }
        let along = |v: u32| (u64::from(v) * u64::from(to) / u64::from(from.max(1))) as u32;
        let Point { x, y } = self.last;
        Self {
            first: Point {
                x: along(self.first.x),
                y: along(self.first.y),
            },
            last: Point {
                x: along(x + 1).saturating_sub(1),
                y: along(y + 1).saturating_sub(1),
            },
        }
    }

    /// The point in its middle, the lower right of the four where the middle lies between them.
    pub fn middle(self) -> Point {
        let along = |first: u32, last: u32| first + (last - first).div_ceil(2);
        Point {
            x: along(self.first.x, self.last.x),
            y: along(self.first.y, self.last.y),
        }
    }

    /// Columns and rows.
    pub fn extent(self) -> (u32, u32) {
        (
            self.last.x - self.first.x + 1,
            self.last.y - self.first.y + 1,
        )
    }

    /// The indices of its points in a `side`² grid, in order.
    pub fn indices(self, side: u32) -> impl Iterator<Item = usize> + Clone {
        let rows = self.first.y..=self.last.y;
        rows.flat_map(move |y| {
            (self.first.x..=self.last.x).map(move |x| Point { x, y }.index(side))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = Point> {
        (0u32..64, 0u32..64).prop_map(|(x, y)| Point { x, y })
    }

    #[test]
    fn a_region_is_the_same_from_whichever_corner() {
        let (a, b) = (Point { x: 9, y: 2 }, Point { x: 4, y: 3 });
        let region = Region::between(a, b);
        assert_eq!(region, Region::between(b, a));
        assert_eq!(
            (region.extent(), region.middle()),
            ((6, 2), Point { x: 7, y: 3 })
        );
        assert_eq!(region.stretched(-9, 100, 64).extent(), (1, 62));
        assert_eq!(region.indices(64).count(), 12);
        assert_eq!(region.indices(64).next(), Some(2 * 64 + 4));
    }

    #[test]
    fn a_region_keeps_its_extent_wherever_it_goes() {
        let region = Region::between(Point { x: 4, y: 2 }, Point { x: 9, y: 3 });
        let mirrored = region.mirrored(64);
        assert_eq!(
            mirrored,
            Region::between(Point { x: 54, y: 2 }, Point { x: 59, y: 3 })
        );
        for (dx, dy, corner) in [(1, 1, (5, 3)), (-9, -9, (0, 0)), (99, 99, (58, 62))] {
            let moved = region.moved(dx, dy, 64);
            assert_eq!((moved.first.x, moved.first.y), corner);
            assert_eq!(moved.extent(), region.extent());
        }
    }

    #[test]
    fn a_region_covers_the_same_part_of_a_larger_picture() {
        let region = Region::between(Point { x: 3, y: 0 }, Point { x: 5, y: 31 });
        let larger = region.scaled(32, 64);
        assert_eq!(larger.first(), Point { x: 6, y: 0 });
        assert_eq!(larger.last(), Point { x: 11, y: 63 });
        assert_eq!(larger.scaled(64, 32), region);
    }

    proptest! {
        #[test]
        fn cells_hold_each_of_its_pixels_and_none_is_idle(a in point(), b in point()) {
            let region = Region::between(a, b);
            let cells = region.cells(64, 16);
            let mut wanted: Vec<usize> = region
                .indices(64)
                .map(|index| Point::of_index(index, 64).cell(64, 16).index(16))
                .collect();
            wanted.sort_unstable();
            wanted.dedup();
            prop_assert_eq!(cells.indices(16).collect::<Vec<_>>(), wanted);
        }
    }
}
