//! Twins: two things at random places that share shape, colours, pattern and freckles, while place,
//! size and turn are each one's own. What one twin looks like stands in the other, wherever it is.

use super::drawing::colour::{Colour, blend, hsl, mix};
use super::drawing::dice::{Dice, Tag};
use super::drawing::frame::Frame;
use super::drawing::freckles::Freckles;
use super::drawing::outlines::Outline;
use super::drawing::shapes::{Point, cover, hypot};
use super::scene::Scene;

/// How often places are tried before the twins are put into opposite corners.
const TRIES: usize = 40;
/// No outline reaches farther from a twin's middle, in units of its frame.
const REACH: f32 = 1.15;

/// Two things that look the same.
#[derive(Clone, Debug)]
pub struct Twins {
    frames: [Frame; 2],
    background: Colour,
    outline: Outline,
    pattern: Pattern,
    ground: Colour,
    second: Colour,
    rim: Colour,
    freckles: Freckles,
}

/// What the second colour covers.
#[derive(Clone, Copy, Debug)]
enum Pattern {
    /// All on one side of a line: direction and distance from the middle.
    Half(Point, f32),
    /// A band of this half width about a line through the middle.
    Band(Point, f32),
    /// All that lies deeper than this below the edge.
    Core(f32),
}

impl Twins {
    /// Pair number `index` of the stream `seed`: the same on every machine.
    pub fn new(seed: u64, index: u64) -> Self {
        let mut dice = Dice::tagged(Tag::Twins, seed, index);
        let frames = places(&mut dice);
        let background = hsl(dice.unit(), dice.range(0.35, 0.8), dice.range(0.87, 0.94));
        let outline = Outline::ALL[dice.below(Outline::ALL.len())];
        let (hue, saturation) = (dice.unit(), dice.range(0.75, 0.95));
        let ground = hsl(hue, saturation, dice.range(0.48, 0.6));
        let second = hsl(
            hue + dice.range(-0.16, 0.16),
            saturation,
            dice.range(0.42, 0.66),
        );
        let rim = hsl(hue, dice.range(0.4, 0.8), dice.range(0.15, 0.25));
        let angle = dice.range(0.0, core::f32::consts::TAU);
        let across = [libm::cosf(angle), libm::sinf(angle)];
        let pattern = match dice.below(3) {
            0 => Pattern::Half(across, dice.range(-0.15, 0.15)),
            1 => Pattern::Band(across, dice.range(0.2, 0.35)),
            _ => Pattern::Core(dice.range(0.3, 0.42)),
        };
        let count = 6 + dice.below(4);
        let freckles = Freckles::scatter(
            &mut dice,
            count,
            (0.14, 0.2),
            hue,
            |dice| [dice.range(-0.8, 0.8), dice.range(-0.8, 0.8)],
            |at, radius| outline.distance(at) < -(radius + 0.16),
        );
        Self {
            frames,
            background,
            outline,
            pattern,
            ground,
            second,
            rim,
            freckles,
        }
    }

    /// Which twin a position is nearer to, and where in that twin's frame it lies.
    fn nearest(&self, at: Point) -> (usize, Point) {
        let [a, b] = self.frames.map(|frame| frame.of_picture(at));
        let far = |p: Point, frame: Frame| hypot(p[0], p[1]) * frame.scale;
        if far(a, self.frames[0]) - self.frames[0].scale
            < far(b, self.frames[1]) - self.frames[1].scale
        {
            (0, a)
        } else {
            (1, b)
        }
    }
}

impl Scene for Twins {
    fn colour(&self, at: Point, pixel: f32) -> Colour {
        let (which, at) = self.nearest(at);
        let pixel = pixel / self.frames[which].scale;
        let mut colour = self.background;
        if hypot(at[0], at[1]) > REACH + pixel {
            return colour;
        }
        let edge = self.outline.distance(at);
        let second = match self.pattern {
            Pattern::Half(across, shift) => across[0] * at[0] + across[1] * at[1] - shift,
            Pattern::Band(across, half) => (across[0] * at[0] + across[1] * at[1]).abs() - half,
            Pattern::Core(depth) => edge + depth,
        };
        let mut paint = mix(self.ground, self.second, cover(second, pixel));
        self.freckles.paint(at, pixel, &mut paint);
        blend(&mut paint, self.rim, cover(-edge - 0.1, pixel));
        blend(&mut colour, paint, cover(edge, pixel));
        colour
    }

    fn partners(&self, at: Point) -> Vec<Point> {
        let (which, at) = self.nearest(at);
        if self.outline.distance(at) < 0.0 {
            vec![self.frames[1 - which].in_picture(at)]
        } else {
            Vec::new()
        }
    }

    fn figure(&self, at: Point) -> bool {
        let (_, at) = self.nearest(at);
        self.outline.distance(at) < 0.0
    }
}

/// Two places within the picture, clear of each other.
fn places(dice: &mut Dice) -> [Frame; 2] {
    let [a, b] = [(); 2].map(|()| {
        let turn = dice.range(-0.6, 0.6);
        (turn, dice.range(0.185, 0.22))
    });
    let room = |scale: f32| (scale + 0.02, 0.98 - scale);
    for _ in 0..TRIES {
        let [p, q] = [a, b].map(|(_, scale)| {
            let (low, high) = room(scale);
            [dice.range(low, high), dice.range(low, high)]
        });
        if hypot(p[0] - q[0], p[1] - q[1]) > REACH * (a.1 + b.1) {
            return [Frame::new(p, a.0, a.1), Frame::new(q, b.0, b.1)];
        }
    }
    let (p, q) = (room(a.1).0, room(b.1).1);
    [Frame::new([p, p], a.0, a.1), Frame::new([q, q], b.0, b.1)]
}
