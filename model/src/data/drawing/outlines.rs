//! Closed outlines about the origin, of about unit radius, by signed distance (negative inside).
//!
//! Square, hexagon, star and heart after Inigo Quilez, "2D distance functions".

use super::shapes::{Point, hypot};

/// A shape that can be told from the others at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outline {
    Disc,
    Square,
    Hexagon,
    Flower,
    Star,
    Heart,
}

impl Outline {
    pub(crate) const ALL: [Self; 6] = [
        Self::Disc,
        Self::Square,
        Self::Hexagon,
        Self::Flower,
        Self::Star,
        Self::Heart,
    ];

    /// Signed distance from `at` to the edge, exact to first order near it.
    pub(crate) fn distance(self, at: Point) -> f32 {
        match self {
            Self::Disc => hypot(at[0], at[1]) - 0.92,
            Self::Square => square(at, 0.55) - 0.27,
            Self::Hexagon => hexagon(at, 0.62) - 0.24,
            Self::Flower => flower(at),
            Self::Star => star(at, 0.88, 0.52) - 0.13,
            Self::Heart => heart([0.64 * at[0], 0.64 * at[1] + 0.56]) / 0.64 - 0.06,
        }
    }
}

fn square([x, y]: Point, half: f32) -> f32 {
    let (x, y) = (x.abs() - half, y.abs() - half);
    hypot(x.max(0.0), y.max(0.0)) + x.max(y).min(0.0)
}

/// `apothem`: from the middle to a side.
fn hexagon([x, y]: Point, apothem: f32) -> f32 {
    let (x, y) = (x.abs(), y.abs());
    let along = (0.5 * y - 0.866_025_4 * x).min(0.0);
    let (x, y) = (x + 2.0 * 0.866_025_4 * along, y - along);
    let x = x - x.clamp(-0.577_350_26 * apothem, 0.577_350_26 * apothem);
    hypot(x, y - apothem) * (y - apothem).signum()
}

/// Five round petals about a disc.
fn flower(at: Point) -> f32 {
    const PETALS: [Point; 5] = [
        [0.0, 0.57],
        [-0.542_102_2, 0.176_139_7],
        [-0.335_037_6, -0.461_139_7],
        [0.335_037_6, -0.461_139_7],
        [0.542_102_2, 0.176_139_7],
    ];
    PETALS
        .iter()
        .map(|petal| hypot(at[0] - petal[0], at[1] - petal[1]) - 0.41)
        .fold(hypot(at[0], at[1]) - 0.5, f32::min)
}

/// Five points of radius `outer`; `inner` says how blunt they are, from 0 to 1.
fn star([x, y]: Point, outer: f32, inner: f32) -> f32 {
    const A: Point = [0.809_017, -0.587_785_24];
    const B: Point = [-0.809_017, -0.587_785_24];
    let fold = |[x, y]: Point, k: Point| {
        let over = 2.0 * (k[0] * x + k[1] * y).max(0.0);
        [x - over * k[0], y - over * k[1]]
    };
    let [x, y] = fold(fold([x.abs(), y], A), B);
    let (x, y) = (x.abs(), y - outer);
    let (bx, by) = (inner * 0.587_785_24, inner * 0.809_017 - 1.0);
    let part = ((x * bx + y * by) / (bx * bx + by * by)).clamp(0.0, outer);
    hypot(x - bx * part, y - by * part) * (y * bx - x * by).signum()
}

/// Point at the origin, lobes above it.
fn heart([x, y]: Point) -> f32 {
    let x = x.abs();
    if x + y > 1.0 {
        return hypot(x - 0.25, y - 0.75) - 0.353_553_4;
    }
    let half = 0.5 * (x + y).max(0.0);
    let near = hypot(x, y - 1.0).min(hypot(x - half, y - half));
    near * (x - y).signum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signs are right in the middle and far out, slopes are about one at the edge (so that it is
    /// smoothed over one pixel), and nothing reaches beyond the unit circle by much.
    #[test]
    fn outlines_are_closed_and_have_even_edges() {
        for outline in Outline::ALL {
            assert!(outline.distance([0.0, 0.0]) < -0.4, "{outline:?}");
            let mut edges = 0;
            for step in 0..360 {
                let angle = (step as f32 + 0.5).to_radians();
                let ray = [libm::cosf(angle), libm::sinf(angle)];
                let at = |radius: f32| outline.distance([ray[0] * radius, ray[1] * radius]);
                assert!(at(1.15) > 0.0, "{outline:?} at {step} degrees");
                let (mut low, mut high) = (0.0, 1.15);
                for _ in 0..24 {
                    let middle = 0.5 * (low + high);
                    if at(middle) < 0.0 {
                        low = middle;
                    } else {
                        high = middle;
                    }
                }
                let [x, y] = [ray[0] * low, ray[1] * low];
                let d = |dx: f32, dy: f32| outline.distance([x + dx, y + dy]);
                let slope = hypot(
                    (d(1e-3, 0.0) - d(-1e-3, 0.0)) / 2e-3,
                    (d(0.0, 1e-3) - d(0.0, -1e-3)) / 2e-3,
                );
                edges += usize::from((0.9..1.1).contains(&slope));
            }
            assert!(edges > 340, "{outline:?}: {edges} of 360 edges are even");
        }
    }
}
