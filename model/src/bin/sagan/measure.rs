//! `sagan measure`.

use std::path::PathBuf;

use clap::Args;
use pollster::block_on;
use saganscope_model::{
    host::read, inference::Artist, latents::Inputs, limits, measures::MapFigures,
};

use crate::{
    device,
    files::{self, Error},
};

/// Pictures drawn at once; each has two whole attention maps.
const AT_ONCE: usize = 4;

#[derive(Args)]
pub(crate) struct Arguments {
    /// A generator's checkpoint.
    #[arg(long)]
    checkpoint: PathBuf,
    /// The seed of the pictures that are measured.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many pictures are measured.
    #[arg(long, default_value_t = 64)]
    count: usize,
    /// Where to run.
    #[arg(long, value_enum, default_value_t)]
    device: device::Choice,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    if arguments.count == 0 {
        return Err(Error::Usage("--count must be at least 1.".into()));
    }
    let path = &arguments.checkpoint;
    let checkpoint = files::read_checkpoint(path)?;
    let device = device::open(arguments.device)?;
    let most = limits::most_whole_maps(&checkpoint.header.config, &device)?;
    let artist = Artist::new(&checkpoint, &device).map_err(Error::parameter(path))?;
    let inputs = Inputs::of_seed(&artist.config, arguments.seed, 0..arguments.count as u64);
    let mut sums = vec![[0f64; 4]; artist.config.generator_attention.len()];
    for lot in inputs.lots(&artist.config, most.min(AT_ONCE)) {
        let drawn = artist.draw(lot);
        for (sum, layer) in sums.iter_mut().zip(&drawn.layers) {
            let pixels = layer.log_sum_exp.dims()[1];
            let maps = block_on(read(layer.state.map()))?;
            for map in maps.chunks_exact(pixels * pixels) {
                let figures = MapFigures::new(map, pixels);
                sum[0] += figures.specificity;
                sum[1] += figures.effective_pixels;
                sum[2] += figures.largest_key;
            }
            sum[3] += block_on(read(layer.share.clone()))?
                .iter()
                .map(|&s| f64::from(s))
                .sum::<f64>();
        }
    }
    println!(
        "Means over {} pictures of seed {}:",
        arguments.count, arguments.seed
    );
    println!(
        "{:>5} {:>9} {:>12} {:>18} {:>17} {:>12}",
        "layer", "γ", "‖γ·o‖/‖x‖", "specificity, bits", "effective pixels", "largest key"
    );
    let count = arguments.count as f64;
    for (index, (sum, gamma)) in sums.iter().zip(artist.gammas()).enumerate() {
        println!(
            "{:>5} {gamma:>9.4} {:>12.4} {:>18.3} {:>17.1} {:>12.3}",
            index + 1,
            sum[3] / count,
            sum[0] / count,
            sum[1] / count,
            sum[2] / count
        );
    }
    Ok(())
}
