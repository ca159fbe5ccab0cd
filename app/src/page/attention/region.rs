//! A part of a picture: a rectangle of pixels, or of a layer's cells, or a free form within one.

use super::form::Form;
use super::pixel::Point;

/// A rectangle; both corners are in it. With a form it is the smallest that holds that, and only what
/// the form touches is in the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Its corner at the top left.
    first: Point,
    /// Its corner at the bottom right.
    last: Point,
    /// What of it is meant, where it is not all.
    form: Option<Form>,
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
            form: None,
        }
    }

    /// What a form touches in a `side`² grid.
    pub fn of_form(form: Form, side: u32) -> Self {
        let (from, to) = (u64::from(form.side()), u64::from(side));
        let finer = side >= form.side();
        // The first and the last cell of the grid that touch a column or row of the form's.
        let first = |v: u32| match finer {
            true => (u64::from(v) * to).div_ceil(from) as u32,
            false => (u64::from(v) * to / from) as u32,
        };
        let last = |v: u32| match finer {
            true => first(v + 1).saturating_sub(1),
            false => first(v),
        };
        let (a, b) = form.corners();
        Self {
            first: Point {
                x: first(a.x),
                y: first(a.y),
            },
            last: Point {
                x: last(b.x),
                y: last(b.y),
            },
            form: Some(form),
        }
    }

    /// Its form, if it is not the whole rectangle.
    pub fn form(self) -> Option<Form> {
        self.form
    }

    /// The same rectangle with this form, which [`clamped`](Self::clamped) brings in line.
    pub fn of_its_form(self, form: Form) -> Self {
        Self {
            form: Some(form),
            ..self
        }
    }

    /// The rectangle around it.
    pub fn rectangle(self) -> Self {
        Self { form: None, ..self }
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
        if let Some(form) = self.form {
            return Self::of_form(form, side);
        }
        Self {
            first: self.first.clamped(side),
            last: self.last.clamped(side),
            form: None,
        }
    }

    /// The same with its corner at the bottom right moved, never past the other one, nor out of a
    /// `side`² grid. A form has no such corner: it is moved as a whole.
    pub fn stretched(self, dx: i32, dy: i32, side: u32) -> Self {
        if self.form.is_some() {
            return self.moved(dx, dy, side);
        }
        let Point { x, y } = self.last.moved(dx, dy, side);
        Self {
            last: Point {
                x: x.max(self.first.x),
                y: y.max(self.first.y),
            },
            ..self
        }
    }

    /// The same moved, as a whole and never out of a `side`² grid; a form by whole cells of its own.
    pub fn moved(self, dx: i32, dy: i32, side: u32) -> Self {
        if let Some(form) = self.form {
            let cells = |by: i32| {
                let whole = (u64::from(by.unsigned_abs()) * u64::from(form.side()))
                    .div_ceil(u64::from(side.max(1)));
                by.signum() * i32::try_from(whole).unwrap_or(i32::MAX)
            };
            return Self::of_form(form.moved(cells(dx), cells(dy)), side);
        }
        let along = |by: i32, first: u32, last: u32| {
            let room = i64::from(side) - 1 - i64::from(last);
            i64::from(by).clamp(-i64::from(first), room.max(0)) as i32
        };
        let dx = along(dx, self.first.x, self.last.x);
        let dy = along(dy, self.first.y, self.last.y);
        Self {
            first: self.first.moved(dx, dy, side),
            last: self.last.moved(dx, dy, side),
            form: None,
        }
    }

    /// The region on the other side of a `side`² grid's vertical middle line.
    pub fn mirrored(self, side: u32) -> Self {
        if let Some(form) = self.form {
            return Self::of_form(form.mirrored(), side);
        }
        Self::between(self.first.mirrored(side), self.last.mirrored(side))
    }

    /// The cells of a `side`² grid that hold any of its pixels of a `size`² picture.
    pub fn cells(self, size: u32, side: u32) -> Self {
        if let Some(form) = self.form {
            return Self::of_form(form, side);
        }
        Self {
            first: self.first.cell(size, side),
            last: self.last.cell(size, side),
            form: None,
        }
    }

    /// The same part of a picture of another size: this is one of a `from`² picture.
    pub fn scaled(self, from: u32, to: u32) -> Self {
        if to <= from || self.form.is_some() {
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
            form: None,
        }
    }

    /// The point in the middle of the rectangle, the lower right of the four where the middle lies between them.
    pub fn middle(self) -> Point {
        let along = |first: u32, last: u32| first + (last - first).div_ceil(2);
        Point {
            x: along(self.first.x, self.last.x),
            y: along(self.first.y, self.last.y),
        }
    }

    /// Columns and rows of the rectangle.
    pub fn extent(self) -> (u32, u32) {
        (
            self.last.x - self.first.x + 1,
            self.last.y - self.first.y + 1,
        )
    }

    /// The indices of its points in a `side`² grid, in order.
    pub fn indices(self, side: u32) -> impl Iterator<Item = usize> + Clone {
        let rows = self.first.y..=self.last.y;
        rows.flat_map(move |y| (self.first.x..=self.last.x).map(move |x| Point { x, y }))
            .filter(move |&point| self.holds(point, side))
            .map(move |point| point.index(side))
    }

    /// Its outline as an SVG path, where a point of its `side`² grid is `edge` wide and the grid's
    /// corner lies at `(left, top)`.
    pub fn outline(self, side: u32, edge: f64, (left, top): (f64, f64)) -> String {
        let Some(form) = self.form else {
            let (width, height) = self.extent();
            let at = |from: f64, along: u32| from + edge * f64::from(along);
            let (x, y) = (at(left, self.first.x), at(top, self.first.y));
            let [width, height] = [width, height].map(|cells| at(0.0, cells));
            return format!("M{x:.2} {y:.2}h{width:.2}v{height:.2}h-{width:.2}Z");
        };
        // A grid as fine as the form's shows all of it.
        let grid = side.min(form.side());
        let edge = edge * f64::from(side) / f64::from(grid);
        let holds = |x: Option<u32>, y: Option<u32>| {
            let point = x.zip(y).filter(|&(x, y)| x < grid && y < grid);
            point.is_some_and(|(x, y)| form.touches(Point { x, y }, grid))
        };
        let mut path = String::new();
        for line in 0..=grid {
            for along in 0..grid {
                let (before, at) = (line.checked_sub(1), Some(line));
                let [x, y] =
                    [left, top].map(|from| move |cells: u32| from + edge * f64::from(cells));
                if holds(Some(along), before) != holds(Some(along), at) {
                    path += &format!("M{:.2} {:.2}h{edge:.2}", x(along), y(line));
                }
                if holds(before, Some(along)) != holds(at, Some(along)) {
                    path += &format!("M{:.2} {:.2}v{edge:.2}", x(line), y(along));
                }
            }
        }
        path
    }

    fn holds(self, point: Point, side: u32) -> bool {
        self.form.is_none_or(|form| form.touches(point, side))
    }
}

#[cfg(test)]
mod tests {
    use super::super::form::tests::some_form;
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

    #[test]
    fn the_outline_of_a_form_goes_around_its_cells() {
        // Three cells around a corner of a 4×4 grid.
        let form = Form::read("4.1.1.2.2.e").unwrap_or(Form::of_cell(Point { x: 0, y: 0 }, 4));
        let region = Region::of_form(form, 8);
        assert_eq!(
            (region.first(), region.extent()),
            (Point { x: 2, y: 2 }, (4, 4))
        );
        assert_eq!(region.indices(8).count(), 12);
        let outline = region.outline(8, 1.0, (0.0, 10.0));
        assert_eq!(outline.matches('M').count(), 8, "{outline}");
        assert!(outline.contains("M2.00 12.00h2.00") && outline.contains("M6.00 12.00v2.00"));
        assert!(
            !outline.contains("M4.00 16.00h2.00"),
            "not around the missing cell"
        );
        let rectangle = region.rectangle();
        assert_eq!(rectangle.indices(8).count(), 16);
        assert_eq!(
            rectangle.outline(8, 0.5, (1.0, 0.0)),
            "M2.00 1.00h2.00v2.00h-2.00Z"
        );
    }

    proptest! {
        #[test]
        fn a_form_is_the_same_cells_however_it_is_come_by(form in some_form(), dx in -9i32..9, dy in -9i32..9) {
            let region = Region::of_form(form, 64);
            prop_assert_eq!(region.clamped(64), region);
            prop_assert_eq!(region.scaled(64, 32).scaled(32, 64), region);
            prop_assert_eq!(region.mirrored(64).mirrored(64), region);
            prop_assert_eq!(region.mirrored(64).form(), Some(form.mirrored()));
            for side in [16, 32] {
                let cells = region.cells(64, side);
                prop_assert_eq!(cells, Region::of_form(form, side));
                prop_assert!(cells.indices(side).next().is_some());
                let touched = (0..(side * side) as usize).filter(|&index| form.touches(Point::of_index(index, side), side));
                prop_assert_eq!(cells.indices(side).collect::<Vec<_>>(), touched.collect::<Vec<_>>());
            }
            prop_assert_eq!(region.moved(dx, dy, 64).form().map(Form::count), Some(form.count()));
            prop_assert_eq!(region.stretched(dx, dy, 64), region.moved(dx, dy, 64));
        }

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
