//! Random numbers that are the same on every machine: latents, and the streams of training.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::parameters::normal_values;

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
    fn latents_are_standard_normal() {
        let z = latents(3, 200, 100);
        let n = z.len() as f64;
        let mean = z.iter().map(|&v| v as f64).sum::<f64>() / n;
        let var = z.iter().map(|&v| (v as f64 - mean).powi(2)).sum::<f64>() / n;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((var - 1.0).abs() < 0.04, "{var}");
    }
}
