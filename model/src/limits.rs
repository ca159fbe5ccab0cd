//! Whether a network and a batch fit a GPU.
//!
//! A GPU takes a tensor up to a size of its own in one piece; WebGPU promises 128 MiB, and many
//! devices give just that. What is longer fails when it is first used, deep inside of a step, so
//! it is asked for beforehand. A drawing can be cut into smaller ones. A training step cannot:
//! batch norm takes the mean over all of its pictures.

use burn::tensor::Device;
use saganscope_shaders::largest_tensor;

use crate::config::SaganConfig;

const BYTES: u64 = size_of::<f32>() as u64;

/// Pixels of one channel of the largest inner map, all pictures together, that the kernels can
/// address: a thread has four of them, a workgroup 64 threads, and WebGPU promises 65535
/// workgroups.
const PIXELS: u64 = 65535 * 64 * 4;

/// What does not fit, and what would.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// The weights of one layer, or a map of a single picture; no batch helps.
    #[error(
        "At conv_dim {conv_dim} and picture size {size} one layer needs {needed} MiB in one piece, \
         and this GPU gives at most {limit} MiB; choose a smaller network, or run on the CPU."
    )]
    Network {
        /// Base width of the network.
        conv_dim: usize,
        /// Side of a picture.
        size: usize,
        /// In MiB, rounded up.
        needed: u64,
        /// In MiB.
        limit: u64,
    },
    /// The largest map of a batch.
    #[error(
        "{batch} pictures at once are too many for this GPU at conv_dim {conv_dim} and picture \
         size {size}; it takes at most {most}."
    )]
    Batch {
        /// Pictures asked for.
        batch: usize,
        /// Base width of the network.
        conv_dim: usize,
        /// Side of a picture.
        size: usize,
        /// Pictures that fit.
        most: usize,
    },
}

/// Bytes of a GPU's memory that Burn has asked for once `work` has run on `device`. None for a CPU,
/// where `work` does not run.
#[cfg(feature = "gpu")]
pub fn held(device: &Device, work: impl FnOnce()) -> Option<u64> {
    saganscope_shaders::watch::usage(device, work).map(|usage| usage.reserved)
}

/// The most pictures that a network can draw at once on `device`, at least one; any number on a
/// CPU.
///
/// # Errors
/// If the network does not fit the device at all.
pub fn most_pictures(config: &SaganConfig, device: &Device) -> Result<usize, LimitError> {
    most_on(config, largest_map(config), device)
}

/// [`most_pictures`] where attention maps are wanted whole, `[B, N, N]`.
///
/// # Errors
/// If the network does not fit the device at all.
pub fn most_whole_maps(config: &SaganConfig, device: &Device) -> Result<usize, LimitError> {
    most_on(config, largest_map(config).max(whole_map(config)), device)
}

/// Whether a step of training can take `batch` pictures on `device`.
///
/// # Errors
/// If the networks do not fit the device, or if the batch does not.
pub fn check_batch(config: &SaganConfig, batch: usize, device: &Device) -> Result<(), LimitError> {
    check(config, batch, most_pictures(config, device)?)
}

/// [`check_batch`] for a forward pass whose attention maps are wanted whole.
///
/// # Errors
/// If the networks do not fit the device, or if the batch does not.
pub fn check_whole_maps(
    config: &SaganConfig,
    batch: usize,
    device: &Device,
) -> Result<(), LimitError> {
    check(config, batch, most_whole_maps(config, device)?)
}

fn check(config: &SaganConfig, batch: usize, most: usize) -> Result<(), LimitError> {
    if batch > most {
        return Err(LimitError::Batch {
            batch,
            conv_dim: config.conv_dim,
            size: config.size,
            most,
        });
    }
    Ok(())
}

fn most_on(config: &SaganConfig, map: u64, device: &Device) -> Result<usize, LimitError> {
    largest_tensor(device).map_or(Ok(usize::MAX), |limit| most_within(config, map, limit))
}

/// How many maps of `map` bytes fit a tensor of at most `limit` bytes.
fn most_within(config: &SaganConfig, map: u64, limit: u64) -> Result<usize, LimitError> {
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    let weights = largest_weights(config);
    let side = (config.size / 2) as u64;
    let most = (limit / map).min(PIXELS / (side * side));
    if weights > limit || most == 0 {
        return Err(LimitError::Network {
            conv_dim: config.conv_dim,
            size: config.size,
            needed: mib(weights.max(map)),
            limit: mib(limit),
        });
    }
    Ok(most as usize)
}

/// Bytes of the longest kernel of either network.
fn largest_weights(config: &SaganConfig) -> u64 {
    let widths = (0..config.stages()).map(|stage| config.generator_channels(stage));
    let inputs = [config.z_dim].into_iter().chain(widths.clone());
    let layers = inputs.zip(widths);
    // The discriminator's layers are the generator's inner ones, turned around.
    layers
        .map(|(input, output)| (input * output * 16) as u64 * BYTES)
        .max()
        .unwrap_or(0)
}

/// Bytes of the longest map of one picture: the finest inner one, the picture, what an attention layer
/// asks and is found by, or the noise before it.
fn largest_map(config: &SaganConfig) -> u64 {
    let area = |side: usize| side * side;
    let inner = config.conv_dim * area(config.size / 2);
    let picture = 3 * area(config.size);
    let sides = config.generator_attention.iter();
    let asked = sides.chain(&config.discriminator_attention).map(|&side| {
        let channels = config.channels_at(side);
        config.query_width_of(channels) * area(side)
    });
    let noise = config
        .noise
        .iter()
        .map(|noise| noise.channels * area(noise.side));
    let longest = asked.chain(noise).fold(inner.max(picture), usize::max);
    longest as u64 * BYTES
}

/// Bytes of the finest layer's attention map of one picture, in either network.
fn whole_map(config: &SaganConfig) -> u64 {
    let sides = config.generator_attention.iter();
    let finest = sides.chain(&config.discriminator_attention).max();
    finest.map_or(0, |&side| (side * side) as u64).pow(2) * BYTES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Noise, Region};

    /// What WebGPU promises.
    const PROMISED: u64 = 128 << 20;

    fn most(config: &SaganConfig, limit: u64) -> Result<usize, LimitError> {
        most_within(config, largest_map(config), limit)
    }

    fn config(conv_dim: usize, size: usize) -> SaganConfig {
        SaganConfig::sized(size, conv_dim, 128)
    }

    #[test]
    fn the_largest_map_decides_how_many_pictures_fit() {
        assert_eq!(most(&config(64, 128), PROMISED), Ok(128));
        assert_eq!(most(&config(64, 64), PROMISED), Ok(512));
        // Eight channels at half the side are less than three at the full one.
        assert_eq!(most(&config(8, 64), PROMISED), Ok(2730));
    }

    /// 128 dimensions, or 64 channels of noise, on 1024 cells are more than eight channels on them.
    #[test]
    fn wide_queries_and_noise_count_too() {
        let wide = SaganConfig {
            query_width: Some(128),
            ..config(8, 64)
        };
        assert_eq!(most(&wide, PROMISED), Ok(256));
        let noise = Noise {
            side: 32,
            channels: 64,
            region: Region::Left,
        };
        let noisy = SaganConfig {
            noise: vec![noise],
            ..config(8, 64)
        };
        assert_eq!(most(&noisy, PROMISED), Ok(512));
    }

    /// 64 MiB each at 128×128, where N is 4096.
    #[test]
    fn few_whole_maps_fit() {
        let config = config(8, 128);
        let fit = most_within(&config, whole_map(&config), PROMISED);
        assert_eq!(fit, Ok(2));
        let refused = check(&config, 3, 2).map_err(|error| error.to_string());
        assert!(refused.is_err_and(|text| text.ends_with("it takes at most 2.")));
    }

    #[test]
    fn workgroups_run_out_where_memory_does_not() {
        assert_eq!(most(&config(8, 128), 1 << 40), Ok(4095));
    }

    #[test]
    fn wide_networks_do_not_fit_at_any_batch() {
        assert_eq!(most(&config(128, 128), PROMISED), Ok(64));
        let refused = most(&config(136, 128), PROMISED);
        assert_eq!(
            refused,
            Err(LimitError::Network {
                conv_dim: 136,
                size: 128,
                needed: 145,
                limit: 128,
            })
        );
    }

    /// The longest latent makes the first layer the longest.
    #[test]
    fn the_first_layer_counts_too() {
        let long = SaganConfig {
            z_dim: 4096,
            ..config(72, 128)
        };
        assert!(most(&config(72, 128), PROMISED).is_ok());
        assert!(most(&long, PROMISED).is_err());
    }

    #[test]
    fn the_cpu_takes_everything() {
        let cpu = Device::flex();
        assert_eq!(most_pictures(&config(512, 128), &cpu), Ok(usize::MAX));
        assert_eq!(check_batch(&config(512, 128), 1 << 20, &cpu), Ok(()));
    }
}
