//! `sagan generate`.

use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor, TensorData};
use clap::{Args, ValueEnum};
use pollster::block_on;
use saganscope_model::{
    attention::AttentionState,
    checkpoint::{Checkpoint, CheckpointError, Precision, read_tensors, write_tensors},
    generator::Mode,
    inference::Artist,
    latents::latents,
    limits,
    parameters::{HostTensor, HostTensors, ReadError, read},
};

use crate::{
    device,
    files::{self, Error},
};

/// Pictures drawn at once in evaluation mode, where a batch changes nothing but memory.
const AT_ONCE: usize = 16;

#[derive(Args)]
pub(crate) struct Arguments {
    /// A checkpoint of ours, or a PyTorch `.pth` state dict of a generator.
    #[arg(long)]
    checkpoint: PathBuf,
    /// Draw the pictures of this seed.
    #[arg(long, conflicts_with = "latents", default_value_t = 1)]
    seed: u64,
    /// Draw these latents: a safetensors file with a tensor `z` `[N, z_dim]`.
    #[arg(long)]
    latents: Option<PathBuf>,
    /// How many pictures; with --latents at most, and all by default.
    #[arg(long)]
    count: Option<usize>,
    /// Folder for the PNG files.
    #[arg(long)]
    out: PathBuf,
    /// Normalise with the stored statistics, or with those of the batch.
    #[arg(long, value_enum, default_value_t = ModeName::Eval)]
    mode: ModeName,
    /// Also write `image`, `attention1` and `attention2` as f32 safetensors.
    #[arg(long)]
    raw: Option<PathBuf>,
    /// Where to run.
    #[arg(long, value_enum, default_value_t)]
    device: device::Choice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ModeName {
    Eval,
    Train,
}

/// Pictures `[N, 3, size, size]` and both maps `[N, n, n]`.
#[derive(Default)]
struct Output {
    image: Vec<f32>,
    maps: [Vec<f32>; 2],
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let path = &arguments.checkpoint;
    let checkpoint = files::read_checkpoint(path)?;
    if checkpoint
        .tensors
        .keys()
        .all(|name| name.starts_with("discriminator."))
    {
        return Err(Error::Usage(format!(
            "{} holds a discriminator, which draws nothing; name a generator's checkpoint.",
            path.display()
        )));
    }
    let config = checkpoint.header.config.clone();
    let z = read_latents(arguments, config.z_dim)?;
    let device = device::open(arguments.device)?;
    let want_maps = arguments.raw.is_some();
    let most = if want_maps {
        limits::most_whole_maps(&config, &device)?
    } else {
        limits::most_pictures(&config, &device)?
    };
    let output = match arguments.mode {
        ModeName::Eval => {
            let artist = Artist::new(&checkpoint, &device).map_err(Error::parameter(path))?;
            draw(&artist, &z, most.min(AT_ONCE), want_maps)?
        }
        ModeName::Train => {
            // The statistics are those of all pictures together, so these cannot be cut.
            let count = z.len() / config.z_dim;
            if want_maps {
                limits::check_whole_maps(&config, count, &device)?;
            } else {
                limits::check_batch(&config, count, &device)?;
            }
            draw_in_train_mode(&checkpoint, path, z, want_maps, &device)?
        }
    };

    let size = config.size;
    for (i, picture) in output.image.chunks_exact(3 * size * size).enumerate() {
        files::write_png(
            &arguments.out.join(format!("sample-{i:03}.png")),
            picture,
            size,
        )?;
    }
    files::write_grid(&arguments.out.join("grid.png"), &output.image, size, 8)?;
    if let Some(raw) = &arguments.raw {
        write_raw(raw, output, size)?;
    }
    Ok(())
}

fn read_latents(arguments: &Arguments, z_dim: usize) -> Result<Vec<f32>, Error> {
    if arguments.count == Some(0) {
        return Err(Error::Usage("--count must be at least 1.".into()));
    }
    let Some(path) = &arguments.latents else {
        return Ok(latents(
            arguments.seed,
            arguments.count.unwrap_or(16),
            z_dim,
        ));
    };
    let mut tensors = read_tensors(&files::read(path)?).map_err(Error::checkpoint(path))?;
    let Some(z) = tensors.remove("z") else {
        return Err(Error::Usage(format!(
            "{} has no tensor 'z'; it must hold one of shape [N, {z_dim}].",
            path.display()
        )));
    };
    if z.shape.len() != 2 || z.shape[1] != z_dim || z.shape[0] == 0 {
        return Err(Error::Usage(format!(
            "{}: 'z' has shape {:?}, but this checkpoint needs [N, {z_dim}].",
            path.display(),
            z.shape
        )));
    }
    let count = arguments.count.unwrap_or(z.shape[0]).min(z.shape[0]);
    Ok(z.values[..count * z_dim].to_vec())
}

fn draw(artist: &Artist, z: &[f32], at_once: usize, want_maps: bool) -> Result<Output, ReadError> {
    let mut output = Output::default();
    for z in z.chunks(at_once * artist.config.z_dim) {
        let drawn = artist.draw(z.to_vec());
        output.image.extend(block_on(read(drawn.image))?);
        if want_maps {
            for (map, layer) in output.maps.iter_mut().zip(&drawn.layers) {
                map.extend(block_on(read(layer.state.map()))?);
            }
        }
    }
    Ok(output)
}

fn draw_in_train_mode(
    checkpoint: &Checkpoint,
    path: &Path,
    z: Vec<f32>,
    want_maps: bool,
    device: &Device,
) -> Result<Output, Error> {
    let config = &checkpoint.header.config;
    let generator = checkpoint
        .generator(device)
        .map_err(Error::parameter(path))?;
    let shape = [z.len() / config.z_dim, config.z_dim];
    let z = Tensor::from_data(TensorData::new(z, shape), device);
    let generated = generator.forward(z, Mode::Train);
    let map = |state: AttentionState| {
        if want_maps {
            block_on(read(state.map()))
        } else {
            Ok(Vec::new())
        }
    };
    Ok(Output {
        image: block_on(read(generated.image))?,
        maps: [map(generated.attention1)?, map(generated.attention2)?],
    })
}

fn write_raw(path: &Path, output: Output, size: usize) -> Result<(), Error> {
    let count = output.image.len() / (3 * size * size);
    let mut tensors = HostTensors::new();
    for (index, values) in output.maps.into_iter().enumerate() {
        let pixels = (values.len() / count).isqrt();
        let shape = vec![count, pixels, pixels];
        tensors.insert(
            format!("attention{}", index + 1),
            HostTensor { shape, values },
        );
    }
    let shape = vec![count, 3, size, size];
    tensors.insert(
        "image".into(),
        HostTensor {
            shape,
            values: output.image,
        },
    );
    let bytes =
        write_tensors(&tensors, Precision::F32, None).map_err(|source: CheckpointError| {
            Error::Checkpoint {
                path: path.to_path_buf(),
                source,
            }
        })?;
    files::write(path, &bytes)
}
