//! The discriminators that can be asked what they say of a picture.

use std::{collections::BTreeMap, rc::Rc};

use burn::tensor::{Device, Tensor, TensorData};
use saganscope_model::{
    checkpoint::Checkpoint,
    host::read,
    inference::Drawn,
    judging::{Exam, Judge},
};

use super::{albums, decoding, models::Bond, readback};
use crate::protocol::{JudgeInfo, LayerInfo, Parts, Verdict, wire::Files};

/// The open discriminators, by the page's numbers.
#[derive(Default)]
pub(super) struct Judges {
    open: BTreeMap<u32, Rc<Examiner>>,
}

/// A discriminator on its device.
pub(super) struct Examiner {
    judge: Judge,
    device: Device,
}

impl Judges {
    /// Loads a discriminator, if it is the model's.
    pub(super) fn open(
        &mut self,
        number: u32,
        bytes: Vec<u8>,
        name: &str,
        model: &Bond,
    ) -> Result<JudgeInfo, String> {
        let named = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        let checkpoint = Checkpoint::from_file(name, bytes).map_err(|error| named(&error))?;
        if !Judge::is_in(&checkpoint) {
            return Err(named(
                &"The file holds no discriminator; that of a run does, and so does one of PyTorch's with both networks.",
            ));
        }
        checkpoint
            .belongs_to(&model.fingerprint)
            .map_err(|error| named(&error))?;
        let size = checkpoint.header.config.size;
        if size != model.size {
            return Err(named(&format!(
                "It judges pictures of {size}×{size}, and the model draws {0}×{0}.",
                model.size
            )));
        }
        let examiner = Examiner::new(&checkpoint, &model.device).map_err(|error| named(&error))?;
        let info = examiner.info();
        self.open.insert(number, Rc::new(examiner));
        Ok(info)
    }

    pub(super) fn close(&mut self, number: u32) {
        self.open.remove(&number);
    }

    pub(super) fn get(&self, number: u32) -> Result<Rc<Examiner>, String> {
        let open = self.open.get(&number).map(Rc::clone);
        open.ok_or_else(|| {
            format!("Discriminator {number} was asked, which is not open; open its file first.")
        })
    }
}

impl Examiner {
    pub(super) fn new(checkpoint: &Checkpoint, device: &Device) -> Result<Self, String> {
        Ok(Self {
            judge: Judge::new(checkpoint, device).map_err(|error| error.to_string())?,
            device: device.clone(),
        })
    }

    fn info(&self) -> JudgeInfo {
        let layers = self.judge.layers().into_iter();
        JudgeInfo {
            size: self.judge.config.size as u32,
            layers: layers
                .map(|(side, channels, gamma)| LayerInfo {
                    side: side as u32,
                    channels: channels as u32,
                    gamma,
                })
                .collect(),
        }
    }

    /// What it says of the first picture of `[B, 3, size, size]`.
    pub(super) async fn examine(&self, pictures: Tensor<4>) -> Result<Verdict, String> {
        let (size, [_, _, side, _]) = (self.judge.config.size, pictures.dims());
        if side != size {
            return Err(format!(
                "This discriminator judges pictures of {size}×{size}, and one of {side}×{side} came."
            ));
        }
        let image = pictures.narrow(0, 0, 1);
        let Exam {
            score,
            layers,
            gradient,
        } = self.judge.examine(image.clone());
        let failed = |error: saganscope_model::host::ReadError| error.to_string();
        let score = read(score).await.map_err(failed)?;
        let gradient = read(gradient).await.map_err(failed)?;
        let parts = Parts {
            values: true,
            layer_maps: true,
            ..Parts::default()
        };
        let samples = readback::samples(Drawn { image, layers }, size, parts).await?;
        let (Some(&score), Some(sample)) = (score.first(), samples.into_iter().next()) else {
            return Err("The device gave no score back. Reload the page.".into());
        };
        Ok(Verdict {
            score,
            sample,
            gradient: lengths(&gradient),
        })
    }

    /// The first of some files as a picture of its size, `[1, 3, size, size]`.
    pub(super) async fn decoded(&self, files: &Files) -> Result<Tensor<4>, String> {
        let size = self.judge.config.size;
        if files.0.length() == 0 {
            return Err("No file was chosen; choose a picture.".into());
        }
        let file = files.0.get(0);
        let rgb = decoding::decoded(&file, size as u32)
            .await
            .map_err(|reason| format!("{} {reason}.", albums::name(&file)))?;
        let data = TensorData::new(planar(&rgb), [1, 3, size, size]);
        Ok(Tensor::from_data(data, &self.device))
    }
}

/// `[3, N]` → `[N]`: the length of each pixel's three.
fn lengths(gradient: &[f32]) -> Vec<f32> {
    let pixels = gradient.len() / 3;
    let square = |at: usize| gradient[at] * gradient[at];
    (0..pixels)
        .map(|pixel| {
            (0..3)
                .map(|c| square(c * pixels + pixel))
                .sum::<f32>()
                .sqrt()
        })
        .collect()
}

/// `[N, 3]` bytes → `[3, N]` in [−1, 1], as a run learns from them.
fn planar(rgb: &[u8]) -> Vec<f32> {
    let channel = |c: usize| rgb.iter().skip(c).step_by(3);
    (0..3)
        .flat_map(channel)
        .map(|&byte| f32::from(byte) / 127.5 - 1.0)
        .collect()
}
