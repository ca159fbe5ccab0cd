//! `sagan generate`.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use clap::{Args, ValueEnum};
use pollster::block_on;
use saganscope_model::{
    checkpoint::{Checkpoint, CheckpointError, Precision, read_tensors, write_tensors},
    config::SaganConfig,
    edits::Edits,
    generator::Mode,
    host::{HostTensor, HostTensors, ReadError, read},
    inference::Artist,
    latents::Inputs,
    limits,
};

use crate::{
    device, edits,
    files::{self, Error},
    moves,
};

/// Pictures drawn at once in evaluation mode, where a batch changes nothing but memory.
const AT_ONCE: usize = 16;

#[derive(Args)]
pub(crate) struct Arguments {
    /// A checkpoint of ours, or a PyTorch `.pth` state dict of a generator.
    #[arg(long)]
    checkpoint: PathBuf,
    /// Draw the pictures of this seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Draw these latents: a safetensors file with a tensor `z` `[N, z_dim]`; noise, where the
    /// network has it, is that of --seed.
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
    #[command(flatten)]
    edits: edits::Edits,
    #[command(flatten)]
    moves: moves::Moves,
    /// Also write `image`, and `attention1`, `attention2`, … from coarse to fine, as f32 safetensors;
    /// in evaluation mode also what comes out of these layers, `output1`, `output2`, ….
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

/// Pictures `[N, 3, size, size]`; and each layer's maps `[N, n, n]` and what comes out of it,
/// `[N, C, n]`, if they are wanted and known.
struct Output {
    image: Vec<f32>,
    maps: Vec<Vec<f32>>,
    outputs: Vec<Vec<f32>>,
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
    let edits = arguments.edits.read().map_err(Error::Usage)?;
    if arguments.mode == ModeName::Train && !edits.is_empty() {
        return Err(Error::Usage(
            "Attention can be changed with --mode eval only; leave --mode train out.".into(),
        ));
    }
    if arguments.mode == ModeName::Train && !arguments.moves.is_empty() {
        return Err(Error::Usage(
            "Latents and noise can be moved with --mode eval only; leave --mode train out.".into(),
        ));
    }
    let inputs = read_inputs(arguments, &config)?;
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
            let edits = artist
                .edits(edits)
                .map_err(|error| Error::Usage(error.to_string()))?;
            let first = arguments.moves.picture().unwrap_or(0);
            let inputs = arguments
                .moves
                .apply(&artist, inputs, arguments.seed, first)
                .map_err(Error::Usage)?;
            draw(&artist, &inputs, &edits, most.min(AT_ONCE), want_maps)?
        }
        ModeName::Train => {
            // The statistics are those of all pictures together, so these cannot be cut.
            let count = inputs.count(&config);
            if want_maps {
                limits::check_whole_maps(&config, count, &device)?;
            } else {
                limits::check_batch(&config, count, &device)?;
            }
            draw_in_train_mode(&checkpoint, path, inputs, want_maps, &device)?
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

fn read_inputs(arguments: &Arguments, config: &SaganConfig) -> Result<Inputs, Error> {
    let z_dim = config.z_dim;
    if arguments.count == Some(0) {
        return Err(Error::Usage("--count must be at least 1.".into()));
    }
    if let Some(picture) = arguments.moves.picture() {
        return Ok(Inputs::of_seed(
            config,
            arguments.seed,
            picture..picture + 1,
        ));
    }
    let Some(path) = &arguments.latents else {
        let count = arguments.count.unwrap_or(16) as u64;
        return Ok(Inputs::of_seed(config, arguments.seed, 0..count));
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
    let latents = z.values[..count * z_dim].to_vec();
    Ok(Inputs::of_latents(config, latents, arguments.seed))
}

fn draw(
    artist: &Artist,
    inputs: &Inputs,
    edits: &Edits,
    at_once: usize,
    want_maps: bool,
) -> Result<Output, ReadError> {
    let layers = artist.config.generator_attention.len();
    let mut output = Output {
        image: Vec::new(),
        maps: vec![Vec::new(); layers],
        outputs: vec![Vec::new(); layers],
    };
    for lot in inputs.lots(&artist.config, at_once) {
        let drawn = artist.draw_edited(lot, edits);
        output.image.extend(block_on(read(drawn.image))?);
        if want_maps {
            let wanted = output.maps.iter_mut().zip(&mut output.outputs);
            for ((map, made), layer) in wanted.zip(drawn.layers) {
                map.extend(block_on(read(layer.state.map()))?);
                made.extend(block_on(read(layer.output))?);
            }
        }
    }
    Ok(output)
}

fn draw_in_train_mode(
    checkpoint: &Checkpoint,
    path: &Path,
    inputs: Inputs,
    want_maps: bool,
    device: &Device,
) -> Result<Output, Error> {
    let config = &checkpoint.header.config;
    let generator = checkpoint
        .generator(device)
        .map_err(Error::parameter(path))?;
    let generated = generator.forward(inputs.upload(config, device), Mode::Train);
    let maps = generated.attention.into_iter().filter(|_| want_maps);
    Ok(Output {
        image: block_on(read(generated.image))?,
        maps: maps
            .map(|state| block_on(read(state.map())))
            .collect::<Result<_, _>>()?,
        outputs: Vec::new(),
    })
}

fn write_raw(path: &Path, output: Output, size: usize) -> Result<(), Error> {
    let count = output.image.len() / (3 * size * size);
    let mut tensors = HostTensors::new();
    let sides = output.maps.iter().map(|map| (map.len() / count).isqrt());
    for (index, (values, pixels)) in output.outputs.into_iter().zip(sides).enumerate() {
        let shape = vec![count, values.len() / (count * pixels), pixels];
        tensors.insert(format!("output{}", index + 1), HostTensor { shape, values });
    }
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
