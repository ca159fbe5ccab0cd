//! Random numbers that are the same on every machine: latents, noise, and the streams of training.

use std::ops::Range;

use burn::tensor::{Device, Tensor, TensorData};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::{
    config::SaganConfig,
    generator::GeneratorInput,
    initial::normal_values,
    noise::{Place, noise_values, renewed},
};

/// What a stream of random numbers is for; each purpose has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Initial weights.
    Weights = 1,
    /// Latents of pictures that a reader looks at.
    Samples = 2,
    /// Latents of the discriminator's step.
    DiscriminatorStep = 3,
    /// Latents of the generator's step.
    GeneratorStep = 4,
    /// Latents for measuring batch statistics.
    Statistics = 5,
    /// Noise of pictures that a reader looks at.
    Noise = 6,
    /// Noise of the discriminator's step.
    DiscriminatorNoise = 7,
    /// Noise of the generator's step.
    GeneratorNoise = 8,
    /// Noise for measuring batch statistics.
    StatisticsNoise = 9,
    /// Changes of the real pictures that the discriminator sees.
    AugmentReal = 10,
    /// Changes of the drawn pictures of the discriminator's step.
    AugmentDrawn = 11,
    /// Changes of the drawn pictures of the generator's step.
    AugmentGenerator = 12,
    /// Which pixel gets which other one's row, where rows of a map are shuffled.
    Shuffle = 32,
}

/// Stream number `index` of `purpose`. Stateless: a resumed run needs only the step number.
pub fn stream(seed: u64, purpose: Purpose, index: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ ((purpose as u64) << 56));
    random.set_stream(index);
    random
}

/// Latents of pictures `0..count` of a seed, `[count, z_dim]` row-major, from N(0, 1).
///
/// Picture `i` depends on `(seed, i)` alone, whatever `count` is.
pub fn latents(seed: u64, count: usize, z_dim: usize) -> Vec<f32> {
    (0..count)
        .flat_map(|i| latent(seed, i as u64, z_dim))
        .collect()
}

/// The latent vector of one picture, `[z_dim]`.
pub fn latent(seed: u64, index: u64, z_dim: usize) -> Vec<f32> {
    normal_values(z_dim, 1.0, &mut stream(seed, Purpose::Samples, index))
}

/// What a batch of pictures is drawn from, in main memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    /// `[B, z_dim]`, row-major.
    pub latents: Vec<f32>,
    /// `[B, channels, N]` for each noisy map of the configuration, from coarse to fine.
    pub noise: Vec<Vec<f32>>,
}

impl Inputs {
    /// Pictures `pictures` of a seed. Each depends on the seed and its number alone.
    pub fn of_seed(config: &SaganConfig, seed: u64, pictures: Range<u64>) -> Self {
        let latents = pictures
            .clone()
            .flat_map(|picture| latent(seed, picture, config.z_dim))
            .collect();
        Self::with_noise(config, latents, seed, pictures)
    }

    /// These latents, `[B, z_dim]`, with the noise of as many pictures of a seed, from its first.
    pub fn of_latents(config: &SaganConfig, latents: Vec<f32>, noise_seed: u64) -> Self {
        let pictures = 0..(latents.len() / config.z_dim) as u64;
        Self::with_noise(config, latents, noise_seed, pictures)
    }

    /// These latents with the noise of pictures `pictures` of a seed.
    pub fn with_noise(
        config: &SaganConfig,
        latents: Vec<f32>,
        noise_seed: u64,
        pictures: Range<u64>,
    ) -> Self {
        let noise = (0..config.noise.len())
            .map(|map| {
                let of = |picture| picture_noise(config, noise_seed, picture, map);
                pictures.clone().flat_map(of).collect()
            })
            .collect();
        Self { latents, noise }
    }

    /// The same, whose noise at one place of the picture is that of as many other ones, in their order.
    pub fn with_noise_at(mut self, config: &SaganConfig, other: &Self, place: Place) -> Self {
        let maps = config.noise.iter().zip(&mut self.noise).zip(&other.noise);
        for ((map, noise), other) in maps {
            let length = map.channels * map.side * map.side;
            let cells = place.cells(config.size, map.side);
            let pictures = noise.chunks_exact(length).zip(other.chunks_exact(length));
            *noise = pictures
                .flat_map(|(old, new)| renewed(old, new, cells.clone(), map.side))
                .collect();
        }
        self
    }

    /// A batch of a training stream: number `index` of the purposes for latents and noise.
    pub fn of_stream(
        config: &SaganConfig,
        seed: u64,
        [latents, noise]: [Purpose; 2],
        index: u64,
        batch: usize,
    ) -> Self {
        let mut random = stream(seed, latents, index);
        let latents = normal_values(batch * config.z_dim, 1.0, &mut random);
        let mut random = stream(seed, noise, index);
        let noise = config
            .noise
            .iter()
            .map(|map| {
                (0..batch)
                    .flat_map(|_| noise_values(map, &mut random))
                    .collect()
            })
            .collect();
        Self { latents, noise }
    }

    /// How many pictures.
    pub fn count(&self, config: &SaganConfig) -> usize {
        self.latents.len() / config.z_dim
    }

    /// The same in lots of at most `at_once` pictures.
    pub fn lots(&self, config: &SaganConfig, at_once: usize) -> Vec<Self> {
        let count = self.count(config);
        (0..count)
            .step_by(at_once.max(1))
            .map(|first| {
                let end = (first + at_once.max(1)).min(count);
                let part = |all: &[f32]| {
                    let length = all.len() / count;
                    all[first * length..end * length].to_vec()
                };
                Self {
                    latents: part(&self.latents),
                    noise: self.noise.iter().map(|map| part(map)).collect(),
                }
            })
            .collect()
    }

    /// On a device.
    pub fn upload(self, config: &SaganConfig, device: &Device) -> GeneratorInput {
        let batch = self.count(config);
        let z = TensorData::new(self.latents, [batch, config.z_dim]);
        let noise = config.noise.iter().zip(self.noise).map(|(map, values)| {
            let shape = [batch, map.channels, map.side * map.side];
            Tensor::from_data(TensorData::new(values, shape), device)
        });
        GeneratorInput {
            z: Tensor::from_data(z, device),
            noise: noise.collect(),
        }
    }
}

/// The noise of picture `picture` of a seed on noisy map `map`, `[channels, N]`.
pub fn picture_noise(config: &SaganConfig, seed: u64, picture: u64, map: usize) -> Vec<f32> {
    // Eight maps a picture is more than any network has.
    let mut random = stream(seed, Purpose::Noise, picture * 8 + map as u64);
    noise_values(&config.noise[map], &mut random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_does_not_depend_on_how_many_are_drawn() {
        let few = latents(7, 2, 16);
        let many = latents(7, 9, 16);
        assert_eq!(few, many[..32]);
        assert_ne!(few[..16], few[16..]);
        assert_ne!(latents(8, 1, 16), latents(7, 1, 16));
    }

    #[test]
    fn latents_are_the_same_everywhere() {
        // Printed once by this code: a change here changes every picture that a URL names.
        let z = latents(1, 1, 4);
        let bits: Vec<_> = z.iter().map(|v| v.to_bits()).collect();
        assert_eq!(bits, GOLDEN, "{z:?}");
    }

    const GOLDEN: [u32; 4] = [1061404545, 3196891010, 1063515693, 1061780281];

    #[test]
    fn noise_of_a_picture_does_not_depend_on_how_many_are_drawn() {
        let noise = |side| crate::config::Noise {
            side,
            channels: 2,
            region: crate::config::Region::Whole,
        };
        let config = SaganConfig {
            noise: vec![noise(16), noise(32)],
            ..SaganConfig::new(8, 4)
        };
        let many = Inputs::of_seed(&config, 3, 0..5);
        let lots = many.lots(&config, 2);
        assert_eq!(lots.len(), 3);
        assert_eq!(lots[1], Inputs::of_seed(&config, 3, 2..4));
        assert_eq!(lots[2].count(&config), 1);
        assert_ne!(lots[0].noise[0], lots[1].noise[0]);
        assert_ne!(many.noise[0][..512], many.noise[1][..512]);
    }

    #[test]
    fn noise_at_one_place_is_anothers_in_each_picture_and_on_each_map() {
        let noise = |side| crate::config::Noise {
            side,
            channels: 2,
            region: crate::config::Region::Whole,
        };
        let config = SaganConfig {
            noise: vec![noise(16), noise(32)],
            ..SaganConfig::new(8, 4)
        };
        let place = Place {
            first: [8, 4],
            last: [11, 7],
        };
        let (old, new) = (
            Inputs::of_seed(&config, 3, 0..2),
            Inputs::of_seed(&config, 9, 0..2),
        );
        let mixed = old.clone().with_noise_at(&config, &new, place);
        assert_eq!(mixed.latents, old.latents);
        for (map, side) in [16, 32].into_iter().enumerate() {
            let cells: Vec<usize> = place.cells(config.size, side).collect();
            assert_eq!(cells.len(), (4 * side / config.size).pow(2));
            for (at, value) in mixed.noise[map].iter().enumerate() {
                let inside = cells.contains(&(at % (side * side)));
                let wanted = if inside { &new } else { &old };
                assert_eq!(*value, wanted.noise[map][at], "map {map}, {at}");
            }
        }
    }

    #[test]
    fn latents_are_standard_normal() {
        let z = latents(3, 200, 100);
        let n = z.len() as f64;
        let mean = z.iter().map(|&v| v as f64).sum::<f64>() / n;
        let var = z.iter().map(|&v| (v as f64 - mean).powi(2)).sum::<f64>() / n;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((var - 1.0).abs() < 0.04, "{var}");
    }
}
