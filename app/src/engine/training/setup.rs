//! From what the page asks for to networks and settings, and back.

use saganscope_model::config::{Energy, SaganConfig, SpectralNorms, TrainConfig};

use crate::protocol::RunConfig;

/// The shape of both networks.
pub(super) fn networks(asked: &RunConfig) -> Result<SaganConfig, String> {
    let sides = |sides: &[u32]| sides.iter().map(|&side| side as usize).collect();
    let [size, conv_dim, z_dim] =
        [asked.size, asked.conv_dim, asked.z_dim].map(|number| number as usize);
    let config = SaganConfig {
        energy: Energy::ALL
            .into_iter()
            .find(|energy| energy.name() == asked.energy)
            .ok_or_else(|| {
                format!(
                    "There is no attention energy called “{}”; choose another.",
                    asked.energy
                )
            })?,
        query_width: asked.query_width.map(|width| width as usize),
        place: asked.place,
        smooth_keys: asked.smooth_keys,
        generator_attention: sides(&asked.generator_attention),
        discriminator_attention: sides(&asked.discriminator_attention),
        minibatch_deviation: asked.minibatch_deviation,
        equal_phase_sums: asked.equal_phase_sums,
        spectral_norm: match asked.spectral_norm.as_str() {
            "none" => SpectralNorms::None,
            "discriminator" => SpectralNorms::Discriminator,
            "both" => SpectralNorms::Both,
            other => {
                return Err(format!(
                    "Spectral norm can be on “none”, “discriminator” or “both”, not on “{other}”."
                ));
            }
        },
        ..SaganConfig::sized(size, conv_dim, z_dim)
    };
    config.check().map_err(|error| error.to_string())?;
    Ok(config)
}

/// The settings of the run.
pub(super) fn settings(asked: &RunConfig) -> Result<TrainConfig, String> {
    let mut settings = TrainConfig::new(asked.batch as usize, asked.seed);
    settings.generator.rate = asked.generator_rate;
    settings.discriminator.rate = asked.discriminator_rate;
    for adam in [&mut settings.generator, &mut settings.discriminator] {
        [adam.beta1, adam.beta2] = asked.betas;
    }
    settings.diff_augment = asked.diff_augment;
    settings.discriminator_steps = asked.discriminator_steps;
    settings.check().map_err(|error| error.to_string())?;
    Ok(settings)
}

/// What a run is, as the page would ask for it. Noise, which the page cannot ask for, is not told, and
/// of β it is the generator's.
pub(super) fn described(config: &SaganConfig, settings: &TrainConfig) -> RunConfig {
    let sides = |sides: &[usize]| sides.iter().map(|&side| side as u32).collect();
    RunConfig {
        size: config.size as u32,
        conv_dim: config.conv_dim as u32,
        z_dim: config.z_dim as u32,
        energy: config.energy.name().to_owned(),
        query_width: config.query_width.map(|width| width as u32),
        place: config.place,
        smooth_keys: config.smooth_keys,
        generator_attention: sides(&config.generator_attention),
        discriminator_attention: sides(&config.discriminator_attention),
        spectral_norm: match config.spectral_norm {
            SpectralNorms::None => "none",
            SpectralNorms::Discriminator => "discriminator",
            SpectralNorms::Both => "both",
        }
        .to_owned(),
        minibatch_deviation: config.minibatch_deviation,
        equal_phase_sums: config.equal_phase_sums,
        diff_augment: settings.diff_augment,
        generator_rate: settings.generator.rate,
        discriminator_rate: settings.discriminator.rate,
        betas: [settings.generator.beta1, settings.generator.beta2],
        discriminator_steps: settings.discriminator_steps,
        batch: settings.batch as u32,
        seed: settings.seed,
    }
}
