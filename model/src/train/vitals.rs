//! What a run's networks are like inside, read now and then: a curve each beside the losses.
//!
//! None of them needs anything of a step. A few pictures of always the same latents tell how much
//! each attention layer adds and how its maps are made; the optimisers still hold the last
//! gradients, since SAGAN's β₁ is 0 (else it is their mean); spectral norm keeps the vectors that
//! its weights' largest singular values are found from. Where the run learns from a world, how well
//! its maps find partners is read too.

use std::collections::BTreeMap;

use burn::tensor::Tensor;

use super::Trainer;
use crate::{
    adam::Adam,
    checkpoint::{Dtype, FoldedWeights, RawTensor, about_largest_singular_value},
    config::SaganConfig,
    data::World,
    host::{HostTensors, ReadError, read_all},
    inference::Artist,
    latents::Inputs,
    measures::border_and_phase,
    parameters::host_tensors,
    readings::{bits, log_mean_row},
};

/// Readings that a run keeps; beyond, every second one is let go of.
const MOST: usize = 1024;

/// The pictures that maps are read of: drawn ones of this seed, and real ones.
const SEED: u64 = 1;
const PICTURES: u64 = 4;

/// Readings that files of earlier versions do not have: they stand at the end.
const LATER: &str = "partner.";

const NAMES: &str = "history.vitals.names";
const STEPS: &str = "history.vitals.steps";
const VALUES: &str = "history.vitals.values";

/// What is read, in this order: of each attention layer of the generator (from 1, the coarsest)
/// `share` (‖γo‖/‖x‖), `bits`, `border` and `phase` of its maps; the norm of both networks' last
/// `gradient`; `sigma`, about the largest singular value of each weight of both, from 1; and the
/// `partner` selectivity of each layer of both, from the coarsest, where the world knows it.
pub(crate) fn names(config: &SaganConfig) -> Vec<String> {
    let layers = 1..=config.generator_attention.len();
    let mut names: Vec<_> = layers
        .flat_map(|layer| {
            ["share", "bits", "border", "phase"].map(|what| format!("{what}.{layer}"))
        })
        .collect();
    names.extend(["generator", "discriminator"].map(|network| format!("gradient.{network}")));
    for network in ["generator", "discriminator"] {
        names.extend((1..=config.stages()).map(|stage| format!("sigma.{network}.{stage}")));
    }
    for (network, layers) in [
        ("generator", config.generator_attention.len()),
        ("discriminator", config.discriminator_attention.len()),
    ] {
        names.extend((1..=layers).map(|layer| format!("{LATER}{network}.{layer}")));
    }
    names
}

impl Trainer {
    /// What is read of the run now, in the order of [`names`]; NaN for what there is none of yet.
    /// `world` is what it learns from, where that is one.
    ///
    /// # Errors
    /// If the device does not give it back.
    pub async fn vitals(&self, world: Option<&World>) -> Result<Vec<f32>, ReadError> {
        let (mut values, partners) = self.of_layers(world).await?;
        let adams = [&self.generator_adam, &self.discriminator_adam];
        let gradients = adams.map(|adam| squares(adam, &self.device));
        let gradients = read_all(gradients.into()).await?;
        values.extend(gradients.into_iter().map(|square| {
            let norm = square.iter().sum::<f32>().sqrt();
            if norm == 0.0 { f32::NAN } else { norm }
        }));
        let networks = [
            host_tensors(&self.generator).await?,
            host_tensors(&self.discriminator).await?,
        ];
        for network in &networks {
            values.extend((0..self.config.stages()).map(|stage| sigma(network, stage)));
        }
        values.extend(partners);
        let [_, discriminator] = networks;
        match world {
            Some(world) if !self.config.discriminator_attention.is_empty() => {
                let count = PICTURES as usize;
                let found = self.partners_of_real(discriminator, world, count);
                values.extend(found.await?);
            }
            _ => values.resize(names(&self.config).len(), f32::NAN),
        }
        Ok(values)
    }

    /// Of each layer: share, bits, border and phase, means over the pictures; and how selective each
    /// is for partners.
    async fn of_layers(&self, world: Option<&World>) -> Result<(Vec<f32>, Vec<f32>), ReadError> {
        let sides = &self.config.generator_attention;
        let none = vec![f32::NAN; sides.len()];
        if sides.is_empty() {
            return Ok((Vec::new(), none));
        }
        let device = self.device.clone().inner();
        let checkpoint = self.drawing_checkpoint(true).await?;
        let Ok(folded) = FoldedWeights::of(&checkpoint, "average.") else {
            return Ok((vec![f32::NAN; 4 * sides.len()], none));
        };
        let artist = Artist::of(folded, &device);
        let drawn = artist.draw(Inputs::of_seed(&self.config, SEED, 0..PICTURES));
        let partners = match world {
            Some(world) => self.partners_of_drawn(&drawn, world).await?,
            None => none,
        };
        let mut read = Vec::new();
        for layer in drawn.layers {
            let log_mean = log_mean_row(&layer.state, &layer.log_sum_exp);
            let bits = bits(&layer.state, &layer.log_sum_exp, &log_mean);
            read.extend([
                layer.share,
                bits.reshape([-1]),
                log_mean.exp().reshape([-1]),
            ]);
        }
        let read = read_all(read).await?;
        let layers = sides.iter().zip(read.as_chunks::<3>().0);
        let values = layers.flat_map(|(&side, [shares, bits, rows])| {
            let rows: Vec<f64> = rows.iter().map(|&p| f64::from(p)).collect();
            let count = (rows.len() / (side * side)) as f64;
            let ratios = rows
                .chunks_exact(side * side)
                .map(|row| border_and_phase(side, row));
            let [border, phase] =
                ratios.fold([0.0; 2], |sum, one| [sum[0] + one[0], sum[1] + one[1]]);
            [
                mean(shares),
                mean(bits),
                (border / count) as f32,
                (phase / count) as f32,
            ]
        });
        Ok((values.collect(), partners))
    }
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len() as f32
}

/// The squares of an optimiser's last gradients, summed, `[1]`.
fn squares(adam: &Adam, device: &burn::tensor::Device) -> Tensor<1> {
    let sums = adam.moments.values().map(|moments| {
        let gradient = moments.first.clone();
        (gradient.clone() * gradient).sum()
    });
    let device = device.clone().inner();
    sums.reduce(|all, one| all + one)
        .unwrap_or_else(|| Tensor::zeros([1], &device))
}

/// About the largest singular value of a stage's weight, as it was learned.
fn sigma(network: &HostTensors, stage: usize) -> f32 {
    let kept = network.get(&format!("stages.{stage}.sigma.u"));
    let weight = network.get(&format!("stages.{stage}.weight"));
    weight.map_or(f32::NAN, |weight| {
        about_largest_singular_value(weight, kept) as f32
    })
}

/// The vitals of a run, in the order of steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vitals {
    names: Vec<String>,
    points: Vec<(u64, Vec<f32>)>,
}

impl Vitals {
    /// None yet, of a run of this shape.
    pub fn new(config: &SaganConfig) -> Self {
        Self {
            names: names(config),
            points: Vec::new(),
        }
    }

    /// What is read, as [`names`] says.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Steps, and what was read after each.
    pub fn points(&self) -> &[(u64, Vec<f32>)] {
        &self.points
    }

    /// Adds what was read after a later step.
    pub fn push(&mut self, step: u64, values: Vec<f32>) {
        self.points.push((step, values));
        if self.points.len() > MOST {
            let mut index = 0;
            self.points.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
    }

    /// As a checkpoint carries them along: one row a reading.
    pub fn to_carried(&self) -> BTreeMap<String, RawTensor> {
        if self.points.is_empty() {
            return BTreeMap::new();
        }
        let (rows, columns) = (self.points.len(), self.names.len());
        let names = self.names.join("\n").into_bytes();
        let steps = self.points.iter().flat_map(|(step, _)| step.to_le_bytes());
        let values = self.points.iter().flat_map(|(_, values)| values);
        let raw = |dtype, shape, bytes| RawTensor {
            dtype,
            shape,
            bytes,
        };
        BTreeMap::from([
            (NAMES.to_string(), raw(Dtype::U8, vec![names.len()], names)),
            (
                STEPS.to_string(),
                raw(Dtype::U64, vec![rows], steps.collect()),
            ),
            (
                VALUES.to_string(),
                raw(
                    Dtype::F32,
                    vec![rows, columns],
                    values.flat_map(|value| value.to_le_bytes()).collect(),
                ),
            ),
        ])
    }

    /// What a checkpoint carries along, up to step `last`; none where those are no readings of a run
    /// of this shape.
    pub fn from_carried(
        config: &SaganConfig,
        carried: &BTreeMap<String, RawTensor>,
        last: u64,
    ) -> Self {
        let mut vitals = Self::new(config);
        vitals.points = vitals.read(carried).unwrap_or_default();
        vitals.points.retain(|(step, _)| *step <= last);
        vitals
    }

    fn read(&self, carried: &BTreeMap<String, RawTensor>) -> Option<Vec<(u64, Vec<f32>)>> {
        let names = std::str::from_utf8(&carried.get(NAMES)?.bytes).ok()?;
        let names: Vec<&str> = names.split('\n').collect();
        let (steps, values) = (carried.get(STEPS)?, carried.get(VALUES)?);
        let (rows, columns) = (steps.bytes.len() / 8, names.len());
        let later = self.names.get(columns..)?;
        let known = names == self.names[..columns];
        let known = known && later.iter().all(|name| name.starts_with(LATER));
        let typed = steps.dtype == Dtype::U64 && values.dtype == Dtype::F32;
        let shaped = steps.shape == [rows] && values.shape == [rows, columns];
        if !known || !typed || !shaped || rows > MOST || values.bytes.len() != 4 * rows * columns {
            return None;
        }
        let (steps, _) = steps.bytes.as_chunks::<8>();
        let (values, _) = values.bytes.as_chunks::<4>();
        let points = steps.iter().zip(values.chunks_exact(columns));
        let points = points.map(|(step, row)| {
            let row = row.iter().map(|bytes| f32::from_le_bytes(*bytes));
            let lacking = std::iter::repeat_n(f32::NAN, later.len());
            (u64::from_le_bytes(*step), row.chain(lacking).collect())
        });
        Some(points.collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::{
        module::{Module, ModuleVisitor, Param},
        tensor::{Device, Gradients},
    };
    use pollster::block_on;
    use saganscope_distance::relative;

    use super::*;
    use crate::{
        checkpoint::largest_singular_value,
        config::{SpectralNorms, TrainConfig},
        data::{World, batch},
    };

    fn trained(spectral_norm: SpectralNorms, steps: usize) -> Trainer {
        let config = SaganConfig {
            spectral_norm,
            ..SaganConfig::sized(32, 8, 16)
        };
        let mut trainer = Trainer::new(config, TrainConfig::new(2, 5), &Device::flex());
        for _ in 0..steps {
            let world = World::named("twins", 1).unwrap();
            trainer.learn(|index| batch(&world, index, 2, 32));
        }
        trainer
    }

    fn of(trainer: &Trainer, name: &str) -> f64 {
        let values = block_on(trainer.vitals(None)).unwrap();
        let names = names(&trainer.config);
        assert_eq!(names.len(), values.len());
        let place = names.iter().position(|one| one == name).unwrap();
        f64::from(values[place])
    }

    /// Sums the squares of all gradients of a module, from the graph itself.
    struct Squares<'a> {
        gradients: &'a Gradients,
        sum: f64,
    }

    impl ModuleVisitor for Squares<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if param.is_require_grad()
                && let Some(gradient) = param.val().grad(self.gradients)
            {
                let values = gradient.into_data();
                self.sum += values.iter::<f64>().map(|g| g * g).sum::<f64>();
            }
        }
    }

    #[test]
    fn a_gradient_is_that_of_the_last_update() {
        let [judged, mut updated] = [(); 2].map(|()| trained(SpectralNorms::Both, 0));
        assert!(of(&updated, "gradient.generator").is_nan());
        let (_, gradients) = judged.generator_gradients(judged.generator_inputs());
        let mut squares = Squares {
            gradients: &gradients,
            sum: 0.0,
        };
        judged.generator.visit(&mut squares);
        updated.learn_generator();
        let found = of(&updated, "gradient.generator");
        relative(&[found], &[squares.sum.sqrt()]).within(1e-4, "the norm");
        assert!(of(&updated, "gradient.discriminator").is_nan());
    }

    #[test]
    fn sigma_is_the_largest_singular_value() {
        for (norms, within) in [(SpectralNorms::Both, 0.2), (SpectralNorms::None, 0.1)] {
            let trainer = trained(norms, 3);
            let host = block_on(host_tensors(&trainer.discriminator)).unwrap();
            let exact = largest_singular_value(&host["stages.1.weight"]);
            let found = of(&trainer, "sigma.discriminator.2");
            relative(&[found], &[exact]).within(within, "σ");
            assert!(found <= 1.0001 * exact, "{found} {exact}");
        }
    }

    #[test]
    fn shares_and_bits_are_zero_while_gamma_is_and_maps_have_ratios() {
        let trainer = trained(SpectralNorms::Both, 0);
        assert_eq!(of(&trainer, "share.1"), 0.0);
        for what in ["border.2", "phase.2"] {
            let found = of(&trainer, what);
            assert!((0.2..4.0).contains(&found), "{what}: {found}");
        }
        let later = trained(SpectralNorms::Both, 3);
        // One picture after the other.
        let checkpoint = block_on(later.checkpoint()).unwrap();
        let artist = Artist::new(&checkpoint, &Device::flex()).unwrap();
        let share = |picture| {
            let inputs = Inputs::of_seed(&later.config, SEED, picture..picture + 1);
            let layers = artist.draw(inputs).layers;
            f64::from(layers[0].share.clone().into_scalar::<f32>())
        };
        let wanted = (0..PICTURES).map(share).sum::<f64>() / PICTURES as f64;
        relative(&[of(&later, "share.1")], &[wanted]).within(1e-4, "the share");
        assert!(of(&later, "bits.2") > 0.0);
    }

    #[test]
    fn what_a_file_carries_comes_back_and_what_is_not_known_is_none() {
        let config = SaganConfig::sized(32, 8, 16);
        let mut vitals = Vitals::new(&config);
        let count = vitals.names().len();
        for step in 1..=2000 {
            vitals.push(step, vec![step as f32; count]);
        }
        let points = vitals.points();
        assert!(points.len() <= MOST && points.len() > MOST / 2);
        assert_eq!((points[0].0, points[points.len() - 1].0), (1, 2000));
        let carried = vitals.to_carried();
        assert_eq!(Vitals::from_carried(&config, &carried, 2000), vitals);
        let upto = points.iter().filter(|(step, _)| *step <= 1000);
        let upto: Vec<_> = upto.cloned().collect();
        assert!(upto.len() > 100);
        let earlier = Vitals::from_carried(&config, &carried, 1000);
        assert_eq!(earlier.points(), upto);
        // A file of a version that read no partners.
        let old = names(&config)
            .into_iter()
            .filter(|name| !name.starts_with(LATER));
        let older = Vitals {
            names: old.collect(),
            points: vec![(5, vec![2.0; count - 4])],
        };
        let read = Vitals::from_carried(&config, &older.to_carried(), 9);
        let (told, lacking) = read.points()[0].1.split_at(count - 4);
        assert!(told.iter().all(|&value| value == 2.0));
        assert!(lacking.iter().all(|value| value.is_nan()));
        let mut damaged = carried.clone();
        damaged.get_mut(VALUES).unwrap().bytes.truncate(4);
        let mut renamed = carried.clone();
        renamed.get_mut(NAMES).unwrap().bytes[0] = b'z';
        let other = SaganConfig::sized(64, 8, 16);
        for none in [
            Vitals::from_carried(&config, &renamed, 2000),
            Vitals::from_carried(&config, &damaged, 2000),
            Vitals::from_carried(&other, &carried, 2000),
        ] {
            assert!(none.points().is_empty());
        }
    }
}
