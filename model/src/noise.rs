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

/// A rectangle of the picture, in pixels; both corners are in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its first column and row.
    pub first: [usize; 2],
    /// Its last ones.
    pub last: [usize; 2],
}

impl Place {
    /// The cells of a map of `side`² that hold any of its pixels of a `size`² picture, as `y·side + x`.
    pub fn cells(self, size: usize, side: usize) -> impl Iterator<Item = usize> + Clone {
        let cell = |pixel: usize| (pixel * side / size.max(1)).min(side.saturating_sub(1));
        let [[left, top], [right, bottom]] = [self.first, self.last].map(|corner| corner.map(cell));
        (top..=bottom).flat_map(move |y| (left..=right).map(move |x| y * side + x))
    }
}

/// `old` noise of a map, `[channels, side²]`, with what `new` noise has at these cells in its place.
pub(crate) fn renewed(
    old: &[f32],
    new: &[f32],
    cells: impl Iterator<Item = usize> + Clone,
    side: usize,
) -> Vec<f32> {
    let mut renewed = old.to_vec();
    let planes = renewed.chunks_exact_mut(side * side);
    for (renewed, new) in planes.zip(new.chunks_exact(side * side)) {
        for cell in cells.clone() {
            renewed[cell] = new[cell];
        }
    }
    renewed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latents::{Purpose, stream};

    #[test]
    fn noise_is_drawn_anew_at_one_place_and_stays_elsewhere() {
        let place = Place {
            first: [16, 8],
            last: [23, 15],
        };
        // Of a 64² picture a cell of an 8² map is 8 pixels wide.
        assert_eq!(place.cells(64, 8).collect::<Vec<_>>(), [10]);
        assert_eq!(place.cells(64, 16).collect::<Vec<_>>(), [36, 37, 52, 53]);
        let (old, new) = ([1.0; 2 * 64], [2.0; 2 * 64]);
        let found = renewed(&old, &new, place.cells(64, 8), 8);
        for (at, value) in found.iter().enumerate() {
            assert_eq!(*value == 2.0, at % 64 == 10, "{at}");
        }
    }

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
