//! Ways for latents and noise on the command line.

use std::str::FromStr;

use clap::Args;
use saganscope_model::{
    config::SaganConfig,
    inference::Artist,
    latents::{Inputs, latent},
    moves::{self, Along, Nudge, Toward},
    noise::Place,
};

/// What is done to latents and noise before anything is drawn.
#[derive(Args, Clone, Debug)]
pub(crate) struct Moves {
    /// Draw one picture: that of sample A of the seed on its way to sample B, an arc; T from 0 to 1.
    #[arg(long, value_name = "A:B:T", value_parser = between, conflicts_with_all = ["latents", "count"])]
    between: Option<Between>,
    /// Multiply latents; below 1, less various and more typical pictures.
    #[arg(long, value_name = "FACTOR")]
    truncation: Option<f32>,
    /// Add to a number of latents, as in `17:-1.5`, or along a direction that is found from the first
    /// layer's weights, the strongest first, as in `d1:3`. Both count from 1.
    #[arg(long, value_name = "ALONG:BY", value_parser = nudge, allow_hyphen_values = true)]
    nudge: Vec<Nudge>,
    /// Draw the noise of this seed, in networks that have any.
    #[arg(long, value_name = "SEED")]
    noise_seed: Option<u64>,
    /// With --noise-seed: only in this rectangle of the picture, columns and rows of two corners.
    #[arg(long, value_name = "X:Y:X:Y", value_parser = place, requires = "noise_seed")]
    noise_place: Option<Place>,
}

/// A way between two samples.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Between {
    from: u64,
    to: u64,
    part: f32,
}

impl Moves {
    /// Whether nothing is moved.
    pub(crate) fn is_empty(&self) -> bool {
        let Self {
            between,
            truncation,
            nudge,
            noise_seed,
            noise_place: _,
        } = self;
        between.is_none() && truncation.is_none() && nudge.is_empty() && noise_seed.is_none()
    }

    /// The one picture of the seed that is drawn, where it is only one.
    pub(crate) fn picture(&self) -> Option<u64> {
        self.between.map(|between| between.from)
    }

    /// Moves each of the latents; `first` is the number of the first picture, `seed` that of the
    /// latents, of which others are fetched.
    ///
    /// # Errors
    /// What cannot be done, as a sentence.
    pub(crate) fn apply(
        &self,
        artist: &Artist,
        inputs: Inputs,
        seed: u64,
        first: u64,
    ) -> Result<Inputs, String> {
        let config = &artist.config;
        let moves = moves::Moves {
            toward: self.between.map(|between| Toward {
                latent: latent(seed, between.to, config.z_dim),
                part: between.part,
            }),
            scale: self.truncation.unwrap_or(1.0),
            nudges: self.nudge.clone(),
        };
        let mut latents = Vec::with_capacity(inputs.latents.len());
        for latent in inputs.latents.chunks_exact(config.z_dim) {
            let moved = artist.moved(latent, &moves);
            latents.extend(moved.map_err(|error| error.to_string())?);
        }
        let inputs = Inputs { latents, ..inputs };
        self.renew(config, inputs, first)
    }

    fn renew(&self, config: &SaganConfig, inputs: Inputs, first: u64) -> Result<Inputs, String> {
        let Some(seed) = self.noise_seed else {
            return Ok(inputs);
        };
        if config.noise.is_empty() {
            return Err("This network has no noise that --noise-seed could draw anew.".into());
        }
        let pictures = first..first + inputs.count(config) as u64;
        let anew = Inputs::with_noise(config, inputs.latents.clone(), seed, pictures);
        Ok(match self.noise_place {
            None => anew,
            Some(place) if place.last.iter().any(|&along| along >= config.size) => {
                return Err(format!(
                    "--noise-place reaches beyond the picture, whose columns and rows go from 0 to {}.",
                    config.size - 1
                ));
            }
            Some(place) => inputs.with_noise_at(config, &anew, place),
        })
    }
}

fn number<T: FromStr>(text: &str, what: &str) -> Result<T, String> {
    let found = text.trim().parse();
    found.map_err(|_| format!("'{text}' is no {what}"))
}

fn between(text: &str) -> Result<Between, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let [from, to, part] = parts[..] else {
        return Err("it must be two samples and a part of the way, as in 0:5:0.4".into());
    };
    Ok(Between {
        from: number(from, "sample")?,
        to: number(to, "sample")?,
        part: number(part, "part of the way")?,
    })
}

fn nudge(text: &str) -> Result<Nudge, String> {
    let (along, by) = text
        .split_once(':')
        .ok_or("it must be a number or a direction, a colon and how far, as in 17:-1.5 or d1:3")?;
    let from_1 = |text: &str| {
        let number: usize = number(text, "number or direction")?;
        number
            .checked_sub(1)
            .ok_or_else(|| "numbers and directions count from 1".to_owned())
    };
    Ok(Nudge {
        along: match along.strip_prefix('d') {
            Some(direction) => Along::Direction(from_1(direction)?),
            None => Along::Number(from_1(along)?),
        },
        by: number(by, "distance")?,
    })
}

fn place(text: &str) -> Result<Place, String> {
    let parts: Result<Vec<usize>, _> = text.split(':').map(|part| number(part, "pixel")).collect();
    let [left, top, right, bottom] = parts?[..] else {
        return Err("it must be two corners, as in 10:12:20:30".into());
    };
    Ok(Place {
        first: [left.min(right), top.min(bottom)],
        last: [left.max(right), top.max(bottom)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_option_is_read_and_what_makes_no_sense_is_told() {
        let way = Between {
            from: 0,
            to: 5,
            part: 0.4,
        };
        assert_eq!(between("0:5:0.4"), Ok(way));
        let along = |along, by| Ok(Nudge { along, by });
        assert_eq!(nudge("17:-1.5"), along(Along::Number(16), -1.5));
        assert_eq!(nudge("d1:3"), along(Along::Direction(0), 3.0));
        let rectangle = Place {
            first: [10, 12],
            last: [20, 30],
        };
        assert_eq!(place("20:12:10:30"), Ok(rectangle));
        assert!(between("0:5").is_err_and(|told| told.contains("as in 0:5:0.4")));
        assert!(nudge("d0:1").is_err_and(|told| told.contains("count from 1")));
        assert!(nudge("x:1").is_err_and(|told| told.contains("'x' is no number")));
        assert!(place("1:2:3").is_err_and(|told| told.contains("two corners")));
    }
}
