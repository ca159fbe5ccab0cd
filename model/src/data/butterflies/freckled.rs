//! Butterflies with freckles on each side, mirrored one by one: few and large enough that a torn pair
//! is seen, by a reader at thumbnail size and by a discriminator that attends at 16×16.

use super::wing::Wing;
use super::{Butterfly, DEGREE, body_distance, feeler};
use crate::data::drawing::colour::hsl;
use crate::data::drawing::dice::{Dice, Tag};
use crate::data::drawing::frame::Frame;
use crate::data::drawing::freckles::Freckles;
use crate::data::drawing::shapes::Egg;

/// How butterflies sit in their pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pose {
    /// Heads up, in the middle: a pixel's partner is at the same height, x → 1 − x.
    Upright,
    /// Each at a place and turn of its own.
    Turned,
}

/// Radii of freckles, in frame units: at 64×64, 5 to 8 pixels across.
const RADIUS: (f32, f32) = (0.09, 0.13);

impl Butterfly {
    /// Freckled butterfly number `index` of the stream `seed`: the same on every machine.
    pub fn freckled(seed: u64, index: u64, pose: Pose) -> Self {
        let mut dice = Dice::tagged(Tag::Freckled, seed, index);
        let centre = [dice.range(0.45, 0.55), dice.range(0.49, 0.56)];
        let turn = dice.range(-40.0, 40.0) * DEGREE;
        let scale = dice.range(0.42, 0.47);
        let frame = match pose {
            Pose::Upright => Frame::new([0.5, centre[1]], 0.0, scale),
            Pose::Turned => Frame::new(centre, turn, scale),
        };
        let background = hsl(dice.unit(), dice.range(0.35, 0.8), dice.range(0.86, 0.94));

        let hue = dice.unit();
        let other = if dice.chance(0.6) {
            hue + dice.range(-0.14, 0.14)
        } else {
            dice.unit()
        };
        let rim = hsl(
            hue + dice.range(-0.1, 0.1),
            dice.range(0.4, 0.8),
            dice.range(0.1, 0.2),
        );
        let angle = dice.range(28.0, 40.0) * DEGREE;
        let (long, wide) = (dice.range(0.54, 0.6), dice.range(0.27, 0.34));
        let (taper, bend) = (dice.range(0.2, 0.45), dice.range(0.0, 0.08));
        let shape = Egg::new([0.0, 0.06], angle, long, wide, taper, bend);
        let mut fore = Wing::new(&mut dice, (shape, angle), hue, rim, 0.0, 1.0);

        let angle = dice.range(-54.0, -42.0) * DEGREE;
        let (long, wide) = (dice.range(0.42, 0.48), dice.range(0.31, 0.38));
        let (taper, bend) = (dice.range(0.1, 0.35), dice.range(-0.04, 0.04));
        let shape = Egg::new([0.0, 0.04], angle, long, wide, taper, bend);
        let mut hind = Wing::new(&mut dice, (shape, angle), other, rim, 0.0, 0.4);

        fore.freckles = freckles(&mut dice, &fore, None, 6, hue);
        hind.freckles = freckles(&mut dice, &hind, Some(&fore), 5, other);

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
            frame,
            background,
            fore,
            hind,
            body,
            feeler,
        }
    }
}

/// Freckles of a wing: within its rim, off the body and off the wing that lies over it.
fn freckles(
    dice: &mut Dice,
    wing: &Wing,
    above: Option<&Wing>,
    count: usize,
    hue: f32,
) -> Freckles {
    Freckles::scatter(
        dice,
        count,
        RADIUS,
        hue,
        |dice| {
            let (along, across) = (dice.range(-0.75, 0.9), dice.range(-0.85, 0.85));
            wing.shape.point(along, across)
        },
        |at, radius| {
            wing.shape.distance(at) < -(radius + wing.rim_width)
                && above.is_none_or(|above| above.shape.distance(at) > radius)
                && body_distance(at) > radius
                && at[0] > radius
        },
    )
}
