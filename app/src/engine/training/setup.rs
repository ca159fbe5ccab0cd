//! From what the page asks for to networks and settings.

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
    settings.diff_augment = asked.diff_augment;
    settings.discriminator_steps = asked.discriminator_steps;
    settings.check().map_err(|error| error.to_string())?;
    Ok(settings)
}
