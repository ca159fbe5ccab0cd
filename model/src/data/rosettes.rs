//! Rosettes: flowers of three to eight equal sectors. All that a sector shows, freckles included,
//! stands in every other sector too, turned.

use super::drawing::colour::{Colour, blend, hsl, mix};
use super::drawing::dice::{Dice, Tag};
use super::drawing::frame::Frame;
use super::drawing::freckles::Freckles;
use super::drawing::shapes::{Egg, Point, cover, hypot};
use super::scene::Scene;

/// Fewest and most sectors.
const SECTORS: (usize, usize) = (3, 8);

/// A flower with k-fold symmetry.
#[derive(Clone, Debug)]
pub struct Rosette {
    frame: Frame,
    background: Colour,
    /// Directions of the front petals, each a sector's middle.
    spokes: Vec<Point>,
    /// Half a sector's turn: the back petals stand between the front ones.
    half: Point,
    front: Petal,
    back: Petal,
    freckles: Freckles,
    /// Radii and colours of the discs in the middle, from the outside.
    middle: [(f32, Colour); 3],
}

/// A petal along the first axis.
#[derive(Clone, Debug)]
struct Petal {
    shape: Egg,
    inner: Colour,
    outer: Colour,
    rim: Colour,
}

/// Width of a petal's rim, in frame units.
const RIM: f32 = 0.045;

impl Petal {
    /// A petal that ends at a radius within `reach` and is about `room` wide to either side.
    fn new(dice: &mut Dice, hue: f32, reach: (f32, f32), room: f32) -> Self {
        let root = dice.range(0.04, 0.12);
        let long = 0.5 * (dice.range(reach.0, reach.1) - root);
        let (wide, taper) = (room * dice.range(0.85, 1.1), dice.range(0.1, 0.4));
        let saturation = dice.range(0.75, 0.95);
        Self {
            shape: Egg::new([root, 0.0], 0.0, long, wide, taper, 0.0),
            inner: hsl(
                hue + dice.range(-0.12, 0.12),
                saturation,
                dice.range(0.42, 0.66),
            ),
            outer: hsl(hue, saturation, dice.range(0.48, 0.62)),
            rim: hsl(hue, dice.range(0.5, 0.8), dice.range(0.2, 0.3)),
        }
    }

    /// Lays the petal over `colour`.
    fn paint(&self, at: Point, pixel: f32, colour: &mut Colour) {
        let edge = self.shape.distance(at);
        let inside = cover(edge, pixel);
        if inside > 0.0 {
            let part = (0.5 + 0.5 * self.shape.along(at)).clamp(0.0, 1.0);
            let mut paint = mix(self.inner, self.outer, part);
            blend(&mut paint, self.rim, cover(-edge - RIM, pixel));
            blend(colour, paint, inside);
        }
    }
}

impl Rosette {
    /// Rosette number `index` of the stream `seed`: the same on every machine.
    pub fn new(seed: u64, index: u64) -> Self {
        let mut dice = Dice::tagged(Tag::Rosettes, seed, index);
        let count = SECTORS.0 + dice.below(SECTORS.1 - SECTORS.0 + 1);
        let sector = core::f32::consts::TAU / count as f32;
        let half = direction(0.5 * sector);
        let centre = [dice.range(0.47, 0.53), dice.range(0.47, 0.53)];
        let turn = dice.range(0.0, sector);
        let frame = Frame::new(centre, turn, dice.range(0.43, 0.47));
        let background = hsl(dice.unit(), dice.range(0.35, 0.8), dice.range(0.87, 0.94));

        let hue = dice.unit();
        let other = hue + dice.range(0.12, 0.5);
        let size = dice.range(0.18, 0.25);
        // Where petals are widest, half of their length out, a sector is about as wide.
        let room = (0.5 * half[1]).min(0.36);
        let front = Petal::new(&mut dice, hue, (0.75, 0.98), room);
        let back = Petal::new(&mut dice, other, (0.85, 1.0), room);
        let spokes = (0..count).map(|i| direction(i as f32 * sector)).collect();
        let lightness = dice.range(0.5, 0.62);
        let middle = [
            (size, hsl(hue, 0.6, 0.2)),
            (0.78 * size, hsl(other, 0.95, lightness)),
            (0.4 * size, hsl(dice.unit(), 0.9, dice.range(0.75, 0.9))),
        ];
        let mut rosette = Self {
            frame,
            background,
            spokes,
            half,
            front,
            back,
            freckles: Freckles::default(),
            middle,
        };
        rosette.freckles = Freckles::scatter(
            &mut dice,
            9 / count + 1,
            (0.1, 0.14),
            hue,
            |dice| [dice.range(0.25, 0.95), dice.range(-0.55, 0.55)],
            |at, radius| rosette.holds(at, radius),
        );
        rosette
    }

    /// Whether a freckle of this radius lies wholly in the first sector and on one petal.
    fn holds(&self, at: Point, radius: f32) -> bool {
        let border = at[0] * self.half[1] - at[1].abs() * self.half[0];
        let (front, back) = (
            self.front.shape.distance(at),
            self.back.shape.distance(self.of_back(at)),
        );
        let deep = -(radius + RIM);
        border > 1.1 * radius
            && hypot(at[0], at[1]) > self.middle[0].0 + radius
            && (front < deep || front > radius && back < deep)
    }

    /// A position of the frame in its sector's coordinates: the first axis is the sector's middle.
    fn folded(&self, at: Point) -> Point {
        let along = |spoke: &Point| at[0] * spoke[0] + at[1] * spoke[1];
        let mut best = [f32::MIN, 0.0];
        for spoke in &self.spokes {
            let first = along(spoke);
            if first > best[0] {
                best = [first, at[1] * spoke[0] - at[0] * spoke[1]];
            }
        }
        best
    }

    /// A sector's position in the coordinates of the nearer one of its two back petals, which stand
    /// on its borders and are symmetric.
    fn of_back(&self, [x, y]: Point) -> Point {
        let [cos, sin] = self.half;
        let y = y.abs();
        [x * cos + y * sin, y * cos - x * sin]
    }
}

impl Scene for Rosette {
    fn colour(&self, at: Point, pixel: f32) -> Colour {
        let pixel = pixel / self.frame.scale;
        let at = self.folded(self.frame.of_picture(at));
        let radius = hypot(at[0], at[1]);
        let mut colour = self.background;
        if radius > 1.05 + pixel {
            return colour;
        }
        self.back.paint(self.of_back(at), pixel, &mut colour);
        self.front.paint(at, pixel, &mut colour);
        self.freckles.paint(at, pixel, &mut colour);
        for (size, paint) in self.middle {
            blend(&mut colour, paint, cover(radius - size, pixel));
        }
        colour
    }

    /// The sector across comes first, the neighbours last.
    fn partners(&self, at: Point) -> Vec<Point> {
        let [x, y] = self.frame.of_picture(at);
        let count = self.spokes.len();
        let mut turns: Vec<usize> = (1..count).collect();
        turns.sort_by_key(|&turn| turn.abs_diff(count - turn));
        let turned = |turn: usize| {
            let [cos, sin] = self.spokes[turn];
            self.frame
                .in_picture([x * cos - y * sin, y * cos + x * sin])
        };
        turns.into_iter().map(turned).collect()
    }

    fn figure(&self, at: Point) -> bool {
        let at = self.folded(self.frame.of_picture(at));
        self.front.shape.distance(at) < 0.0
            || self.back.shape.distance(self.of_back(at)) < 0.0
            || hypot(at[0], at[1]) < self.middle[0].0
    }
}

fn direction(angle: f32) -> Point {
    [libm::cosf(angle), libm::sinf(angle)]
}
