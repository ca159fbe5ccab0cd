//! `sagan judge`.

use std::path::PathBuf;

use burn::tensor::{Device, Tensor, TensorData};
use clap::Args;
use pollster::block_on;
use saganscope_model::{
    checkpoint::{Precision, fingerprint, write_tensors},
    host::{HostTensor, HostTensors, read},
    inference::Artist,
    judging::Judge,
    latents::Inputs,
    limits,
};

use crate::{
    device, edits,
    files::{self, Error},
    source::Source,
};

/// Pictures judged at once; each is judged as if it were alone.
const AT_ONCE: usize = 16;

#[derive(Args)]
pub(crate) struct Arguments {
    /// A file that holds a discriminator: its own, or a whole run's.
    #[arg(long, value_name = "FILE")]
    discriminator: PathBuf,
    /// Judge what this generator draws.
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "data",
        conflicts_with = "data"
    )]
    checkpoint: Option<PathBuf>,
    /// The seed of the drawn pictures.
    #[arg(long, default_value_t = 1, requires = "checkpoint")]
    seed: u64,
    #[command(flatten)]
    edits: edits::Edits,
    /// Judge the pictures of a world, or of a folder.
    #[arg(long, value_name = "WORLD|FOLDER")]
    data: Option<String>,
    /// The seed of the run that learned from the world.
    #[arg(long, default_value_t = 1, requires = "data")]
    data_seed: u64,
    /// How many pictures are judged.
    #[arg(long, default_value_t = 16)]
    count: usize,
    /// Also write `score`, `gradient` (of the score by each value of its picture) and the maps
    /// `attention1`, `attention2`, … from coarse to fine, as f32 safetensors.
    #[arg(long, value_name = "FILE")]
    raw: Option<PathBuf>,
    /// Where to run.
    #[arg(long, value_enum, default_value_t)]
    device: device::Choice,
}

/// What is found, picture after picture.
#[derive(Default)]
struct Found {
    scores: Vec<f32>,
    gradients: Vec<f32>,
    maps: Vec<Vec<f32>>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    if arguments.count == 0 {
        return Err(Error::Usage("--count must be at least 1.".into()));
    }
    let path = &arguments.discriminator;
    let checkpoint = files::read_checkpoint(path)?;
    if !Judge::is_in(&checkpoint) {
        return Err(Error::Usage(format!(
            "{} holds no discriminator; name the file of one, or of a whole run.",
            path.display()
        )));
    }
    if let Some(generator) = &arguments.checkpoint {
        let bytes = files::read(generator)?;
        checkpoint
            .belongs_to(&fingerprint(&bytes))
            .map_err(Error::checkpoint(path))?;
    }
    let device = device::open(arguments.device)?;
    let judge = Judge::new(&checkpoint, &device).map_err(Error::parameter(path))?;
    let size = judge.config.size;
    let at_once = limits::most_whole_maps(&judge.config, &device)?.min(AT_ONCE);
    let mut found = Found::default();
    for lot in pictures(arguments, size, at_once, &device)? {
        let batch = lot.len() / (3 * size * size);
        let lot = Tensor::from_data(TensorData::new(lot, [batch, 3, size, size]), &device);
        let exam = judge.examine(lot);
        for score in block_on(read(exam.score))? {
            println!("picture {}: {score:+.4}", found.scores.len());
            found.scores.push(score);
        }
        if arguments.raw.is_some() {
            found.gradients.extend(block_on(read(exam.gradient))?);
            found.maps.resize(exam.layers.len(), Vec::new());
            for (map, layer) in found.maps.iter_mut().zip(exam.layers) {
                map.extend(block_on(read(layer.state.map()))?);
            }
        }
    }
    match &arguments.raw {
        None => Ok(()),
        Some(raw) => files::write(raw, &found.file(size).map_err(Error::checkpoint(raw))?),
    }
}

impl Found {
    fn file(self, size: usize) -> Result<Vec<u8>, saganscope_model::checkpoint::CheckpointError> {
        let count = self.scores.len();
        let mut tensors = HostTensors::new();
        let mut put = |name: String, shape: Vec<usize>, values| {
            tensors.insert(name, HostTensor { shape, values });
        };
        for (index, values) in self.maps.into_iter().enumerate() {
            let cells = (values.len() / count).isqrt();
            let shape = vec![count, cells, cells];
            put(format!("attention{}", index + 1), shape, values);
        }
        put("score".into(), vec![count], self.scores);
        put(
            "gradient".into(),
            vec![count, 3, size, size],
            self.gradients,
        );
        write_tensors(&tensors, Precision::F32, None)
    }
}

/// What is judged, planar in [−1, 1], in lots.
fn pictures(
    arguments: &Arguments,
    size: usize,
    at_once: usize,
    device: &Device,
) -> Result<Vec<Vec<f32>>, Error> {
    let length = 3 * size * size;
    if let Some(data) = &arguments.data {
        let source = Source::open(data, size, arguments.data_seed)?;
        let count = arguments.count.min(source.most());
        let mut all = vec![0.0; count * length];
        for (index, picture) in all.chunks_exact_mut(length).enumerate() {
            source.pictures().draw(index as u64, size, picture);
        }
        return Ok(all.chunks(at_once * length).map(<[f32]>::to_vec).collect());
    }
    let Some(path) = &arguments.checkpoint else {
        return Err(Error::Usage(
            "Name a --checkpoint that draws, or --data.".into(),
        ));
    };
    let checkpoint = files::read_checkpoint(path)?;
    let config = &checkpoint.header.config;
    if config.size != size {
        return Err(Error::Usage(format!(
            "{} is for pictures of {size}×{size}, and the generator draws {1}×{1}.",
            arguments.discriminator.display(),
            config.size
        )));
    }
    let artist = Artist::new(&checkpoint, device).map_err(Error::parameter(path))?;
    let edits = arguments.edits.read().map_err(Error::Usage)?;
    let edits = artist
        .edits(edits)
        .map_err(|error| Error::Usage(error.to_string()))?;
    let inputs = Inputs::of_seed(config, arguments.seed, 0..arguments.count as u64);
    let lots = inputs.lots(config, at_once.min(limits::most_pictures(config, device)?));
    lots.into_iter()
        .map(|lot| Ok(block_on(read(artist.draw_edited(lot, &edits).image))?))
        .collect()
}
