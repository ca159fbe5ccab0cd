//! Plane shapes by signed distance, and the anti-aliased cover that a distance gives.
//!
//! Only arithmetic, square roots and `libm` are used, so every machine gets the same bits.

/// A point or direction in the plane.
pub(crate) type Point = [f32; 2];

/// How much of a pixel of width `pixel` lies inside of a shape whose edge is `distance` away
/// (negative inside): 1 inside, 0 outside, a smooth step about one pixel wide between.
pub(crate) fn cover(distance: f32, pixel: f32) -> f32 {
    let t = (0.5 - distance / (1.5 * pixel)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Cover of a line whose middle is `distance` away and whose half width is `half`. A line thinner
/// than a pixel fades instead of breaking up.
pub(crate) fn stroke(distance: f32, half: f32, pixel: f32) -> f32 {
    let drawn = half.max(0.4 * pixel);
    cover(distance - drawn, pixel) * (half / drawn)
}

/// Distance from `at` to the segment from `a` to `b`.
pub(crate) fn to_segment(at: Point, a: Point, b: Point) -> f32 {
    let (along, from) = ([b[0] - a[0], b[1] - a[1]], [at[0] - a[0], at[1] - a[1]]);
    let length = along[0] * along[0] + along[1] * along[1];
    let t = ((from[0] * along[0] + from[1] * along[1]) / length.max(1e-12)).clamp(0.0, 1.0);
    hypot(from[0] - t * along[0], from[1] - t * along[1])
}

/// Length of (x, y). Square roots are correctly rounded everywhere; `f32::hypot` is not.
pub(crate) fn hypot(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

/// An ellipse that starts at `root` and lies along a direction; it may widen towards its far end
/// and bend sideways, as a wing does.
#[derive(Clone, Debug)]
pub(crate) struct Egg {
    pub(crate) root: Point,
    direction: Point,
    /// Half the length.
    long: f32,
    /// Half the width at the middle.
    wide: f32,
    /// Part by which the width grows from the middle to the far end.
    taper: f32,
    /// Sideways shift of both ends against the middle.
    bend: f32,
}

impl Egg {
    /// `angle` in radians from the first axis towards the second; lengths are half axes.
    pub(crate) fn new(
        root: Point,
        angle: f32,
        long: f32,
        wide: f32,
        taper: f32,
        bend: f32,
    ) -> Self {
        let direction = [libm::cosf(angle), libm::sinf(angle)];
        Self {
            root,
            direction,
            long,
            wide,
            taper,
            bend,
        }
    }

    /// Coordinates of `at` along and across the shape, measured from its middle.
    fn local(&self, at: Point) -> Point {
        let [x, y] = [at[0] - self.root[0], at[1] - self.root[1]];
        let [dx, dy] = self.direction;
        let along = x * dx + y * dy - self.long;
        let part = along / self.long;
        [along, y * dx - x * dy - self.bend * part * part]
    }

    /// How far along the shape `at` is: -1 at the root, 1 at the far end.
    pub(crate) fn along(&self, at: Point) -> f32 {
        self.local(at)[0] / self.long
    }

    /// The point at `along` and `across`, each in parts (-1 to 1) of the half axes.
    pub(crate) fn point(&self, along: f32, across: f32) -> Point {
        let [dx, dy] = self.direction;
        let p = self.long * (along + 1.0);
        let q = self.width(along) * across + self.bend * along * along;
        [
            self.root[0] + p * dx - q * dy,
            self.root[1] + p * dy + q * dx,
        ]
    }

    fn width(&self, along: f32) -> f32 {
        self.wide * (1.0 + self.taper * along.clamp(-1.2, 1.2))
    }

    /// Signed distance from `at` to the edge, negative inside: exact to first order near the edge.
    pub(crate) fn distance(&self, at: Point) -> f32 {
        let [p, q] = self.local(at);
        let wide = self.width(p / self.long);
        let (p, q) = (p / self.long, q / wide);
        let radius = hypot(p, q);
        let slope = hypot(p / self.long, q / wide);
        if radius < 1e-3 {
            return -wide.min(self.long);
        }
        radius * (radius - 1.0) / slope
    }
}
