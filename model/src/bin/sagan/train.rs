//! `sagan train`.

use std::{
    fs,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use burn::tensor::Device;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use pollster::block_on;
use saganscope_model::{
    checkpoint::{Checkpoint, Precision, fingerprint},
    config::{CoolDown, SaganConfig, Setting},
    data,
    host::{ReadError, read, read_all},
    inference::Artist,
    latents::Inputs,
    limits,
    train::{Losses, Point, Record, TrainConfig, Trainer},
};

use crate::{
    ahead::ahead,
    device,
    files::{self, Error},
    options::Options,
    pictures,
    source::Source,
};

/// How often losses are read back; in between, a GPU need not wait for the processor.
const REPORT_EVERY: u64 = 10;
/// The world that is learned from unless another is asked for.
const WORLD: &str = "plain-butterflies";
/// The file in a run's folder that notes what it learns from.
const LEARNS_FROM: &str = "data.txt";
/// How many pictures a sample grid shows.
const SAMPLES: usize = 32;

#[derive(Args)]
#[command(after_help = pictures::worlds())]
pub(crate) struct Arguments {
    /// A world, or a folder or a zip of PNG, JPEG and WebP pictures; plain-butterflies by default, or
    /// what a run that goes on has learned from.
    #[arg(long)]
    data: Option<String>,
    /// Width and height of the pictures: 32, 64 or 128.
    #[arg(long, default_value_t = 64)]
    size: usize,
    /// Base width of both networks, a multiple of 8.
    #[arg(long, default_value_t = 32)]
    conv_dim: usize,
    /// Length of the latent vector.
    #[arg(long, default_value_t = 100)]
    z_dim: usize,
    #[command(flatten)]
    options: Options,
    /// Pictures a step.
    #[arg(long, default_value_t = 32)]
    batch: usize,
    /// Steps in all, those before a resume included; 0 only writes the run's first checkpoint.
    #[arg(long)]
    steps: u64,
    /// Learning rate of the generator; 0.0001, or that of a run that goes on, by default.
    #[arg(long)]
    g_rate: Option<f64>,
    /// Learning rate of the discriminator; 0.0004, or that of a run that goes on, by default.
    #[arg(long)]
    d_rate: Option<f64>,
    /// Updates of the discriminator for each of the generator.
    #[arg(long, default_value_t = 1)]
    d_steps: u32,
    /// Adam's decay of the mean of squared gradients.
    #[arg(long, default_value_t = 0.9)]
    beta2: f64,
    /// Let both learning rates fall to zero, in a straight line from this step to the last; a run
    /// that goes on and whose rates have fallen takes them up again.
    #[arg(long)]
    cool_down: Option<u64>,
    /// Let the discriminator see pictures with changed colours, moved and with a hole: for sets of
    /// a few thousand pictures or fewer, which it would learn by heart.
    #[arg(long)]
    diff_augment: bool,
    /// Pictures after which a weight's share in the generator's average has halved.
    #[arg(long, default_value_t = 10_000.0)]
    half_life: f64,
    /// Folder for checkpoints, sample grids and the log.
    #[arg(long)]
    out: PathBuf,
    /// Go on from the folder's last checkpoint, with its settings; but for learning rates and cool
    /// down, where given.
    #[arg(long)]
    resume: bool,
    /// Begin with this generator, a PyTorch `.pth` or a checkpoint of ours, instead of random
    /// weights; picture size, widths and energy are its own.
    #[arg(
        long,
        requires = "discriminator",
        conflicts_with_all = ["size", "conv_dim", "z_dim", "Options", "resume"]
    )]
    generator: Option<PathBuf>,
    /// Begin with this discriminator; it may be in the generator's file.
    #[arg(long, requires = "generator")]
    discriminator: Option<PathBuf>,
    /// Where all randomness comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to run.
    #[arg(long, value_enum, default_value_t)]
    device: device::Choice,
    /// Steps between sample grids.
    #[arg(long, default_value_t = 250)]
    sample_every: u64,
    /// Steps between checkpoints.
    #[arg(long, default_value_t = 100)]
    save_every: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let latest = arguments.out.join("latest.safetensors");
    let resumed = arguments
        .resume
        .then(|| files::read_checkpoint(&latest))
        .transpose()?;
    if resumed.is_none() && latest.exists() {
        return Err(Error::Usage(format!(
            "{} exists already; add --resume to go on from it, or choose another --out.",
            latest.display()
        )));
    }
    let given = match (&arguments.generator, &arguments.discriminator) {
        (Some(generator), Some(discriminator)) => Some(read_pair(generator, discriminator)?),
        _ => None,
    };
    let config = match (&resumed, &given) {
        (Some(checkpoint), _) | (_, Some((checkpoint, _))) => checkpoint.header.config.clone(),
        _ => configuration(arguments)?,
    };
    if arguments.batch == 0 || arguments.sample_every == 0 || arguments.save_every == 0 {
        return Err(Error::Usage(
            "--batch, --sample-every and --save-every must be at least 1.".into(),
        ));
    }
    // A run that goes on sees the pictures that it would have seen.
    let training = resumed.as_ref().and_then(|c| c.header.training.as_ref());
    let seed = training.map_or(arguments.seed, |training| training.seed);
    let data = learned_from(arguments)?;
    let source = Source::open(&data, config.size, seed)?;
    if resumed.is_none() {
        settings(arguments).check()?;
    }
    let device = device::open(arguments.device)?;
    let batch = training.map_or(arguments.batch, |training| training.batch);
    limits::check_batch(&config, batch, &device)?;
    let trainer = match (&resumed, &given) {
        (Some(checkpoint), _) => {
            let mut trainer =
                Trainer::resume(checkpoint, &device).map_err(Error::checkpoint(&latest))?;
            go_on(&mut trainer, arguments)?;
            trainer
        }
        (_, Some((generator, discriminator))) => {
            let settings = settings(arguments);
            Trainer::from_checkpoints(generator, discriminator, settings, &device)
                .map_err(|error| Error::Usage(format!("{}: {error}", names(arguments))))?
        }
        _ => Trainer::new(config, settings(arguments), &device),
    };
    let record = match &resumed {
        Some(checkpoint) => Record::of(checkpoint),
        None => Record::new(&trainer.config),
    };
    let run = (trainer, record);
    fs::create_dir_all(&arguments.out)
        .and_then(|()| fs::write(arguments.out.join(LEARNS_FROM), &data))
        .map_err(|source| Error::Write {
            path: arguments.out.clone(),
            source,
        })?;
    let first = run.0.updates.discriminator;
    let size = run.0.config.size;
    let make = |index| data::batch(source.pictures(), index, batch, size);
    ahead(first, make, |real| {
        train(arguments, run, (&source, real), &device, &latest)
    })
}

/// Gives a run that goes on the rates that are asked for.
fn go_on(trainer: &mut Trainer, arguments: &Arguments) -> Result<(), Error> {
    let asked = settings(arguments);
    asked.check()?;
    if asked.cool_down.is_some() {
        trainer.settings.cool_down = asked.cool_down;
    }
    for (setting, rate) in [
        (Setting::GeneratorRate, arguments.g_rate),
        (Setting::DiscriminatorRate, arguments.d_rate),
    ] {
        if let Some(rate) = rate {
            trainer.set(setting, rate)?;
        }
    }
    let step = trainer.step();
    let still = trainer.settings.rate_factor(step) == 0.0;
    match trainer.settings.cool_down {
        Some(CoolDown { to, .. }) if still && step < arguments.steps => Err(Error::Usage(format!(
            "The run's learning rates fell to zero at step {to}, so more steps would change \
                 nothing; add --cool-down STEP to let them fall from that step to the last one."
        ))),
        _ => Ok(()),
    }
}

/// What the run learns from: what is asked for, or what its folder notes. A run's file does not say
/// it: whoever is given the file need not know the names of somebody's folders.
fn learned_from(arguments: &Arguments) -> Result<String, Error> {
    if let Some(data) = &arguments.data {
        return Ok(data.clone());
    }
    let path = arguments.out.join(LEARNS_FROM);
    if !arguments.resume || !path.exists() {
        return Ok(WORLD.to_owned());
    }
    let data = fs::read_to_string(&path).map_err(|source| Error::Read { path, source })?;
    eprintln!("Learning from {data}, as before.");
    Ok(data)
}

/// Both networks, which must not be of different trainings where the discriminator's file tells.
fn read_pair(generator: &Path, discriminator: &Path) -> Result<(Checkpoint, Checkpoint), Error> {
    let generator_bytes = files::read(generator)?;
    let pair = (
        read_network(generator, &generator_bytes, "generator")?,
        read_network(discriminator, &files::read(discriminator)?, "discriminator")?,
    );
    if pair.1.header.generator_file.is_some() {
        pair.1
            .belongs_to(&fingerprint(&generator_bytes))
            .map_err(Error::checkpoint(discriminator))?;
    }
    Ok(pair)
}

/// The checkpoint in these bytes of a file, which has this network.
fn read_network(path: &Path, bytes: &[u8], network: &str) -> Result<Checkpoint, Error> {
    let checkpoint = files::checkpoint_of(path, bytes)?;
    let mut names = checkpoint.tensors.keys();
    if names.any(|name| name.starts_with(&format!("{network}."))) {
        return Ok(checkpoint);
    }
    Err(Error::Usage(format!(
        "{}: The file holds no {network}.",
        path.display()
    )))
}

/// The files that the run begins with.
fn names(arguments: &Arguments) -> String {
    let files = [&arguments.generator, &arguments.discriminator];
    let names: Vec<_> = files
        .into_iter()
        .flatten()
        .map(|f| f.display().to_string())
        .collect();
    names.join(" and ")
}

fn configuration(arguments: &Arguments) -> Result<SaganConfig, Error> {
    let plain = SaganConfig::sized(arguments.size, arguments.conv_dim, arguments.z_dim);
    let config = arguments.options.apply(plain);
    config.check()?;
    Ok(config)
}

fn settings(arguments: &Arguments) -> TrainConfig {
    let mut settings = TrainConfig::new(arguments.batch, arguments.seed);
    for (adam, rate) in [
        (&mut settings.generator, arguments.g_rate),
        (&mut settings.discriminator, arguments.d_rate),
    ] {
        adam.rate = rate.unwrap_or(adam.rate);
    }
    for adam in [&mut settings.generator, &mut settings.discriminator] {
        adam.beta2 = arguments.beta2;
    }
    settings.average_half_life = Some(arguments.half_life);
    settings.diff_augment = arguments.diff_augment;
    settings.discriminator_steps = arguments.d_steps;
    settings.cool_down = arguments.cool_down.map(|from| CoolDown {
        from,
        to: arguments.steps,
    });
    settings
}

fn train(
    arguments: &Arguments,
    (mut trainer, mut record): (Trainer, Record),
    (source, real): (&Source, &mut dyn FnMut(u64) -> Vec<f32>),
    device: &Device,
    latest: &Path,
) -> Result<(), Error> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let handler = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("\nStopping after this step; press Ctrl-C again to stop without saving.");
    });
    if let Err(error) = handler {
        eprintln!("Ctrl-C will stop without saving: {error}.");
    }
    let log_path = arguments.out.join("log.csv");
    let mut log = Log::open(&log_path, trainer.config.generator_attention.len())?;
    let bar = progress_bar(arguments.steps, trainer.step());
    let (start, first) = (Instant::now(), trainer.step());
    let mut read_last = (start, first);
    let mut saved = latest.exists().then_some(trainer.step());
    block_on(record.take_snapshot(&trainer))?;
    if arguments.steps == 0 && saved.is_none() {
        write_checkpoint(&checkpoint(&trainer, &record)?, latest)?;
        saved = Some(trainer.step());
    }
    let mut stopping = false;
    while trainer.step() < arguments.steps && !stopping {
        let losses = trainer.learn(&mut *real);
        let step = trainer.step();
        block_on(record.take_snapshot(&trainer))?;
        bar.set_position(step);
        // Asked once a step, or a step that was not saved could be the last.
        stopping = stop.load(Ordering::Relaxed);
        let last = step == arguments.steps || stopping;
        let save = step.is_multiple_of(arguments.save_every) || last;
        let sample = step.is_multiple_of(arguments.sample_every) || last;
        let report = step.is_multiple_of(REPORT_EVERY) || step == arguments.steps;
        if !(save || sample || report) {
            continue;
        }
        let mut point = block_on(point(step, losses, &trainer))?;
        let (loss_d, loss_g) = (point.discriminator_loss, point.generator_loss);
        let diverged = |what: String| Error::Diverged {
            step,
            what,
            kept: match saved {
                Some(step) => format!("{} keeps step {step}", latest.display()),
                None => "nothing was saved before".into(),
            },
        };
        for (network, loss) in [("discriminator", loss_d), ("generator", loss_g)] {
            if !loss.is_finite() {
                return Err(diverged(format!("the loss of the {network}")));
            }
        }
        if report {
            let rate = (step - first) as f64 / start.elapsed().as_secs_f64();
            let (since, from) = std::mem::replace(&mut read_last, (Instant::now(), step));
            point.millis = 1000.0 * since.elapsed().as_secs_f32() / (step - from) as f32;
            let report = Report {
                step,
                loss_d,
                loss_g,
                gammas: point.gammas.clone(),
                rate,
            };
            record.history.push(point);
            log.write(&report)?;
            bar.set_message(report.line());
            if bar.is_hidden() && step.is_multiple_of(5 * REPORT_EVERY) {
                eprintln!("step {step}/{}  {}", arguments.steps, report.line());
            }
        }
        if save || sample {
            // Reading a run back is the dear part: once for both.
            record
                .vitals
                .push(step, block_on(trainer.vitals(source.world()))?);
            let checkpoint = checkpoint(&trainer, &record)?;
            // The losses are those before the step's update, which may have been the fatal one.
            if let Some(name) = not_finite(&checkpoint) {
                return Err(diverged(format!("a value of the tensor '{name}'")));
            }
            if save {
                write_checkpoint(&checkpoint, latest)?;
                saved = Some(step);
            }
            if sample {
                draw_samples(&arguments.out, &checkpoint, &trainer, device)?;
            }
        }
    }
    bar.finish();
    eprintln!("Saved step {} to {}.", trainer.step(), latest.display());
    Ok(())
}

/// The first tensor with a value that is not a finite number: no such file could be opened again.
fn not_finite(checkpoint: &Checkpoint) -> Option<&str> {
    let mut tensors = checkpoint.tensors.iter();
    let (name, _) = tensors.find(|(_, tensor)| !tensor.values.iter().all(|v| v.is_finite()))?;
    Some(name)
}

fn write_checkpoint(checkpoint: &Checkpoint, path: &Path) -> Result<(), Error> {
    let bytes = checkpoint
        .to_bytes(Precision::F32)
        .map_err(Error::checkpoint(path))?;
    files::write(path, &bytes)
}

/// Draws the same latents with the averaged generator.
fn draw_samples(
    out: &Path,
    checkpoint: &Checkpoint,
    trainer: &Trainer,
    device: &Device,
) -> Result<(), Error> {
    let path = out.join(format!("samples-{:06}.png", trainer.step()));
    let artist = Artist::new(checkpoint, device).map_err(Error::parameter(&path))?;
    let inputs = Inputs::of_seed(&trainer.config, trainer.settings.seed, 0..SAMPLES as u64);
    let pictures = block_on(read(artist.draw(inputs).image))?;
    files::write_grid(&path, &pictures, trainer.config.size, 8)
}

fn progress_bar(steps: u64, done: u64) -> ProgressBar {
    let bar = ProgressBar::new(steps).with_position(done);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {msg}  left {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
    }
    bar
}

/// The whole run, with all that was read of it.
fn checkpoint(trainer: &Trainer, record: &Record) -> Result<Checkpoint, ReadError> {
    let mut checkpoint = block_on(trainer.checkpoint())?;
    checkpoint.carried = record.to_carried();
    Ok(checkpoint)
}

/// What is read of a step, in one round trip; how long it took is filled in later.
async fn point(step: u64, losses: Losses, trainer: &Trainer) -> Result<Point, ReadError> {
    let layers = trainer.generator.attention.iter();
    let mut tensors = vec![
        losses.discriminator,
        losses.generator,
        losses.real,
        losses.fake,
    ];
    tensors.extend(layers.map(|layer| layer.gamma.val().inner()));
    let means: Vec<f32> = read_all(tensors)
        .await?
        .iter()
        .map(|values| values.iter().sum::<f32>() / values.len() as f32)
        .collect();
    Ok(Point {
        step,
        discriminator_loss: means[0],
        generator_loss: means[1],
        real: means[2],
        fake: means[3],
        millis: 0.0,
        gammas: means[4..].to_vec(),
    })
}

struct Report {
    step: u64,
    loss_d: f32,
    loss_g: f32,
    /// γ of the generator's layers, from the coarsest to the finest.
    gammas: Vec<f32>,
    rate: f64,
}

impl Report {
    fn line(&self) -> String {
        let gammas: String = self.gammas.iter().map(|g| format!(" {g:.3}")).collect();
        format!(
            "D {:.3}  G {:.3}  γ{gammas}  {:.2} steps/s",
            self.loss_d, self.loss_g, self.rate
        )
    }
}

/// The run's figures as a CSV file, to plot.
struct Log {
    path: PathBuf,
    file: fs::File,
}

impl Log {
    /// For a generator with so many attention layers.
    fn open(path: &Path, layers: usize) -> Result<Self, Error> {
        let failed = |source| Error::Write {
            path: path.to_path_buf(),
            source,
        };
        let fresh = !path.exists();
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(failed)?;
        if fresh {
            let gammas: String = (1..=layers).map(|i| format!("gamma{i},")).collect();
            writeln!(file, "step,loss_d,loss_g,{gammas}steps_per_second").map_err(failed)?;
        }
        Ok(Self {
            path: path.to_path_buf(),
            file,
        })
    }

    fn write(&mut self, r: &Report) -> Result<(), Error> {
        let gammas: String = r.gammas.iter().map(|g| format!("{g},")).collect();
        writeln!(
            self.file,
            "{},{},{},{gammas}{:.3}",
            r.step, r.loss_d, r.loss_g, r.rate
        )
        .map_err(|source| Error::Write {
            path: self.path.clone(),
            source,
        })
    }
}
