//! `sagan measure`.

mod chosen;
mod figure;
mod judge;
mod layers;
mod real;
mod report;
mod symmetry;

use std::path::PathBuf;

use clap::Args;
use pollster::block_on;
use saganscope_model::{host::read, inference::Artist, latents::Inputs, limits};

use self::{
    chosen::Pixels,
    figure::Figure,
    layers::{AT_ONCE, LayerTally},
    real::{RealFigures, Sketches},
    report::Report,
    symmetry::Symmetry,
};
use crate::{
    device,
    files::{self, Error},
    source::Source,
};

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
    /// The pictures mirror themselves about a vertical axis, at this part of the width from the
    /// left (0.5 = the middle): measure also how symmetric they are, and how much each pixel looks
    /// at its mirrored one.
    #[arg(long, value_name = "AXIS", value_parser = axis)]
    mirror: Option<f32>,
    /// A world, or a folder of pictures: compare the drawn pictures with these, and measure the
    /// discriminator's maps of them if the checkpoint holds one.
    #[arg(long, value_name = "WORLD|FOLDER")]
    data: Option<String>,
    /// The file of the discriminator whose maps of real pictures are measured, if the checkpoint
    /// does not hold it.
    #[arg(long, value_name = "FILE", requires = "data")]
    discriminator: Option<PathBuf>,
    /// The seed of the run that learned from the world.
    #[arg(long, default_value_t = 1, requires = "data")]
    data_seed: u64,
    /// How many drawn pictures are compared with as many real ones.
    #[arg(long, default_value_t = 2048, requires = "data")]
    compare: usize,
    /// Write all figures as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write a picture of the maps: the first six pictures, four pixels of each.
    #[arg(long, value_name = "FILE.png")]
    figure: Option<PathBuf>,
    /// The pixels of the figure, as x,y;x,y;… from the top left, instead of chosen ones.
    #[arg(long, value_name = "PIXELS", requires = "figure")]
    pixels: Option<Pixels>,
    /// Where to run.
    #[arg(long, value_enum, default_value_t)]
    device: device::Choice,
}

fn axis(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(axis) if axis > 0.0 && axis < 1.0 => Ok(axis),
        _ => Err("give a number between 0 and 1".into()),
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let count = arguments.count;
    if count == 0 || arguments.compare < 2 {
        return Err(Error::Usage(
            "--count must be at least 1, and --compare at least 2.".into(),
        ));
    }
    let path = &arguments.checkpoint;
    let checkpoint = files::read_checkpoint(path)?;
    let config = &checkpoint.header.config;
    let size = config.size;
    if let Some(pixels) = &arguments.pixels {
        pixels.check(size)?;
    }
    let source = match &arguments.data {
        Some(data) => Some(Source::open(data, size, arguments.data_seed)?),
        None => None,
    };
    let device = device::open(arguments.device)?;
    let at_once = limits::most_pictures(config, &device)?.min(AT_ONCE);
    let artist = Artist::new(&checkpoint, &device).map_err(Error::parameter(path))?;

    let inputs = Inputs::of_seed(config, arguments.seed, 0..count as u64);
    let mut images = Vec::new();
    let mut tallies: Vec<LayerTally> = Vec::new();
    for lot in inputs.lots(config, at_once) {
        let drawn = artist.draw(lot);
        let image = block_on(read(drawn.image))?;
        tallies.resize_with(drawn.layers.len(), LayerTally::default);
        for (tally, layer) in tallies.iter_mut().zip(&drawn.layers) {
            tally.add_drawn(layer, &image, size, arguments.mirror)?;
        }
        images.extend(image);
    }
    let symmetry = match arguments.mirror {
        Some(axis) => Some(Symmetry::measure(&artist, &inputs, &images, axis, at_once)?),
        None => None,
    };
    let judged = match (&source, &arguments.discriminator) {
        (Some(source), None) if judge::holds_one(&checkpoint) => {
            Some(judge::judge(&checkpoint, path, source, count, &device)?)
        }
        (Some(source), Some(path)) => {
            let other = files::read_checkpoint(path)?;
            if other.header.config.size != size {
                return Err(Error::Usage(format!(
                    "{} is for pictures of another size than the generator's, {size}.",
                    path.display()
                )));
            }
            Some(judge::judge(&other, path, source, count, &device)?)
        }
        _ => None,
    };
    let real = match &source {
        Some(source) => Some(compare(arguments, &artist, &images, source, at_once)?),
        None => None,
    };

    let figures = |tallies: &[LayerTally]| tallies.iter().map(LayerTally::figures).collect();
    let report = Report {
        checkpoint: path.display().to_string(),
        size,
        seed: arguments.seed,
        count,
        mirror: arguments.mirror,
        data: arguments.data.clone(),
        generator: figures(&tallies),
        discriminator: judged.as_deref().map(figures),
        symmetry,
        real,
    };
    print!("{report}");
    if let Some(path) = &arguments.json {
        files::write(path, &report.to_json())?;
    }
    if let Some(path) = &arguments.figure {
        let figure = Figure {
            size,
            pictures: &images,
            layers: tallies.iter().map(LayerTally::first_maps).collect(),
            mirror: arguments.mirror,
            pixels: arguments.pixels.as_ref(),
        };
        eprintln!("{}", figure.legend());
        figure.write(path)?;
    }
    Ok(())
}

/// Compares pictures of the seed, those that are drawn already and more, with as many real ones, and
/// these with as many further ones.
fn compare(
    arguments: &Arguments,
    artist: &Artist,
    images: &[f32],
    source: &Source,
    at_once: usize,
) -> Result<RealFigures, Error> {
    let config = &artist.config;
    let size = config.size;
    let number = arguments.compare.min(source.most() / 2);
    if number < 2 {
        return Err(Error::Usage(
            "--data must hold at least four pictures to compare with.".into(),
        ));
    }
    let length = 3 * size * size;
    let mut drawn = Sketches::default();
    drawn.add(&images[..images.len().min(number * length)], size)?;
    let done = (images.len() / length).min(number);
    let more = Inputs::of_seed(config, arguments.seed, done as u64..number as u64);
    for lot in more.lots(config, at_once) {
        drawn.add(&block_on(read(artist.draw(lot).image))?, size)?;
    }
    let real = Sketches::of(source.pictures(), 0, number, size)?;
    let held_out = Sketches::of(source.pictures(), number as u64, number, size)?;
    Ok(RealFigures::new(&drawn, &real, &held_out)?)
}
