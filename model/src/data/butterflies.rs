//! Procedural butterflies: pictures in which every pixel depends on one far away.
//!
//! A butterfly has a frame of its own: its place, turn and size in the picture. With (u, v) the
//! coordinates in that frame, every colour is a function of (|u|, v) alone, so the left wing is the
//! right wing's mirror image. What a network must look at to draw one wing is thus known: the other.
//! [`Butterfly::partner`] says where, pixel by pixel.
//!
//! What a plain butterfly shows, a latent vector can tell to both wings at once. A freckled one has
//! more on its wings than that.

mod freckled;
mod wing;

use super::Pictures;
use super::drawing::colour::{Colour, blend, hsl};
use super::drawing::dice::Dice;
use super::drawing::frame::Frame;
use super::drawing::shapes::{Egg, Point, cover, hypot, stroke, to_segment};
use super::scene::{Scene, draw};
use wing::{Eye, Wing};

pub use freckled::Pose;

const DEGREE: f32 = core::f32::consts::PI / 180.0;

/// An endless stream of different plain butterflies, fixed by `seed`.
#[derive(Clone, Copy, Debug)]
pub struct Butterflies {
    /// Streams of different seeds have no butterfly in common.
    pub seed: u64,
}

impl Pictures for Butterflies {
    fn draw(&self, index: u64, size: usize, out: &mut [f32]) {
        Butterfly::new(self.seed, index).draw(size, out);
    }
}

/// One butterfly: its frame and everything in it. Lengths in the frame are in half wing spans,
/// roughly; u points to the butterfly's right wing, v to its head.
#[derive(Clone, Debug)]
pub struct Butterfly {
    frame: Frame,
    background: Colour,
    fore: Wing,
    hind: Wing,
    body: Colour,
    feeler: [Point; FEELER],
}

/// Points of the line that an antenna is drawn as.
const FEELER: usize = 6;

impl Butterfly {
    /// Plain butterfly number `index` of the stream `seed`: the same on every machine.
    pub fn new(seed: u64, index: u64) -> Self {
        let mut dice = Dice::new(seed, index);
        let centre = [dice.range(0.46, 0.54), dice.range(0.49, 0.57)];
        let turn = dice.range(-30.0, 30.0) * DEGREE;
        let scale = dice.range(0.39, 0.46);
        let background = hsl(dice.unit(), dice.range(0.35, 0.8), dice.range(0.84, 0.93));

        let hue = dice.unit();
        let other = if dice.chance(0.6) {
            hue + dice.range(-0.14, 0.14)
        } else {
            dice.unit()
        };
        let rim = hsl(
            hue + dice.range(-0.1, 0.1),
            dice.range(0.3, 0.8),
            dice.range(0.06, 0.16),
        );
        let vein = if dice.chance(0.5) {
            dice.range(0.35, 0.7)
        } else {
            0.0
        };
        let angle = dice.range(27.0, 41.0) * DEGREE;
        let (long, wide) = (dice.range(0.52, 0.6), dice.range(0.24, 0.31));
        let (taper, bend) = (dice.range(0.2, 0.45), dice.range(0.0, 0.08));
        let shape = Egg::new([0.0, 0.06], angle, long, wide, taper, bend);
        let mut fore = Wing::new(&mut dice, (shape, angle), hue, rim, vein, 1.6);

        let angle = dice.range(-56.0, -42.0) * DEGREE;
        let (long, wide) = (dice.range(0.4, 0.47), dice.range(0.28, 0.36));
        let (taper, bend) = (dice.range(0.1, 0.35), dice.range(-0.04, 0.04));
        let shape = Egg::new([0.0, 0.04], angle, long, wide, taper, bend);
        let mut hind = Wing::new(&mut dice, (shape, angle), other, rim, vein, 0.4);

        let iris = hsl(dice.unit(), dice.range(0.7, 1.0), dice.range(0.75, 0.9));
        let eye = Eye {
            ring: rim,
            iris,
            pupil: hsl(dice.unit(), 0.7, dice.range(0.1, 0.3)),
        };
        fore.add_spot(&mut dice, [(0.3, 0.5), (-0.2, 0.25), (0.09, 0.12)], eye);
        hind.add_spot(&mut dice, [(0.15, 0.4), (-0.25, 0.2), (0.1, 0.14)], eye);
        if dice.chance(0.5) {
            fore.add_spot(&mut dice, [(-0.3, -0.15), (-0.1, 0.2), (0.06, 0.08)], eye);
        }

        let body = hsl(
            hue + dice.range(-0.1, 0.1),
            dice.range(0.2, 0.6),
            dice.range(0.08, 0.17),
        );
        let feeler = feeler(
            dice.range(0.12, 0.24),
            dice.range(0.36, 0.46),
            dice.range(0.02, 0.07),
        );
        Self {
            frame: Frame::new(centre, turn, scale),
            background,
            fore,
            hind,
            body,
            feeler,
        }
    }

    /// Draws the butterfly, planar `[3, size, size]`, values in [-1, 1].
    ///
    /// # Panics
    /// If `out` does not hold exactly `3 * size * size` values.
    pub fn draw(&self, size: usize, out: &mut [f32]) {
        draw(self, size, out);
    }

    /// The mirrored position: where in a picture of side `size` the butterfly looks the same as at
    /// (`x`, `y`). In pixels from the top left corner, pixel centres at halves, so a pixel's partner
    /// is `partner(x + 0.5, y + 0.5, size)`; it may lie between pixels and outside of the picture.
    pub fn partner(&self, x: f32, y: f32, size: usize) -> (f32, f32) {
        let side = size as f32;
        let [x, y] = self.mirrored([x / side, y / side]);
        (x * side, y * side)
    }

    /// Red, green and blue in [-1, 1] at a position (as in [`partner`](Self::partner)) of a picture
    /// of side `size`, edges smoothed over one of its pixels.
    pub fn colour_at(&self, x: f32, y: f32, size: usize) -> [f32; 3] {
        let side = size as f32;
        self.colour([x / side, y / side], 1.0 / side)
            .map(|value| (2.0 * value - 1.0).clamp(-1.0, 1.0))
    }

    fn mirrored(&self, at: Point) -> Point {
        let [u, v] = self.frame.of_picture(at);
        self.frame.in_picture([-u, v])
    }

    /// The colour at (|u|, v), from the back to the front.
    fn frame_colour(&self, at: Point, pixel: f32) -> Colour {
        let mut colour = self.background;
        self.hind.paint(at, pixel, &mut colour);
        self.fore.paint(at, pixel, &mut colour);
        if at[1] > 0.2 && at[0] < 0.5 {
            blend(&mut colour, self.body, self.feeler_cover(at, pixel));
        }
        if at[0] < 0.3 {
            blend(&mut colour, self.body, cover(body_distance(at), pixel));
        }
        colour
    }

    /// How much of a pixel the antenna and its club cover.
    fn feeler_cover(&self, at: Point, pixel: f32) -> f32 {
        let line = self
            .feeler
            .windows(2)
            .map(|ends| to_segment(at, ends[0], ends[1]));
        let line = line.fold(f32::MAX, f32::min);
        let end = self.feeler[FEELER - 1];
        let club = hypot(at[0] - end[0], at[1] - end[1]) - 0.028;
        stroke(line, 0.017, pixel).max(cover(club, pixel))
    }
}

impl Scene for Butterfly {
    fn colour(&self, at: Point, pixel: f32) -> Colour {
        let [u, v] = self.frame.of_picture(at);
        self.frame_colour([u.abs(), v], pixel / self.frame.scale)
    }

    fn partners(&self, at: Point) -> Vec<Point> {
        vec![self.mirrored(at)]
    }

    fn figure(&self, at: Point) -> bool {
        let [u, v] = self.frame.of_picture(at);
        let at = [u.abs(), v];
        self.fore.shape.distance(at) < 0.0
            || self.hind.shape.distance(at) < 0.0
            || body_distance(at) < 0.0
            || self.feeler_cover(at, 1e-3) > 0.5
    }
}

/// Signed distance to head, thorax and abdomen.
fn body_distance(at: Point) -> f32 {
    let head = hypot(at[0], at[1] - 0.28) - 0.065;
    let thorax = to_segment(at, [0.0, 0.18], [0.0, 0.04]) - 0.075;
    let abdomen = to_segment(at, [0.0, 0.0], [0.0, -0.4]) - (0.06 + 0.08 * at[1].clamp(-0.4, 0.0));
    head.min(thorax).min(abdomen)
}

/// An antenna's line: out of the head, bending outwards.
fn feeler(reach: f32, rise: f32, curl: f32) -> [Point; FEELER] {
    core::array::from_fn(|i| {
        let t = i as f32 / (FEELER - 1) as f32;
        [
            0.02 + reach * t * t + curl * t,
            0.3 + rise * t * (1.3 - 0.3 * t),
        ]
    })
}

#[cfg(test)]
mod tests;
