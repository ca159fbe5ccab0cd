//! Training runs and their steps.

use serde::{Deserialize, Serialize};

use super::{
    DeviceChoice, DeviceInfo,
    run::{
        AlbumInfo, Claim, Half, Kept, LiveSettings, Networks, PictureSource, Progress, Quality,
        Record, RunConfig, RunInfo, StoredRun, Vital, WorldInfo,
    },
    wire::{File, Files, floats},
};

/// What can be asked about training.
///
/// A run that is opened or begun takes the place of an open one of its number once it is ready;
/// until then, and where it fails, that one stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Train {
    /// Choose a device and go on with a run; [`TrainReply::Ready`] says that it can do steps.
    Open {
        /// What the page calls it.
        run: u32,
        /// The whole safetensors file, as `sagan train` writes it.
        checkpoint: File,
        /// What to call the file in messages.
        name: String,
        /// Which device to use.
        device: DeviceChoice,
        /// What it learns from; without, it takes only steps with pictures that the page sends.
        from: Option<PictureSource>,
        /// Whether to keep it in the browser's storage; see [`Train::Keep`].
        keep: Option<bool>,
    },
    /// Choose a device and begin a run; [`TrainReply::Ready`] as above.
    Begin {
        /// What the page calls it.
        run: u32,
        /// What it is.
        config: RunConfig,
        /// What it begins with, where that is not random; the shape of the networks is theirs then.
        networks: Option<Networks>,
        /// What it learns from.
        from: PictureSource,
        /// Which device to use.
        device: DeviceChoice,
        /// Whether to keep it in the browser's storage; see [`Train::Keep`].
        keep: bool,
        /// The number in storage of the run that it stands beside, which is noted where it is kept.
        beside: Option<u64>,
    },
    /// Open a run that is in the browser's storage.
    Restore {
        /// What the page calls it.
        run: u32,
        /// Its number in storage; without one, the run that was kept last.
        id: Option<u64>,
        /// What for; without, to keep it.
        claim: Option<Claim>,
        /// Which device to use.
        device: DeviceChoice,
    },
    /// Do steps until there is a reason to stop; [`TrainReply::Paused`] tells it. In between,
    /// pictures are drawn as they are asked for.
    Run {
        /// Which run. If it is going on already, this request takes that one's place.
        run: u32,
        /// How many steps; on and on where there is no number.
        steps: Option<u64>,
    },
    /// Do one update of one network alone; [`TrainReply::Halved`] tells of it.
    Half {
        /// Which run.
        run: u32,
        /// Which network.
        network: Half,
    },
    /// Change what can be changed while a run goes on, from the next step on; it is noted in its
    /// file. [`TrainReply::Set`] tells how it is then.
    Set {
        /// Which run.
        run: u32,
        /// How it should be.
        settings: LiveSettings,
    },
    /// Stop after the step that is being done.
    Pause {
        /// Which run; one that rests is no error.
        run: u32,
    },
    /// Do one step: an update of the discriminator, then one of the generator.
    Step {
        /// Which run.
        run: u32,
        /// `[batch, 3, size, size]` in [−1, 1], row-major, with the run's batch and size.
        #[serde(with = "floats")]
        real: Vec<f32>,
        /// Without them the run draws its own, from its seed and the number of the step; with them
        /// a step done elsewhere can be repeated.
        latents: Option<StepLatents>,
    },
    /// Hand the run back as a file, for [`Train::Open`] or `sagan train --resume`.
    Save {
        /// Which run.
        run: u32,
    },
    /// Keep the run in the browser's storage now. One that was begun or opened to be kept is kept
    /// by itself at its start, once a minute, and when it pauses.
    Keep {
        /// Which run.
        run: u32,
    },
    /// Find how far a run's pictures are from those that it learns from; [`TrainReply::Measured`]
    /// ends it, and it is noted in the run's file.
    Measure {
        /// Which run.
        run: u32,
    },
    /// Forget a run; what is in the browser's storage stays.
    Close {
        /// Which one; none of that number is no error.
        run: u32,
    },
    /// How long a step would take, found by doing three that are thrown away.
    Probe {
        /// Of what.
        config: RunConfig,
        /// Which device to use.
        device: DeviceChoice,
    },
    /// Which runs are in the browser's storage.
    Stored,
    /// Call a run in the browser's storage otherwise.
    Rename {
        /// Its number in storage.
        id: u64,
        /// What to call it; an empty name is none.
        name: String,
    },
    /// Take a run out of the browser's storage.
    Forget {
        /// Its number in storage.
        id: u64,
    },
    /// Which worlds there are.
    Worlds,
    /// Make an album of picture files, and of those in zips; [`TrainReply::Gathered`] ends it.
    Gather {
        /// What the page calls it; it takes the place of one of that number.
        album: u32,
        /// The files.
        files: Files,
        /// Width and height of a picture, in pixels.
        size: u32,
        /// Whether each comes a second time, mirrored.
        mirror: bool,
    },
    /// What was read so far is the album that is being made; the rest is left.
    GatheredEnough,
}

/// The latents of one step, each `[batch, z_dim]`, row-major.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepLatents {
    /// For the pictures that the discriminator learns from.
    #[serde(with = "floats")]
    pub discriminator: Vec<f32>,
    /// For the pictures that the generator learns from.
    #[serde(with = "floats")]
    pub generator: Vec<f32>,
}

/// What the engine is doing before a run is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrainingStage {
    /// Asking the browser for a GPU.
    Device,
    /// Reading the run and uploading its weights.
    Weights,
    /// Compiling the GPU's programs by doing a step that is thrown away.
    Warmup {
        /// Parts of the step that are compiled, from 0.
        done: u32,
        /// Parts in all. They take unequal time.
        parts: u32,
    },
}

/// Why a run stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// It was asked to pause, or to do other steps.
    Asked,
    /// All steps that were asked for are done.
    Done,
    /// A number was no number any more; the run is back at the step that was kept last.
    Diverged {
        /// The step after which it was seen.
        at: u64,
        /// What happened and what to try.
        sentence: String,
    },
}

/// What the engine says about training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TrainReply {
    /// Opening has reached this stage.
    Stage(TrainingStage),
    /// The run is open.
    Ready {
        /// Where it is.
        device: DeviceInfo,
        /// What was opened.
        info: RunInfo,
        /// What it learns from.
        from: Option<PictureSource>,
        /// How it is set.
        settings: LiveSettings,
        /// What was read of it before, as far as its file tells.
        record: Box<Record>,
        /// What stands in the way of going on, or of keeping it.
        trouble: Option<String>,
        /// Its number in storage, where it is kept.
        kept_as: Option<u64>,
    },
    /// A run that goes on has done a few more steps.
    Progress(Progress),
    /// A run that goes on can be drawn from as it was after these steps.
    Snapshots {
        /// In their order.
        steps: Vec<u64>,
    },
    /// What the networks of a run that goes on are like inside.
    Vitals(Vital),
    /// A run that goes on was kept by itself.
    Autosaved(Kept),
    /// The run rests.
    Paused {
        /// Steps of the run.
        step: u64,
        /// Why.
        cause: Cause,
    },
    /// One network was updated.
    Halved {
        /// Steps of the run: updates of the generator.
        step: u64,
        /// Its loss before the update.
        loss: f32,
    },
    /// A run is set so.
    Set {
        /// From its next step on.
        settings: LiveSettings,
    },
    /// One step is done.
    Stepped {
        /// Steps of the run, this one included.
        step: u64,
        /// Hinge loss of the discriminator, before its update.
        discriminator_loss: f32,
        /// Loss of the generator, before its update.
        generator_loss: f32,
        /// How long the step took, in milliseconds, upload and reading the losses included.
        millis: f64,
    },
    /// The run as a file.
    Saved {
        /// Steps of the run.
        step: u64,
        /// The whole safetensors file.
        checkpoint: File,
    },
    /// So many of the pictures were looked at that a run is measured by.
    Measuring {
        /// So far.
        done: u32,
        /// In all.
        of: u32,
    },
    /// How far a run's pictures are from those that it learns from.
    Measured(Quality),
    /// The run is kept.
    Kept(Kept),
    /// The run is forgotten.
    Closed,
    /// How long a step takes.
    Probed {
        /// In milliseconds.
        millis: f64,
        /// Where.
        device: DeviceInfo,
        /// Length of the run's file.
        bytes: u64,
        /// Bytes that a step holds: of the GPU's memory, or all that the engine has.
        memory: u64,
        /// The largest batch that the GPU can take; none, where it takes any that one can ask for.
        most: Option<u32>,
    },
    /// What is in the browser's storage.
    Stored {
        /// Each, the one that was kept last first.
        runs: Vec<StoredRun>,
    },
    /// Which worlds there are.
    Worlds {
        /// Each with a picture.
        worlds: Vec<WorldInfo>,
    },
    /// So many of an album's files have been read.
    Gathering {
        /// So far.
        done: u32,
        /// In all.
        of: u32,
    },
    /// The album that is being made ends with what was read; whoever asked for it is told.
    GatheredEnough,
    /// The album is made.
    Gathered(AlbumInfo),
    /// Something went wrong; one sentence for the reader.
    Failed {
        /// What was wrong, where, and what to do.
        sentence: String,
    },
}
