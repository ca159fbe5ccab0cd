//! Swatches: a paint box along the lower edge, and a balloon in its colours. Each stripe of the
//! balloon takes one of the paints, so its colour stands in that swatch, far below it.

use super::drawing::colour::{Colour, blend, hsl, mix};
use super::drawing::dice::{Dice, Tag};
use super::drawing::frame::Frame;
use super::drawing::shapes::{Point, cover, hypot, to_segment};
use super::scene::Scene;

/// How many paints there are, and stripes.
const PAINTS: usize = 5;
/// Where the paint box begins, in parts of the picture's side from the top.
const BOX: f32 = 0.8;
/// Half a swatch's side and the radius of its corners, in the same parts.
const SWATCH: (f32, f32) = (0.084, 0.03);
/// Borders of the stripes, in parts of the balloon's half width at their height.
const BORDERS: [f32; PAINTS + 1] = [-1.0, -0.68, -0.24, 0.24, 0.68, 1.0];
/// The balloon is a disc of radius 1 that runs out into a smaller one: its radius and how far down.
const NECK: (f32, f32) = (0.26, 1.05);
/// Middle and half sides of the basket.
const BASKET: (Point, Point) = ([0.0, -1.6], [0.2, 0.15]);

/// A balloon over the paints that it is painted with.
#[derive(Clone, Debug)]
pub struct Swatches {
    /// The balloon's, its radius the unit.
    frame: Frame,
    sky: [Colour; 2],
    /// Middles of discs, and their radii.
    clouds: [(Point, f32); 6],
    tray: Colour,
    rope: Colour,
    /// From the left.
    paints: [Colour; PAINTS],
    /// Which paint each stripe takes, from the left.
    stripes: [usize; PAINTS],
    /// Height of the belt's middle, its half width, and its paint.
    belt: (f32, f32, usize),
    /// Which paint the basket takes.
    basket: usize,
}

/// What is seen at a position in the balloon's frame.
enum Part {
    Stripe(usize),
    Belt,
    Basket,
}

impl Swatches {
    /// Balloon number `index` of the stream `seed`: the same on every machine.
    pub fn new(seed: u64, index: u64) -> Self {
        let mut dice = Dice::tagged(Tag::Swatches, seed, index);
        let centre = [dice.range(0.33, 0.67), dice.range(0.29, 0.33)];
        let frame = Frame::new(centre, dice.range(-0.12, 0.12), dice.range(0.22, 0.26));
        let hue = dice.unit();
        let sky = [
            hsl(hue, dice.range(0.5, 0.9), dice.range(0.76, 0.86)),
            hsl(hue + dice.range(-0.1, 0.1), 0.7, dice.range(0.9, 0.95)),
        ];
        let mut clouds = [([0.0; 2], 0.0); 6];
        for cloud in clouds.chunks_exact_mut(3) {
            let (x, y) = (dice.range(0.05, 0.95), dice.range(0.1, 0.65));
            let size = dice.range(0.04, 0.06);
            cloud[0] = ([x, y], 1.3 * size);
            cloud[1] = ([x - 1.3 * size, y + 0.3 * size], size);
            cloud[2] = ([x + 1.4 * size, y + 0.4 * size], 0.9 * size);
        }
        let tray = hsl(dice.unit(), 0.3, dice.range(0.93, 0.97));
        let first = dice.unit();
        let order = shuffled(&mut dice);
        let paints = order.map(|place| {
            let hue = first + (place as f32 + dice.range(-0.2, 0.2)) / PAINTS as f32;
            hsl(hue, dice.range(0.75, 0.95), dice.range(0.46, 0.64))
        });
        Self {
            frame,
            sky,
            clouds,
            tray,
            rope: hsl(dice.unit(), 0.3, 0.25),
            paints,
            stripes: shuffled(&mut dice),
            belt: (
                dice.range(-0.35, 0.35),
                dice.range(0.14, 0.2),
                dice.below(PAINTS),
            ),
            basket: dice.below(PAINTS),
        }
    }

    /// The paint of the balloon's part at a position of its frame.
    fn paint(&self, part: &Part) -> usize {
        match part {
            Part::Stripe(stripe) => self.stripes[*stripe],
            Part::Belt => self.belt.2,
            Part::Basket => self.basket,
        }
    }

    /// The balloon's part at a position of its frame.
    fn part(&self, at: Point) -> Option<Part> {
        if basket(at) < 0.0 {
            return Some(Part::Basket);
        }
        if envelope(at) >= 0.0 {
            return None;
        }
        if (at[1] - self.belt.0).abs() < self.belt.1 {
            return Some(Part::Belt);
        }
        let across = at[0] / half_width(at[1]);
        let passed = BORDERS[1..PAINTS].iter().filter(|&&b| across > b).count();
        Some(Part::Stripe(passed))
    }

    fn paint_balloon(&self, at: Point, pixel: f32, colour: &mut Colour) {
        for side in [-1.0, 1.0] {
            let rope = to_segment(at, [0.22 * side, -1.2], [0.17 * side, BASKET.0[1]]);
            blend(colour, self.rope, cover(rope - 0.025, pixel));
        }
        blend(colour, self.paints[self.basket], cover(basket(at), pixel));
        let inside = cover(envelope(at), pixel);
        if inside == 0.0 {
            return;
        }
        let wide = half_width(at[1]);
        let mut paint = self.paints[self.stripes[0]];
        for (border, stripe) in BORDERS[1..].iter().zip(&self.stripes[1..]) {
            let left = border * wide - at[0];
            blend(&mut paint, self.paints[*stripe], cover(left, pixel));
        }
        let belt = (at[1] - self.belt.0).abs() - self.belt.1;
        blend(&mut paint, self.paints[self.belt.2], cover(belt, pixel));
        blend(colour, paint, inside);
    }

    fn sky_at(&self, at: Point, pixel: f32) -> Colour {
        let mut colour = mix(self.sky[0], self.sky[1], at[1] / BOX);
        let cloud = self
            .clouds
            .iter()
            .map(|(middle, radius)| hypot(at[0] - middle[0], at[1] - middle[1]) - radius)
            .fold(f32::MAX, f32::min);
        blend(&mut colour, [1.0; 3], 0.75 * cover(cloud, pixel));
        colour
    }
}

impl Scene for Swatches {
    fn colour(&self, at: Point, pixel: f32) -> Colour {
        let mut tray = self.tray;
        if at[1] > BOX - pixel {
            let (swatch, middle) = nearest_swatch(at);
            blend(
                &mut tray,
                self.paints[swatch],
                cover(swatch_distance(at, middle), pixel),
            );
        }
        if at[1] > BOX + pixel {
            return tray;
        }
        let mut colour = self.sky_at(at, pixel);
        let (at, height) = (self.frame.of_picture(at), at[1]);
        self.paint_balloon(at, pixel / self.frame.scale, &mut colour);
        blend(&mut colour, tray, cover(BOX - height, pixel));
        colour
    }

    /// A part of the balloon has its paint's swatch; a swatch has its stripe.
    fn partners(&self, at: Point) -> Vec<Point> {
        if at[1] < BOX {
            let part = self.part(self.frame.of_picture(at));
            return part
                .map(|part| swatch_middle(self.paint(&part)))
                .into_iter()
                .collect();
        }
        let (swatch, middle) = nearest_swatch(at);
        let stripe = self.stripes.iter().position(|&paint| paint == swatch);
        match stripe {
            Some(stripe) if swatch_distance(at, middle) < 0.0 => {
                // On the larger side of the belt.
                let height = if self.belt.0 > 0.0 { -0.45 } else { 0.45 };
                let across = 0.5 * (BORDERS[stripe] + BORDERS[stripe + 1]);
                vec![self.frame.in_picture([across * half_width(height), height])]
            }
            _ => Vec::new(),
        }
    }

    fn figure(&self, at: Point) -> bool {
        if at[1] < BOX {
            self.part(self.frame.of_picture(at)).is_some()
        } else {
            swatch_distance(at, nearest_swatch(at).1) < 0.0
        }
    }
}

/// The numbers below `PAINTS` in random order.
fn shuffled(dice: &mut Dice) -> [usize; PAINTS] {
    let mut order = core::array::from_fn(|i| i);
    for last in (1..PAINTS).rev() {
        order.swap(last, dice.below(last + 1));
    }
    order
}

fn swatch_middle(swatch: usize) -> Point {
    [(swatch as f32 + 0.5) / PAINTS as f32, 0.5 * (BOX + 1.0)]
}

fn nearest_swatch(at: Point) -> (usize, Point) {
    let swatch = ((at[0] * PAINTS as f32).max(0.0) as usize).min(PAINTS - 1);
    (swatch, swatch_middle(swatch))
}

fn swatch_distance(at: Point, middle: Point) -> f32 {
    let half = SWATCH.0 - SWATCH.1;
    rectangle([at[0] - middle[0], at[1] - middle[1]], [half, half]) - SWATCH.1
}

fn basket(at: Point) -> f32 {
    let (middle, half) = BASKET;
    rectangle([at[0] - middle[0], at[1] - middle[1]], half)
}

/// Signed distance to a rectangle about the origin.
fn rectangle([x, y]: Point, half: Point) -> f32 {
    let (x, y) = (x.abs() - half[0], y.abs() - half[1]);
    hypot(x.max(0.0), y.max(0.0)) + x.max(y).min(0.0)
}

/// Sine and cosine of the angle at which the balloon's sides run together.
fn slope() -> Point {
    let sin = (1.0 - NECK.0) / NECK.1;
    [sin, (1.0 - sin * sin).sqrt()]
}

/// Signed distance to the balloon without its basket.
fn envelope([x, y]: Point) -> f32 {
    let [sin, cos] = slope();
    let (x, down) = (x.abs(), -y);
    let along = down * cos - x * sin;
    if along < 0.0 {
        hypot(x, down) - 1.0
    } else if along > cos * NECK.1 {
        hypot(x, down - NECK.1) - NECK.0
    } else {
        x * cos + down * sin - 1.0
    }
}

/// Half the balloon's width at a height, never quite zero.
fn half_width(y: f32) -> f32 {
    let [sin, cos] = slope();
    let wide = if -y < sin {
        (1.0 - y * y).max(0.0).sqrt()
    } else {
        (1.0 + y * sin) / cos
    };
    wide.max(0.05)
}
