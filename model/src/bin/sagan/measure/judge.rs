//! The discriminator's maps, of real pictures.

use std::path::Path;

use burn::tensor::{Device, Tensor, TensorData};
use pollster::block_on;
use saganscope_model::{
    checkpoint::Checkpoint,
    discriminator::Discriminator,
    host::read,
    latents::{Purpose, stream},
    measures::Map,
    minibatch_deviation::Deviation,
    parameters::load,
};

use super::layers::{AT_ONCE, Known, LayerTally};
use crate::{files::Error, source::Source};

const PREFIX: &str = "discriminator.";

/// Whether there is a discriminator in a file.
pub(super) fn holds_one(checkpoint: &Checkpoint) -> bool {
    checkpoint
        .tensors
        .keys()
        .any(|name| name.starts_with(PREFIX))
}

/// Shows the discriminator of `checkpoint` the first `count` pictures of `source`, which are of its
/// size, and gathers what each of its attention layers saw.
pub(super) fn judge(
    checkpoint: &Checkpoint,
    path: &Path,
    source: &Source,
    count: usize,
    device: &Device,
) -> Result<Vec<LayerTally>, Error> {
    let config = &checkpoint.header.config;
    let blank = Discriminator::init(config, &mut stream(0, Purpose::Weights, 0), device);
    let discriminator = load(blank, &checkpoint.tensors, PREFIX).map_err(Error::parameter(path))?;
    let mut tallies: Vec<LayerTally> = Vec::new();
    tallies.resize_with(discriminator.attention.len(), LayerTally::default);

    let size = config.size;
    let length = 3 * size * size;
    for first in (0..count).step_by(AT_ONCE) {
        let batch = AT_ONCE.min(count - first);
        let mut pictures = vec![0f32; batch * length];
        for (index, picture) in pictures.chunks_exact_mut(length).enumerate() {
            source
                .pictures()
                .draw((first + index) as u64, size, picture);
        }
        let pictures = TensorData::new(pictures, [batch, 3, size, size]);
        let judged = discriminator.forward(Tensor::from_data(pictures, device), Deviation::Running);
        let layers = discriminator.attention.iter().zip(judged.attention);
        for (tally, (layer, state)) in tallies.iter_mut().zip(layers) {
            tally.gamma = block_on(read(layer.gamma.val()))?[0];
            let queries = block_on(read(state.queries))?;
            let keys = block_on(read(state.keys))?;
            let of_one = queries.len() / batch;
            let both = queries.chunks_exact(of_one).zip(keys.chunks_exact(of_one));
            for (index, (queries, keys)) in both.enumerate() {
                let map = Map::of(layer.side, queries, keys)?;
                let known = source.world().map(|world| {
                    let (figure, partners) = world.known((first + index) as u64, layer.side);
                    Known { figure, partners }
                });
                tally.add(map, known)?;
            }
        }
    }
    Ok(tallies)
}
