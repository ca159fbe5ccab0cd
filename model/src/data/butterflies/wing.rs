//! A butterfly's wing: a shape, two blended colours, a dark rim, veins and eye-spots.

use crate::data::drawing::colour::{Colour, blend, hsl, mix};
use crate::data::drawing::dice::Dice;
use crate::data::drawing::freckles::Freckles;
use crate::data::drawing::shapes::{Egg, Point, cover, hypot, stroke};

/// One wing, right of the body; its twin is the same one seen in the mirror.
#[derive(Clone, Debug)]
pub(super) struct Wing {
    pub(super) shape: Egg,
    inner: Colour,
    outer: Colour,
    rim: Colour,
    pub(super) rim_width: f32,
    /// Part by which the rim grows towards the wing's tip.
    tip: f32,
    /// Directions of the two veins.
    veins: [Point; 2],
    /// How strongly they show, 0 to 1.
    vein: f32,
    pub(super) spots: Vec<Spot>,
    pub(super) freckles: Freckles,
}

#[derive(Clone, Debug)]
pub(super) struct Spot {
    at: Point,
    radius: f32,
    eye: Eye,
}

/// An eye-spot's colours: dark, light, dark from the outside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Eye {
    pub(super) ring: Colour,
    pub(super) iris: Colour,
    pub(super) pupil: Colour,
}

impl Wing {
    /// A wing without spots. `angle` is that of `shape`, in radians, `vein` how strongly its veins
    /// show (0 to 1), `tip` the part by which the rim grows towards the far end.
    pub(super) fn new(
        dice: &mut Dice,
        (shape, angle): (Egg, f32),
        hue: f32,
        rim: Colour,
        vein: f32,
        tip: f32,
    ) -> Self {
        let saturation = dice.range(0.7, 0.95);
        let inner = hsl(
            hue + dice.range(-0.1, 0.1),
            saturation,
            dice.range(0.42, 0.62),
        );
        let outer = hsl(hue, saturation, dice.range(0.45, 0.6));
        let veins = [dice.range(-0.22, -0.12), dice.range(0.1, 0.2)]
            .map(|turn| [libm::cosf(angle + turn), libm::sinf(angle + turn)]);
        let rim_width = dice.range(0.05, 0.1);
        Self {
            shape,
            inner,
            outer,
            rim,
            rim_width,
            tip,
            veins,
            vein,
            spots: Vec::new(),
            freckles: Freckles::default(),
        }
    }

    /// Adds an eye-spot with its place (parts of the half axes, along and across) and its radius
    /// within the ranges.
    pub(super) fn add_spot(
        &mut self,
        dice: &mut Dice,
        [along, across, radius]: [(f32, f32); 3],
        eye: Eye,
    ) {
        let at = self
            .shape
            .point(dice.range(along.0, along.1), dice.range(across.0, across.1));
        self.spots.push(Spot {
            at,
            radius: dice.range(radius.0, radius.1),
            eye,
        });
    }

    /// Lays the wing over `colour` at the place `at` of the frame, edges smoothed over `pixel`.
    pub(super) fn paint(&self, at: Point, pixel: f32, colour: &mut Colour) {
        let edge = self.shape.distance(at);
        let inside = cover(edge, pixel);
        if inside == 0.0 {
            return;
        }
        let along = self.shape.along(at);
        let part = (0.5 + 0.5 * along).clamp(0.0, 1.0);
        let mut paint = mix(self.inner, self.outer, part * part);
        if self.vein > 0.0 {
            let from = [at[0] - self.shape.root[0], at[1] - self.shape.root[1]];
            for ray in self.veins {
                let across = (from[1] * ray[0] - from[0] * ray[1]).abs();
                blend(
                    &mut paint,
                    self.rim,
                    self.vein * stroke(across, 0.012, pixel),
                );
            }
        }
        let rim = self.rim_width * (1.0 + self.tip * part * part * part);
        blend(&mut paint, self.rim, cover(-edge - rim, pixel));
        for spot in &self.spots {
            let far = hypot(at[0] - spot.at[0], at[1] - spot.at[1]) - spot.radius;
            blend(&mut paint, spot.eye.ring, cover(far, pixel));
            blend(
                &mut paint,
                spot.eye.iris,
                cover(far + 0.3 * spot.radius, pixel),
            );
            blend(
                &mut paint,
                spot.eye.pupil,
                cover(far + 0.68 * spot.radius, pixel),
            );
        }
        self.freckles.paint(at, pixel, &mut paint);
        blend(colour, paint, inside);
    }
}
