//! Freckles: many small discs of many colours, more of them than a latent vector can place. Whoever
//! draws a second set of them that agrees must have looked at the first.

use super::colour::{Colour, blend, hsl};
use super::dice::Dice;
use super::shapes::{Point, cover, hypot};

/// How often a place is tried for one freckle before it is left out.
const TRIES: usize = 80;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Freckle {
    at: Point,
    radius: f32,
    colour: Colour,
}

/// Discs that do not touch each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Freckles(Vec<Freckle>);

impl Freckles {
    /// Up to `count` freckles with radii in `radius`, each at a place that `place` proposes and
    /// `fits` accepts (given the place and the radius). They stand out from a ground of hue `hue`
    /// and middling lightness.
    pub(crate) fn scatter(
        dice: &mut Dice,
        count: usize,
        radius: (f32, f32),
        hue: f32,
        mut place: impl FnMut(&mut Dice) -> Point,
        fits: impl Fn(Point, f32) -> bool,
    ) -> Self {
        let mut freckles: Vec<Freckle> = Vec::with_capacity(count);
        for _ in 0..count {
            let radius = dice.range(radius.0, radius.1);
            let colour = if dice.chance(0.6) {
                hsl(dice.unit(), dice.range(0.7, 1.0), dice.range(0.8, 0.92))
            } else {
                let hue = hue + dice.range(0.3, 0.7);
                hsl(hue, dice.range(0.8, 1.0), dice.range(0.45, 0.6))
            };
            for _ in 0..TRIES {
                let at = place(dice);
                let apart = |other: &Freckle| {
                    let far = hypot(at[0] - other.at[0], at[1] - other.at[1]);
                    far > 1.15 * (radius + other.radius)
                };
                if freckles.iter().all(apart) && fits(at, radius) {
                    freckles.push(Freckle { at, radius, colour });
                    break;
                }
            }
        }
        Self(freckles)
    }

    /// Lays the freckles over `colour` at `at`, edges smoothed over `pixel`.
    pub(crate) fn paint(&self, at: Point, pixel: f32, colour: &mut Colour) {
        for freckle in &self.0 {
            let [x, y] = [at[0] - freckle.at[0], at[1] - freckle.at[1]];
            let reach = freckle.radius + pixel;
            let far = x * x + y * y;
            if far < reach * reach {
                blend(
                    colour,
                    freckle.colour,
                    cover(far.sqrt() - freckle.radius, pixel),
                );
            }
        }
    }

    /// Radii, in the order of painting.
    #[cfg(test)]
    pub(crate) fn radii(&self) -> impl Iterator<Item = f32> {
        self.0.iter().map(|freckle| freckle.radius)
    }
}
