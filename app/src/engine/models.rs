//! The models that can be drawn from.

use std::{collections::BTreeMap, ops::Range, rc::Rc};

use saganscope_model::{
    checkpoint::{Checkpoint, FoldedWeights, fingerprint},
    inference::Artist,
    latents::Inputs,
    limits,
};

use super::{device::Devices, outbox, readback};
use crate::protocol::{
    Answer, DeviceChoice, DrawReply, LayerInfo, ModelInfo, Parts, Stage, Weights,
};

/// Pictures drawn at once. On a GPU a few share the cost of a round trip, few enough that the
/// first appear soon on a slow one; on a CPU each is shown as soon as it is there.
const GPU_AT_ONCE: usize = 4;
const CPU_AT_ONCE: usize = 1;

/// The prefix of the generator that is no average.
pub(super) const GENERATOR: &str = "generator.";

/// The open models, by the page's numbers.
#[derive(Default)]
pub(super) struct Models {
    open: BTreeMap<u32, Model>,
}

/// A loaded checkpoint on its device.
struct Model {
    bond: Bond,
    average: Rc<Painter>,
    /// Where the checkpoint holds an average and a generator besides.
    generator: Option<Rc<Painter>>,
}

/// What a discriminator must fit to.
pub(super) struct Bond {
    /// Of the model's file.
    pub(super) fingerprint: String,
    /// Width and height of its pictures.
    pub(super) size: usize,
    pub(super) device: burn::tensor::Device,
}

/// A generator, and how many pictures it draws at once.
pub(super) struct Painter {
    pub(super) artist: Artist,
    pub(super) at_once: usize,
}

impl Painter {
    /// Folds and uploads a checkpoint's generator under this prefix.
    pub(super) fn new(
        checkpoint: &Checkpoint,
        prefix: &str,
        device: &burn::tensor::Device,
        gpu: bool,
    ) -> Result<Self, String> {
        let most = limits::most_pictures(&checkpoint.header.config, device)
            .map_err(|error| error.to_string())?;
        let at_once = if gpu { GPU_AT_ONCE } else { CPU_AT_ONCE };
        let folded = FoldedWeights::of(checkpoint, prefix).map_err(|error| error.to_string())?;
        Ok(Self {
            artist: Artist::of(folded, device),
            at_once: at_once.min(most),
        })
    }

    /// The latents and the noise of pictures of a seed.
    pub(super) fn inputs(&self, seed: u64, pictures: Range<u64>) -> Inputs {
        Inputs::of_seed(&self.artist.config, seed, pictures)
    }
}

impl Models {
    /// Chooses a device, loads the checkpoint, and tells the page how far it is.
    pub(super) async fn open(
        &mut self,
        request: u32,
        number: u32,
        bytes: Vec<u8>,
        name: &str,
        choice: DeviceChoice,
        devices: &mut Devices,
    ) -> Result<DrawReply, String> {
        let named = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        stage(request, Stage::Weights).await;
        // Read before any device is asked for: a broken file should be told at once.
        let fingerprint = fingerprint(&bytes);
        let checkpoint = Checkpoint::from_file(name, bytes).map_err(|error| named(&error))?;
        let prefix = checkpoint.generator_prefix();
        if !checkpoint.holds(prefix) {
            return Err(named(
                &"The file holds a discriminator alone, and it is the generator that draws. Open the generator's file.",
            ));
        }
        stage(request, Stage::Device).await;
        let (device, device_info) = devices.get(choice).await?;
        let painter = |prefix| {
            Painter::new(&checkpoint, prefix, &device, device_info.gpu)
                .map_err(|error| named(&error))
        };
        let average = painter(prefix)?;
        let both = prefix != GENERATOR && checkpoint.holds(GENERATOR);
        let generator = both.then(|| painter(GENERATOR)).transpose()?.map(Rc::new);
        if device_info.gpu {
            stage(request, Stage::Warmup).await;
            warm_up(&average).await?;
        }
        let info = model_info(&checkpoint, &average.artist);
        let average = Rc::new(average);
        let bond = Bond {
            fingerprint,
            size: average.artist.config.size,
            device,
        };
        let model = Model {
            bond,
            average,
            generator,
        };
        self.open.insert(number, model);
        Ok(DrawReply::Ready {
            device: device_info,
            model: info,
        })
    }

    pub(super) fn close(&mut self, number: u32) {
        self.open.remove(&number);
    }

    /// What a discriminator of an open model must fit to.
    pub(super) fn bond(&self, number: u32) -> Result<&Bond, String> {
        let model = self.open.get(&number);
        model.map(|model| &model.bond).ok_or_else(|| {
            format!("A discriminator was opened beside model {number}, which is not open.")
        })
    }

    /// An open model's generator.
    pub(super) fn painter(&self, number: u32, weights: Weights) -> Result<Rc<Painter>, String> {
        let model = self.open.get(&number).ok_or_else(|| {
            format!(
                "Pictures were asked of model {number}, which is not open; open its file first."
            )
        })?;
        Ok(Rc::clone(match weights {
            // Models have no snapshots.
            Weights::Average | Weights::Snapshot(_) => &model.average,
            Weights::Generator => model.generator.as_ref().unwrap_or(&model.average),
        }))
    }
}

/// Draws a picture, so that the first request need not wait for compilation. One will do: no kernel
/// knows how many are drawn at once.
async fn warm_up(painter: &Painter) -> Result<(), String> {
    let inputs = painter.inputs(0, 0..1);
    let drawn = painter.artist.draw(inputs);
    readback::samples(drawn, painter.artist.config.size, Parts::default()).await?;
    Ok(())
}

fn model_info(checkpoint: &Checkpoint, artist: &Artist) -> ModelInfo {
    let config = &artist.config;
    let sides = config.generator_attention.iter();
    let layers = sides.zip(artist.gammas()).map(|(&side, gamma)| LayerInfo {
        side: side as u32,
        channels: config.channels_at(side) as u32,
        gamma,
    });
    ModelInfo {
        size: config.size as u32,
        z_dim: config.z_dim as u32,
        conv_dim: config.conv_dim as u32,
        energy: config.energy.name().to_string(),
        steps: checkpoint.header.step(),
        layers: layers.collect(),
        noisy: config.noise.iter().map(|map| map.side as u32).collect(),
    }
}

async fn stage(request: u32, stage: Stage) {
    outbox::tell(request, Answer::Draw(DrawReply::Stage(stage))).await;
}
