//! Whether a run's maps find partners, where its world knows them: a part of its vitals.
//!
//! The discriminator looks at the world's own pictures, of which each pixel's partners are known.
//! What the generator draws stands as the world's pictures do only where all of them are upright and
//! mirrored; its figures are found by their colours (docs/measures.md). Both are what `sagan measure`
//! finds of the same weights and pictures.

use burn::tensor::{Tensor, TensorData};

use super::Trainer;
use crate::{
    attention::AttentionState,
    checkpoint::{Checkpoint, Header},
    data::{Pictures, World},
    host::{HostTensors, ReadError, read},
    inference::Drawn,
    judging::{self, Judge},
    measures::{Map, MeasureError, PartnerTally, figure_cells, mirrored},
};

/// Width and height of the largest maps that are measured: one of 64×64 takes 64 MiB.
const LARGEST: usize = 32;

/// What no selectivity is known of.
const UNKNOWN: f32 = f32::NAN;

impl Trainer {
    /// The selectivity of each layer of the generator, from the coarsest, for what `drawn` shows.
    pub(super) async fn partners_of_drawn(
        &self,
        drawn: &Drawn,
        world: &World,
    ) -> Result<Vec<f32>, ReadError> {
        let layers = drawn.layers.len();
        let Some(axis) = world.mirror() else {
            return Ok(vec![UNKNOWN; layers]);
        };
        let size = self.config.size;
        let images = read(drawn.image.clone()).await?;
        let images: Vec<&[f32]> = images.chunks_exact(3 * size * size).collect();
        let mut found = Vec::with_capacity(layers);
        for layer in &drawn.layers {
            let known = |picture: usize| {
                let figure = figure_cells(images[picture], size, layer.side)?;
                Ok((figure, mirrored(layer.side, axis)))
            };
            found.push(selectivity(layer.side, &layer.state, images.len(), known).await?);
        }
        Ok(found)
    }

    /// The selectivity of each layer of the discriminator, from the coarsest, for the first `count`
    /// pictures that the run learns from. `network` is the discriminator in main memory.
    pub(super) async fn partners_of_real(
        &self,
        network: HostTensors,
        world: &World,
        count: usize,
    ) -> Result<Vec<f32>, ReadError> {
        let unknown = vec![UNKNOWN; self.config.discriminator_attention.len()];
        let size = self.config.size;
        let length = 3 * size * size;
        let mut pictures = vec![0f32; count * length];
        for (index, picture) in (0..).zip(pictures.chunks_exact_mut(length)) {
            world.draw(index, size, picture);
        }
        let named = |(name, tensor)| (format!("{}{name}", judging::PREFIX), tensor);
        let tensors = network.into_iter().map(named).collect();
        let checkpoint = Checkpoint::new(Header::new(self.config.clone()), tensors);
        let device = self.device.clone().inner();
        let Ok(judge) = Judge::new(&checkpoint, &device) else {
            return Ok(unknown);
        };
        let pictures = TensorData::new(pictures, [count, 3, size, size]);
        let mut found = Vec::with_capacity(unknown.len());
        for (side, state) in judge.maps(Tensor::from_data(pictures, &device)) {
            let known = |picture: usize| Ok(world.known(picture as u64, side));
            found.push(selectivity(side, &state, count, known).await?);
        }
        Ok(found)
    }
}

/// The selectivity of one layer over some pictures; NaN where there is none.
async fn selectivity(
    side: usize,
    state: &AttentionState,
    pictures: usize,
    known: impl Fn(usize) -> Result<Known, MeasureError>,
) -> Result<f32, ReadError> {
    if side > LARGEST {
        return Ok(UNKNOWN);
    }
    let queries = read(state.queries.clone()).await?;
    let keys = read(state.keys.clone()).await?;
    let of_one = (queries.len() / pictures.max(1)).max(1);
    let both = queries.chunks_exact(of_one).zip(keys.chunks_exact(of_one));
    let mut tally = PartnerTally::default();
    for (picture, (queries, keys)) in both.enumerate() {
        let added = Map::of(side, queries, keys)
            .and_then(|map| known(picture).map(|known| (map, known)))
            .and_then(|(map, (figure, partners))| tally.add(&map, &figure, &partners));
        // A run whose numbers are none any more says so itself.
        if added.is_err() {
            return Ok(UNKNOWN);
        }
    }
    let found = tally.figures().selectivity;
    Ok(found.map_or(UNKNOWN, |selectivity| selectivity as f32))
}

/// Which cells show the figure, and where each has its partners.
type Known = (Vec<bool>, Vec<Vec<[f32; 2]>>);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::Device;
    use pollster::block_on;
    use saganscope_distance::relative;

    use super::*;
    use crate::{
        config::{SaganConfig, TrainConfig},
        data::batch,
        discriminator::Discriminator,
        inference::Artist,
        latents::{Inputs, Purpose, stream},
        minibatch_deviation::Deviation,
        parameters::load,
        train::vitals::names,
    };

    const COUNT: usize = 4;

    fn trained(world: &World) -> Trainer {
        let config = SaganConfig {
            discriminator_attention: vec![16, 8],
            ..SaganConfig::sized(32, 8, 16)
        };
        let mut trainer = Trainer::new(config, TrainConfig::new(2, 5), &Device::flex());
        for _ in 0..3 {
            trainer.learn(|index| batch(world, index, 2, 32));
        }
        // Pictures of strong colours, which have figures, and maps that are not flat.
        let mut checkpoint = block_on(trainer.checkpoint()).unwrap();
        for (name, tensor) in &mut checkpoint.tensors {
            let asks = name.contains("query") || name.contains("key");
            let times = match name.strip_prefix("average.") {
                Some("last_weight") => 40.0,
                Some(name) if name.ends_with("running_var") => 0.01,
                None if asks && name.ends_with("weight") => 20.0,
                _ => 1.0,
            };
            tensor.values.iter_mut().for_each(|value| *value *= times);
        }
        Trainer::resume(&checkpoint, &Device::flex()).unwrap()
    }

    /// Of each layer, from the coarsest, picture by picture as `sagan measure` does it.
    fn measured(
        layers: impl Iterator<Item = (usize, AttentionState)>,
        known: impl Fn(usize, usize) -> Known,
    ) -> Vec<f64> {
        let measured = layers.map(|(side, state)| {
            let [queries, keys] = [state.queries, state.keys].map(|t| block_on(read(t)).unwrap());
            let one = queries.len() / COUNT;
            let mut tally = PartnerTally::default();
            for picture in 0..COUNT {
                let part = picture * one..(picture + 1) * one;
                let map = Map::of(side, &queries[part.clone()], &keys[part]).unwrap();
                let (figure, partners) = known(picture, side);
                tally.add(&map, &figure, &partners).unwrap();
            }
            tally.figures().selectivity.unwrap()
        });
        measured.collect()
    }

    fn found(trainer: &Trainer, world: Option<&World>, prefix: &str) -> Vec<f64> {
        let values = block_on(trainer.vitals(world)).unwrap();
        let names = names(&trainer.config);
        assert_eq!(names.len(), values.len());
        let named = names.iter().zip(values);
        let named = named.filter(|(name, _)| name.starts_with(prefix));
        named.map(|(_, value)| f64::from(value)).collect()
    }

    #[test]
    fn both_are_what_the_measures_find_of_the_same_weights() {
        let world = World::named("upright-butterflies", 7).unwrap();
        let trainer = trained(&world);
        let checkpoint = block_on(trainer.checkpoint()).unwrap();
        let device = Device::flex();

        let artist = Artist::new(&checkpoint, &device).unwrap();
        let drawn = artist.draw(Inputs::of_seed(&trainer.config, 1, 0..COUNT as u64));
        let images = block_on(read(drawn.image)).unwrap();
        let layers = drawn
            .layers
            .into_iter()
            .map(|layer| (layer.side, layer.state));
        let wanted = measured(layers, |picture, side| {
            let image = &images[picture * 3072..(picture + 1) * 3072];
            (figure_cells(image, 32, side).unwrap(), mirrored(side, 0.5))
        });
        assert!(
            wanted.iter().any(|found| (found - 1.0).abs() > 0.01),
            "{wanted:?}"
        );
        relative(
            &found(&trainer, Some(&world), "partner.generator."),
            &wanted,
        )
        .within(1e-4, "the generator's");

        // The network as it is, its norms not folded.
        let blank = Discriminator::init(
            &trainer.config,
            &mut stream(0, Purpose::Weights, 0),
            &device,
        );
        let network = load(blank, &checkpoint.tensors, judging::PREFIX).unwrap();
        let mut pictures = vec![0f32; COUNT * 3072];
        for (index, picture) in pictures.chunks_exact_mut(3072).enumerate() {
            world.draw(index as u64, 32, picture);
        }
        let pictures = TensorData::new(pictures, [COUNT, 3, 32, 32]);
        let judged = network.forward(Tensor::from_data(pictures, &device), Deviation::Running);
        let sides = network.attention.iter().map(|layer| layer.side);
        let layers: Vec<_> = sides.zip(judged.attention).collect();
        let wanted = measured(layers.into_iter().rev(), |picture, side| {
            let cells = || (0..side * side).map(|cell| (cell % side, cell / side));
            let index = picture as u64;
            (
                cells()
                    .map(|(x, y)| world.figure(index, side, x, y))
                    .collect(),
                cells()
                    .map(|(x, y)| world.partners(index, side, x, y))
                    .collect(),
            )
        });
        relative(
            &found(&trainer, Some(&world), "partner.discriminator."),
            &wanted,
        )
        .within(1e-4, "the discriminator's");
        // One layer is not taken for the other.
        assert!((wanted[0] - wanted[1]).abs() > 0.01, "{wanted:?}");
    }

    #[test]
    fn what_is_not_known_is_no_number_and_asking_moves_nothing() {
        let turned = World::named("twins", 7).unwrap();
        let trainer = trained(&turned);
        let before = block_on(trainer.checkpoint()).unwrap();
        let generator = found(&trainer, Some(&turned), "partner.generator.");
        assert!(generator.len() == 2 && generator.iter().all(|value| value.is_nan()));
        let discriminator = found(&trainer, Some(&turned), "partner.discriminator.");
        assert!(discriminator.iter().all(|value| value.is_finite()));
        let none = found(&trainer, None, "partner.");
        assert!(none.len() == 4 && none.iter().all(|value| value.is_nan()));
        assert_eq!(
            block_on(trainer.checkpoint()).unwrap().tensors,
            before.tensors
        );
    }
}
