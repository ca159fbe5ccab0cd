//! The network's options on the command line.

use clap::{Args, ValueEnum};
use saganscope_model::config::{Energy, Noise, Region, SaganConfig, SpectralNorms};

/// What departs from the method's plain form.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// How attention computes its energy.
    #[arg(long, value_enum, default_value_t = EnergyName::Dot)]
    energy: EnergyName,
    /// Dimensions of queries and keys; an eighth of the channels by default.
    #[arg(long, value_name = "DIMENSIONS")]
    query_width: Option<usize>,
    /// Let queries and keys see their place in the picture, as sines.
    #[arg(long)]
    place: bool,
    /// Blur keys over their neighbours, so that none sees the grid of the transposed convolutions.
    #[arg(long)]
    smooth_keys: bool,
    /// Sides of the generator's maps that attend, from coarse to fine, as in `16,32`, or `none`.
    #[arg(long, value_name = "SIDES", value_parser = sides)]
    g_attention: Option<Sides>,
    /// Sides of the discriminator's maps that attend, from fine to coarse, as in `16,8`, or `none`.
    #[arg(long, value_name = "SIDES", value_parser = sides)]
    d_attention: Option<Sides>,
    /// Add noise before an attention layer of the generator: its side, the channels, and where
    /// (`whole` or `left`), as in `16:4:left`. May be given more than once, from coarse to fine.
    #[arg(long, value_name = "SIDE:CHANNELS:REGION", value_parser = noise)]
    noise: Vec<Noise>,
    /// Let the discriminator see how much the pictures of a batch differ.
    #[arg(long)]
    minibatch_deviation: bool,
    /// Keep the four phases of each inner transposed convolution at equal sums of taps.
    #[arg(long)]
    equal_phase_sums: bool,
    /// Which networks have spectral norm on their convolutions.
    #[arg(long, value_enum, default_value_t = NormName::Both)]
    spectral_norm: NormName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EnergyName {
    /// q·k, as in the paper.
    Dot,
    /// Spectral norm on queries, keys and values, as in the official code.
    Spectral,
    /// Unit-length queries and keys with a learned temperature.
    Cosine,
    /// As cosine, their mean over the picture taken away before.
    Centred,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum NormName {
    /// Neither.
    None,
    /// The discriminator alone.
    Discriminator,
    /// Both, as in the paper.
    Both,
}

/// A list, as one value of the command line.
#[derive(Clone, Debug)]
struct Sides(Vec<usize>);

fn sides(text: &str) -> Result<Sides, String> {
    if text == "none" {
        return Ok(Sides(Vec::new()));
    }
    let sides = text.split(',').map(|side| {
        side.trim()
            .parse()
            .map_err(|_| format!("'{side}' is no side of a map; write for example 16,32 or none"))
    });
    sides.collect::<Result<_, _>>().map(Sides)
}

fn noise(text: &str) -> Result<Noise, String> {
    let wrong = || format!("'{text}' is not of the form 16:4:left");
    let parts: Vec<_> = text.split(':').collect();
    let [side, channels, region] = parts.as_slice() else {
        return Err(wrong());
    };
    Ok(Noise {
        side: side.parse().map_err(|_| wrong())?,
        channels: channels.parse().map_err(|_| wrong())?,
        region: match *region {
            "whole" => Region::Whole,
            "left" => Region::Left,
            _ => return Err(wrong()),
        },
    })
}

impl Options {
    /// The plain configuration with these options.
    pub(crate) fn apply(&self, plain: SaganConfig) -> SaganConfig {
        let or = |sides: &Option<Sides>, plain| sides.clone().map_or(plain, |Sides(given)| given);
        SaganConfig {
            energy: match self.energy {
                EnergyName::Dot => Energy::Dot,
                EnergyName::Spectral => Energy::Spectral,
                EnergyName::Cosine => Energy::Cosine,
                EnergyName::Centred => Energy::Centred,
            },
            query_width: self.query_width,
            place: self.place,
            smooth_keys: self.smooth_keys,
            generator_attention: or(&self.g_attention, plain.generator_attention),
            discriminator_attention: or(&self.d_attention, plain.discriminator_attention),
            noise: self.noise.clone(),
            minibatch_deviation: self.minibatch_deviation,
            equal_phase_sums: self.equal_phase_sums,
            spectral_norm: match self.spectral_norm {
                NormName::None => SpectralNorms::None,
                NormName::Discriminator => SpectralNorms::Discriminator,
                NormName::Both => SpectralNorms::Both,
            },
            ..plain
        }
    }
}
