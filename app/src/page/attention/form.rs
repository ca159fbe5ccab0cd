//! A free form: cells of a grid over the picture, as a line drawn around them takes them in.

use super::pixel::Point;

/// The most columns and rows of its grid. Forms of a finer layer are made of larger cells than its
/// own, so that a form stays small enough to be copied about and to stand in an address.
pub const FINEST: u32 = 32;

/// Cells of a grid over the picture; at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Columns and rows of the grid, at most [`FINEST`].
    side: u32,
    /// Of each row, a bit a column, the lowest the leftmost.
    rows: [u32; FINEST as usize],
}

impl Form {
    /// The cells whose middles a closed line goes around. Its corners are in parts of the picture's
    /// width and height, and may lie outside. What it goes around twice is in it all the same.
    /// `None` if there is no such cell.
    pub fn within(line: &[(f64, f64)], side: u32) -> Option<Self> {
        let side = side.clamp(1, FINEST);
        let middle = |v: u32| (f64::from(v) + 0.5) / f64::from(side);
        Self::of(side, |Point { x, y }| {
            turns_around((middle(x), middle(y)), line) != 0
        })
    }

    /// One cell of a grid.
    pub fn of_cell(cell: Point, side: u32) -> Self {
        let side = side.clamp(1, FINEST);
        let cell = cell.clamped(side);
        let mut rows = [0; FINEST as usize];
        rows[cell.y as usize] = 1 << cell.x;
        Self { side, rows }
    }

    fn of(side: u32, holds: impl Fn(Point) -> bool) -> Option<Self> {
        let mut rows = [0; FINEST as usize];
        for index in 0..(side * side) as usize {
            let cell = Point::of_index(index, side);
            if holds(cell) {
                rows[cell.y as usize] |= 1 << cell.x;
            }
        }
        let some = rows.iter().any(|&row| row != 0);
        some.then_some(Self { side, rows })
    }

    /// Columns and rows of its grid.
    pub fn side(self) -> u32 {
        self.side
    }

    /// How many cells it has.
    pub fn count(self) -> u32 {
        self.rows.iter().map(|row| row.count_ones()).sum()
    }

    /// Whether a cell of a `side`² grid over the same picture holds any of it.
    pub fn touches(self, cell: Point, side: u32) -> bool {
        if side >= self.side {
            return self.has(cell.cell(side, self.side));
        }
        let finer = |v: u32| (v * self.side).div_ceil(side)..((v + 1) * self.side).div_ceil(side);
        finer(cell.y).any(|y| finer(cell.x).any(|x| self.has(Point { x, y })))
    }

    /// The corners of the smallest rectangle of its own cells that holds it.
    pub fn corners(self) -> (Point, Point) {
        let taken = self.rows.iter().fold(0, |all, row| all | row);
        let mut rows = (0..self.side).filter(|&y| self.rows[y as usize] != 0);
        let top = rows.next().unwrap_or_default();
        let first = Point {
            x: taken.trailing_zeros(),
            y: top,
        };
        let last = Point {
            x: FINEST - 1 - taken.leading_zeros().min(FINEST - 1),
            y: rows.next_back().unwrap_or(top),
        };
        (first, last)
    }

    /// The form on the other side of the picture's vertical middle line.
    pub fn mirrored(self) -> Self {
        let unused = FINEST - self.side;
        Self {
            rows: self.rows.map(|row| row.reverse_bits() >> unused),
            ..self
        }
    }

    /// The same moved by so many of its cells, never out of the picture.
    pub fn moved(self, dx: i32, dy: i32) -> Self {
        let (first, last) = self.corners();
        let within = |by: i32, first: u32, last: u32| {
            by.clamp(-(first as i32), (self.side - 1 - last) as i32)
        };
        let dx = within(dx, first.x, last.x);
        let dy = within(dy, first.y, last.y);
        let mut rows = [0; FINEST as usize];
        for y in first.y..=last.y {
            let row = self.rows[y as usize];
            rows[y.saturating_add_signed(dy) as usize] = if dx < 0 {
                row >> dx.unsigned_abs()
            } else {
                row << dx
            };
        }
        Self { rows, ..self }
    }

    /// As an address has it: the grid's side, the corner and the extent of the rectangle around it,
    /// and that rectangle's cells from the top left, four to a hexadecimal digit, the first the
    /// highest bit.
    pub fn write(self) -> String {
        let (first, last) = self.corners();
        let (width, height) = (last.x - first.x + 1, last.y - first.y + 1);
        let bits: Vec<bool> = (first.y..=last.y)
            .flat_map(|y| (first.x..=last.x).map(move |x| self.has(Point { x, y })))
            .collect();
        let digits: String = bits
            .chunks(4)
            .map(|four| {
                let bit = |place: usize| u32::from(four.get(place) == Some(&true));
                let value = bit(0) << 3 | bit(1) << 2 | bit(2) << 1 | bit(3);
                char::from_digit(value, 16).unwrap_or('0')
            })
            .collect();
        let Point { x, y } = first;
        format!("{}.{x}.{y}.{width}.{height}.{digits}", self.side)
    }

    /// As [`write`](Self::write) has it; `None` if it is no form.
    pub fn read(text: &str) -> Option<Self> {
        let (numbers, digits) = text.rsplit_once('.')?;
        let numbers: Option<Vec<u32>> = numbers.split('.').map(|text| text.parse().ok()).collect();
        let [side, x, y, width, height] = numbers?[..] else {
            return None;
        };
        let fits = |first: u32, extent: u32| {
            extent >= 1 && first < side && extent <= side && first + extent <= side
        };
        if side > FINEST || !fits(x, width) || !fits(y, height) {
            return None;
        }
        let values: Option<Vec<u32>> = digits.chars().map(|digit| digit.to_digit(16)).collect();
        let (values, cells) = (values?, (width * height) as usize);
        if values.len() != cells.div_ceil(4) {
            return None;
        }
        let bit = |place: usize| values[place / 4] >> (3 - place % 4) & 1 == 1;
        if (cells..4 * values.len()).any(bit) {
            return None;
        }
        Self::of(side, |cell| {
            let inside = (x..x + width).contains(&cell.x) && (y..y + height).contains(&cell.y);
            inside && bit(((cell.y - y) * width + cell.x - x) as usize)
        })
    }

    fn has(self, cell: Point) -> bool {
        self.rows[cell.y as usize] >> cell.x & 1 == 1
    }
}

/// How often a closed line goes around a point; to the left counts against to the right.
fn turns_around((x, y): (f64, f64), line: &[(f64, f64)]) -> i32 {
    let edges = line.iter().zip(line.iter().cycle().skip(1));
    edges
        .map(|(&(ax, ay), &(bx, by))| {
            // Left of the edge, as one goes along it, where this is above zero.
            let side = (bx - ax) * (y - ay) - (x - ax) * (by - ay);
            if ay <= y && y < by && side > 0.0 {
                1
            } else if by <= y && y < ay && side < 0.0 {
                -1
            } else {
                0
            }
        })
        .sum()
}

#[cfg(test)]
pub(in crate::page) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    pub(in crate::page) fn some_form() -> impl Strategy<Value = Form> {
        let line = prop::collection::vec((-0.1f64..1.1, -0.1f64..1.1), 3..9);
        let side = prop::sample::select(vec![1u32, 7, 16, 32]);
        let cell = (0u32..32, 0u32..32).prop_map(|(x, y)| Point { x, y });
        (line, side, cell).prop_map(|(line, side, cell)| {
            Form::within(&line, side).unwrap_or(Form::of_cell(cell, side))
        })
    }

    fn cells(form: Form, side: u32) -> Vec<usize> {
        let all = 0..(side * side) as usize;
        all.filter(|&index| form.touches(Point::of_index(index, side), side))
            .collect()
    }

    #[test]
    fn a_line_takes_in_the_cells_whose_middles_it_goes_around() {
        // A triangle over the left half: the middles below the diagonal.
        let triangle = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
        let form = Form::within(&triangle, 4).unwrap();
        // On the diagonal itself the left edge's side decides; off it there is no doubt.
        for index in 0..16 {
            let Point { x, y } = Point::of_index(index, 4);
            if x != y {
                assert_eq!(form.touches(Point { x, y }, 4), x < y, "({x}, {y})");
            }
        }
        // Drawn the other way round, and twice around, it is the same.
        let back: Vec<_> = triangle.iter().rev().copied().collect();
        let off = |form: Form| {
            cells(form, 4)
                .into_iter()
                .filter(|i| i % 5 != 0)
                .collect::<Vec<_>>()
        };
        assert_eq!(off(Form::within(&back, 4).unwrap()), off(form));
        let twice: Vec<_> = triangle.iter().chain(&triangle).copied().collect();
        assert_eq!(off(Form::within(&twice, 4).unwrap()), off(form));
        // Between the middles there is none, and a line of two points goes around nothing.
        assert_eq!(
            Form::within(&[(0.3, 0.3), (0.35, 0.3), (0.3, 0.35)], 4),
            None
        );
        assert_eq!(Form::within(&[(0.0, 0.0), (1.0, 0.9)], 4), None);
    }

    #[test]
    fn what_is_no_form_is_not_read() {
        let form = Form::read("32.30.31.2.1.c").unwrap();
        assert_eq!(
            (form.count(), form.corners().0),
            (2, Point { x: 30, y: 31 })
        );
        for text in [
            "",
            "32.30.31.2.1",
            "33.0.0.2.1.c",
            "0.0.0.1.1.8",
            "32.31.31.2.1.c",
            "32.4294967295.0.2.1.c",
            "32.30.31.2.1.cc",
            "32.30.31.2.1.d",
            "32.30.31.2.1.0",
            "32.30.31.2.1.g",
            "32.30.31.2.0.",
            "32.1.30.31.2.1.c",
        ] {
            assert_eq!(Form::read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(form in some_form()) {
            prop_assert_eq!(Form::read(&form.write()), Some(form));
            prop_assert!(form.write().len() < 280);
        }

        /// A ray to the right crosses the line an odd number of times: as many turns as crossings,
        /// where a line does not cross itself.
        #[test]
        fn a_star_holds_what_a_ray_says(radii in prop::collection::vec(0.1f64..0.6, 5..12), x in 0.3f64..0.7, y in 0.3f64..0.7) {
            let count = radii.len() as f64;
            let corner = |(index, radius): (usize, &f64)| {
                let angle = std::f64::consts::TAU * index as f64 / count;
                (x + radius * angle.cos(), y + radius * angle.sin())
            };
            let line: Vec<_> = radii.iter().enumerate().map(corner).collect();
            let inside = |px: f64, py: f64| {
                let edges = line.iter().zip(line.iter().cycle().skip(1));
                let crossed = edges.filter(|((ax, ay), (bx, by))| {
                    (ay > &py) != (by > &py) && px < ax + (bx - ax) * (py - ay) / (by - ay)
                });
                crossed.count() % 2 == 1
            };
            let form = Form::within(&line, 16);
            for index in 0..256 {
                let cell = Point::of_index(index, 16);
                let middle = |v: u32| (f64::from(v) + 0.5) / 16.0;
                let held = form.is_some_and(|form| form.touches(cell, 16));
                prop_assert_eq!(held, inside(middle(cell.x), middle(cell.y)), "{:?}", cell);
            }
        }

        #[test]
        fn a_coarser_cell_touches_it_if_any_finer_one_does(form in some_form(), side in prop::sample::select(vec![1u32, 4, 8, 16, 32, 64])) {
            let fine = form.side().max(side) * 2;
            let mut wanted: Vec<usize> = cells(form, fine)
                .into_iter()
                .map(|index| Point::of_index(index, fine).cell(fine, side).index(side))
                .collect();
            wanted.sort_unstable();
            wanted.dedup();
            if form.side().is_multiple_of(side) || side.is_multiple_of(form.side()) {
                prop_assert_eq!(cells(form, side), wanted);
            }
            prop_assert!(!cells(form, side).is_empty());
        }

        #[test]
        fn mirrored_twice_it_is_itself_and_moved_it_keeps_its_cells(form in some_form(), dx in -40i32..40, dy in -40i32..40) {
            prop_assert_eq!(form.mirrored().mirrored(), form);
            prop_assert_eq!(form.mirrored().corners().0.x, form.side() - 1 - form.corners().1.x);
            let moved = form.moved(dx, dy);
            prop_assert_eq!(moved.count(), form.count());
            let (a, b) = (form.corners().0, moved.corners().0);
            let there = moved.moved(a.x as i32 - b.x as i32, a.y as i32 - b.y as i32);
            prop_assert_eq!(there, form);
        }
    }
}
