//! A loaded generator and the pictures it draws.

use burn::tensor::{TensorData, Transaction};
use saganscope_model::{
    checkpoint::Checkpoint,
    inference::{Artist, Drawn},
    latents::Inputs,
    limits,
    picture::to_rgba,
};

use super::{
    clock::{now, pause},
    device::Devices,
    inbox::Inbox,
    outbox,
};
use crate::protocol::{DeviceChoice, DeviceInfo, ModelInfo, Reading, Reply, Sample, Stage};

/// Pictures drawn at once. On the GPU a few share the cost of a round trip, few enough that the
/// first appear soon on a slow one; on the CPU each is shown as soon as it is there.
const GPU_AT_ONCE: u32 = 4;
const CPU_AT_ONCE: u32 = 1;
/// What one request may ask for.
const MOST_PICTURES: u32 = 256;

/// A loaded generator on its device.
pub(super) struct Session {
    artist: Artist,
    device: DeviceInfo,
}

impl Session {
    /// Chooses a device, loads the checkpoint, and tells the page how far it is.
    pub(super) async fn open(
        bytes: &[u8],
        name: &str,
        choice: DeviceChoice,
        devices: &mut Devices,
    ) -> Result<Self, String> {
        stage(Stage::Weights).await;
        // Read before any device is asked for: a broken file should be told at once.
        let checkpoint =
            Checkpoint::from_bytes(bytes).map_err(|error| format!("{name}: {error}"))?;
        stage(Stage::Device).await;
        let (device, info) = devices.get(choice).await;
        limits::most_pictures(&checkpoint.header.config, &device)
            .map_err(|error| format!("{name}: {error}"))?;
        let artist =
            Artist::new(&checkpoint, &device).map_err(|error| format!("{name}: {error}"))?;
        let session = Self {
            artist,
            device: info,
        };
        if session.device.gpu {
            stage(Stage::Warmup).await;
            session.draw(0, 0..1).await?;
        }
        outbox::post(&Reply::Ready {
            device: session.device.clone(),
            model: session.model_info(&checkpoint),
        });
        Ok(session)
    }

    fn model_info(&self, checkpoint: &Checkpoint) -> ModelInfo {
        let config = &self.artist.config;
        ModelInfo {
            size: config.size as u32,
            z_dim: config.z_dim as u32,
            conv_dim: config.conv_dim as u32,
            energy: config.energy.name().to_string(),
            steps: checkpoint.header.step(),
            gammas: self.artist.gammas(),
        }
    }

    /// Draws and posts the pictures of a request, until a newer one comes.
    pub(super) async fn generate(
        &self,
        request: u32,
        seed: u64,
        count: u32,
        inbox: &Inbox,
    ) -> Result<(), String> {
        if count > MOST_PICTURES {
            return Err(format!(
                "{count} pictures were asked for; at most {MOST_PICTURES} are drawn at once."
            ));
        }
        let start = now();
        let step = if self.device.gpu {
            GPU_AT_ONCE
        } else {
            CPU_AT_ONCE
        };
        for first in (0..count).step_by(step as usize) {
            let end = (first + step).min(count);
            let samples = self.draw(seed, first..end).await?;
            for (index, sample) in (first..).zip(samples) {
                outbox::post(&Reply::Sample {
                    request,
                    index,
                    sample,
                });
            }
            pause().await;
            if inbox.supersedes(request) {
                return Ok(());
            }
        }
        outbox::post(&Reply::Generated {
            request,
            millis: now() - start,
        });
        Ok(())
    }

    /// Draws these pictures of a seed and reads everything back in one round trip.
    async fn draw(&self, seed: u64, indices: std::ops::Range<u32>) -> Result<Vec<Sample>, String> {
        let count = indices.len();
        let pictures = u64::from(indices.start)..u64::from(indices.end);
        let inputs = Inputs::of_seed(&self.artist.config, seed, pictures);
        let Drawn { image, layers } = self.artist.draw(inputs);
        let mut transaction = Transaction::default().register(image);
        let mut shapes = Vec::new();
        for layer in layers {
            let (queries, keys) = (layer.state.queries, layer.state.keys);
            let [_, dim, _] = queries.dims();
            shapes.push((layer.side as u32, dim as u32, layer.gamma));
            transaction = transaction
                .register(queries)
                .register(keys)
                .register(layer.log_sum_exp)
                .register(layer.share);
        }
        let data = transaction
            .execute_async()
            .await
            .map_err(|error| format!("The device did not give the pictures back ({error:?}). Reload the page; if it happens again, add ?device=cpu to its address."))?;
        let mut parts = data.into_iter().map(values);
        let mut next = || parts.next().unwrap_or_default();
        let size = self.artist.config.size;
        let mut samples: Vec<Sample> = next()
            .chunks_exact(3 * size * size)
            .map(|planar| Sample {
                size: size as u32,
                rgba: to_rgba(planar),
                layers: Vec::new(),
            })
            .collect();
        for (side, dim, gamma) in shapes {
            let (queries, keys, sums, shares) = (next(), next(), next(), next());
            for (index, sample) in samples.iter_mut().enumerate() {
                let part = |all: &[f32]| {
                    let length = all.len() / count;
                    all[index * length..(index + 1) * length].to_vec()
                };
                sample.layers.push(Reading {
                    side,
                    dim,
                    queries: transposed(&part(&queries), dim),
                    keys: transposed(&part(&keys), dim),
                    log_sum_exp: part(&sums),
                    gamma,
                    share: shares[index],
                });
            }
        }
        Ok(samples)
    }
}

/// `[dim, N]` → `[N, dim]`: here rather than on a GPU, which would run a kernel for it.
fn transposed(values: &[f32], dim: u32) -> Vec<f32> {
    let pixels = values.len() / dim as usize;
    (0..pixels)
        .flat_map(|pixel| values.iter().skip(pixel).step_by(pixels).copied())
        .collect()
}

fn values(data: TensorData) -> Vec<f32> {
    data.iter::<f32>().collect()
}

/// Tells the page, and lets the message leave before the thread is busy.
async fn stage(stage: Stage) {
    outbox::post(&Reply::Stage(stage));
    pause().await;
}
