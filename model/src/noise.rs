//! Noise that is added to a map of the generator, just before its attention.
//!
//! A latent vector reaches every cell of the first map at once, so that whatever it decides needs
//! no attention. Noise is decided at one place: what it decides there, other places can learn of
//! only by looking. (Spatial noise is StyleGAN's; its place before attention, and on one half only,
//! is this project's.)

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use rand::Rng;

use crate::{
    config::{Noise, Region, SaganConfig},
    initial::{normal, normal_values},
};

/// How a map takes its noise up: `x + W·n` at each position.
#[derive(Module, Debug)]
pub struct NoiseInput {
    /// `[C, channels]`. Starts as large as to make a tenth of a map's variance.
    pub weight: Param<Tensor<2>>,
    /// Width and height of the map.
    pub side: usize,
}

impl NoiseInput {
    pub(crate) fn init(
        config: &SaganConfig,
        noise: &Noise,
        random: &mut impl Rng,
        device: &Device,
    ) -> Self {
        let shape = [config.channels_at(noise.side), noise.channels];
        // A map behind batch norm and ReLU has a variance of about a third.
        let deviation = (0.03 / noise.channels as f32).sqrt();
        Self {
            weight: normal(shape, deviation, random, device),
            side: noise.side,
        }
    }

    /// `[B, C, H, W]` and noise `[B, channels, N]` → the map with the noise in it.
    pub fn forward(&self, x: Tensor<4>, noise: Tensor<3>) -> Tensor<4> {
        let shape = x.dims();
        x + self
            .weight
            .val()
            .unsqueeze_dim::<3>(0)
            .matmul(noise)
            .reshape(shape)
    }
}

/// The noise of one picture, `[channels, side²]`, zero outside of its region.
pub fn noise_values(noise: &Noise, random: &mut impl Rng) -> Vec<f32> {
    let side = noise.side;
    let mut values = normal_values(noise.channels * side * side, 1.0, random);
    if noise.region == Region::Left {
        for row in values.chunks_exact_mut(side) {
            row[side / 2..].fill(0.0);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latents::{Purpose, stream};

    #[test]
    fn noise_stays_in_its_region() {
        let noise = Noise {
            side: 8,
            channels: 3,
            region: Region::Left,
        };
        let values = noise_values(&noise, &mut stream(1, Purpose::Noise, 0));
        assert_eq!(values.len(), 3 * 64);
        for (position, value) in values.iter().enumerate() {
            assert_eq!(*value == 0.0, position % 8 >= 4, "position {position}");
        }
    }
}
