//! Ways from one latent vector to another: towards a second one, nearer to the mean, along a
//! direction.
//!
//! Between two vectors the way is an arc, not a line. Nearly all vectors from N(0, 1) in many
//! dimensions have about the same length, √z_dim, and those are all that the generator was trained
//! on; the middle of the straight line between two of them is shorter by √2, and its picture a dull
//! one for that reason alone. (White, "Sampling generative networks", arXiv 1609.04468.)

use thiserror::Error;

use crate::directions::Directions;

/// What is done to a latent vector, in this order.
#[derive(Clone, Debug, PartialEq)]
pub struct Moves {
    /// It goes towards another one.
    pub toward: Option<Toward>,
    /// It is multiplied by this; below 1 is the truncation of BigGAN (arXiv 1809.11096) without its
    /// resampling: less variety, more typical pictures.
    pub scale: f32,
    /// Something is added to it.
    pub nudges: Vec<Nudge>,
}

impl Default for Moves {
    /// None.
    fn default() -> Self {
        Self {
            toward: None,
            scale: 1.0,
            nudges: Vec::new(),
        }
    }
}

/// A way towards another vector.
#[derive(Clone, Debug, PartialEq)]
pub struct Toward {
    /// The other one, `[z_dim]`.
    pub latent: Vec<f32>,
    /// What part of the way: 0 stays, 1 arrives.
    pub part: f32,
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nudge {
    /// Along what.
    pub along: Along,
    /// How far; a number of a latent vector is about 1 from zero.
    pub by: f32,
}

/// What a step goes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Along {
    /// A single number of the vector, from 0.
    Number(usize),
    /// A direction that is found from the weights, from 0 for the strongest.
    Direction(usize),
}

/// Why a vector cannot be moved so.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum MoveError {
    /// A number of the vector that it does not have.
    #[error(
        "Number {number} of the latent vector is to be changed, but this model draws from {z_dim} numbers; they count from 1."
    )]
    Number {
        /// From 1.
        number: usize,
        /// How many there are.
        z_dim: usize,
    },
    /// A direction that there is not.
    #[error(
        "Direction {direction} is asked for, but this model has {z_dim} directions; they count from 1, the strongest."
    )]
    Direction {
        /// From 1.
        direction: usize,
        /// How many there are.
        z_dim: usize,
    },
    /// The weights hold what is no number.
    #[error(
        "The first layer's weights hold a value that is not a finite number, so no directions can be found from them."
    )]
    Weights,
    /// A part that is none.
    #[error("A way between two samples goes from 0 to 1, not to {part}.")]
    Part {
        /// What was asked for.
        part: f32,
    },
    /// A step or a scale without end.
    #[error("A latent vector can be scaled and moved by finite numbers only, not by {by}.")]
    Step {
        /// What was asked for.
        by: f32,
    },
}

impl Moves {
    /// Where a latent vector comes to. `directions` is asked for only where a step needs them.
    ///
    /// # Errors
    /// What cannot be done.
    pub fn apply<'a>(
        &self,
        latent: &[f32],
        directions: impl FnOnce() -> Option<&'a Directions>,
    ) -> Result<Vec<f32>, MoveError> {
        let z_dim = latent.len();
        let mut moved = match &self.toward {
            None => latent.to_vec(),
            Some(Toward { part, .. }) if !(0.0..=1.0).contains(part) => {
                return Err(MoveError::Part { part: *part });
            }
            Some(Toward {
                latent: other,
                part,
            }) => spherical(latent, other, *part),
        };
        if !self.scale.is_finite() {
            return Err(MoveError::Step { by: self.scale });
        }
        if self.scale != 1.0 {
            moved.iter_mut().for_each(|value| *value *= self.scale);
        }
        let needs = |nudge: &Nudge| matches!(nudge.along, Along::Direction(_));
        let directions = match self.nudges.iter().any(needs) {
            true => Some(directions().ok_or(MoveError::Weights)?),
            false => None,
        };
        for &Nudge { along, by } in &self.nudges {
            if !by.is_finite() {
                return Err(MoveError::Step { by });
            }
            match along {
                Along::Number(number) => {
                    let value = moved.get_mut(number).ok_or(MoveError::Number {
                        number: number + 1,
                        z_dim,
                    })?;
                    *value += by;
                }
                Along::Direction(direction) => {
                    let found = directions.and_then(|directions| directions.get(direction));
                    let found = found.ok_or(MoveError::Direction {
                        direction: direction + 1,
                        z_dim,
                    })?;
                    let pairs = moved.iter_mut().zip(found);
                    pairs.for_each(|(value, along)| *value += by * along);
                }
            }
        }
        Ok(moved)
    }
}

/// The part `part` of the arc from `a` to `b`, in f64.
pub fn spherical(a: &[f32], b: &[f32], part: f32) -> Vec<f32> {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let pairs = a.iter().zip(b);
        pairs.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    };
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    let angle = (dot(a, b) / lengths).clamp(-1.0, 1.0).acos();
    let (part, sine) = (f64::from(part), angle.sin());
    // Between vectors that point the same way, or of which one is zero, the arc is a line.
    let [of_a, of_b] = if sine.is_nan() || sine < 1e-6 {
        [1.0 - part, part]
    } else {
        [
            ((1.0 - part) * angle).sin() / sine,
            (part * angle).sin() / sine,
        ]
    };
    let pairs = a.iter().zip(b);
    pairs
        .map(|(&a, &b)| (of_a * f64::from(a) + of_b * f64::from(b)) as f32)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::host::HostTensor;
    use crate::latents::latent;

    fn length(z: &[f32]) -> f64 {
        z.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>().sqrt()
    }

    fn directions() -> Directions {
        // z₂ is taken up most, then z₀, then z₁.
        let mut values = vec![0.0; 3 * 16];
        (values[0], values[17], values[34]) = (2.0, 1.0, 5.0);
        let shape = vec![3, 1, 4, 4];
        Directions::of(&HostTensor { shape, values }).unwrap()
    }

    #[test]
    fn the_arc_begins_and_ends_at_its_ends_and_keeps_its_length_between() {
        let (a, b) = (latent(1, 0, 128), latent(1, 1, 128));
        let near = |x: &[f32], y: &[f32]| x.iter().zip(y).all(|(x, y)| (x - y).abs() < 1e-6);
        assert!(near(&spherical(&a, &b, 0.0), &a) && near(&spherical(&a, &b, 1.0), &b));
        let middle = spherical(&a, &b, 0.5);
        let mean = (length(&a) + length(&b)) / 2.0;
        assert!((length(&middle) / mean - 1.0).abs() < 0.02);
        let line: Vec<f32> = a.iter().zip(&b).map(|(a, b)| (a + b) / 2.0).collect();
        assert!(length(&line) / mean < 0.8, "the line's middle is short");
        // Of vectors of one length, the middle of the arc is as far from both.
        let unit = spherical(&[1.0, 0.0], &[0.0, 1.0], 0.5);
        assert!(near(&unit, &[0.5f32.sqrt(); 2]));
        let third = spherical(&[1.0, 0.0], &[0.0, 1.0], 1.0 / 3.0);
        assert!(near(&third, &[0.75f32.sqrt(), 0.5]));
    }

    #[test]
    fn where_there_is_no_arc_the_way_is_a_line() {
        assert_eq!(spherical(&[2.0, 0.0], &[4.0, 0.0], 0.5), [3.0, 0.0]);
        assert_eq!(spherical(&[0.0, 0.0], &[4.0, 0.0], 0.25), [1.0, 0.0]);
    }

    #[test]
    fn moves_are_made_in_their_order() {
        let directions = directions();
        let nudge = |along, by| Nudge { along, by };
        let moves = Moves {
            toward: Some(Toward {
                latent: vec![0.0, 1.0, 0.0],
                part: 1.0,
            }),
            scale: 0.5,
            nudges: vec![
                nudge(Along::Direction(0), 2.0),
                nudge(Along::Direction(1), -1.0),
                nudge(Along::Number(1), 0.25),
            ],
        };
        let moved = moves.apply(&[1.0, 0.0, 0.0], || Some(&directions)).unwrap();
        let wanted = [-1.0, 0.75, 2.0];
        assert!(
            moved.iter().zip(wanted).all(|(m, w)| (m - w).abs() < 1e-6),
            "{moved:?}"
        );
        let z = latent(5, 2, 16);
        assert_eq!(Moves::default().apply(&z, || None), Ok(z));
    }

    #[test]
    fn what_cannot_be_done_is_told() {
        let directions = directions();
        let told = |moves: Moves| {
            let refused = moves.apply(&[1.0; 3], || Some(&directions));
            refused.unwrap_err().to_string()
        };
        let step = |along, by| Moves {
            nudges: vec![Nudge { along, by }],
            ..Moves::default()
        };
        assert!(told(step(Along::Number(3), 1.0)).starts_with("Number 4 of the latent vector"));
        assert!(told(step(Along::Direction(3), 1.0)).contains("has 3 directions"));
        assert!(told(step(Along::Number(0), f32::NAN)).contains("finite numbers only"));
        let part = Moves {
            toward: Some(Toward {
                latent: vec![0.0; 3],
                part: 1.5,
            }),
            ..Moves::default()
        };
        assert!(told(part).contains("from 0 to 1, not to 1.5"));
        let scale = f32::INFINITY;
        let scaled = Moves {
            scale,
            ..Moves::default()
        };
        assert!(told(scaled).contains("not by inf"));
        let no_weights = step(Along::Direction(0), 1.0).apply(&[1.0; 3], || None);
        assert_eq!(no_weights, Err(MoveError::Weights));
    }
}
