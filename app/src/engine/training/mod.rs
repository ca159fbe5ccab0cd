//! Open training runs: beginning, going on, pausing and keeping them.

mod files;
mod going;
mod keeper;
mod measuring;
mod readings;
mod run;
mod setup;
mod shelf;
mod stage;
mod start;
mod storing;
mod worlds;

use std::{collections::BTreeMap, rc::Rc};

use js_sys::Uint8Array;
use saganscope_model::{
    config::MOST_PICTURES,
    data::{Album, Pictures, World},
    limits,
    train::{Record, Trainer},
};
use wasm_bindgen::JsCast;

use self::{
    measuring::Measuring,
    readings::read_losses,
    run::{Run, Stop},
    stage::stage,
    start::Start,
    worlds::worlds,
};
use super::{
    albums::Albums, clock::now, device::Devices, judging::Examiner, models::Painter, outbox,
};
use crate::protocol::{
    Answer, Cause, Claim, DeviceChoice, Kept, PictureSource, RunConfig, StepLatents, Train,
    TrainReply, TrainingStage, Weights, wire::File,
};

/// Steps of a probe: the first one compiles, and fills caches.
const PROBED: u32 = 3;

/// The training runs that are open, by the page's numbers, and the pictures to learn from.
#[derive(Default)]
pub(super) struct Training {
    runs: BTreeMap<u32, Run>,
    pub(super) albums: Albums,
    /// Whose turn it was.
    last: u32,
    measuring: Option<Measuring>,
}

impl Training {
    /// Answers a request, or begins to: those that go on are answered later.
    pub(super) async fn take(
        &mut self,
        request: u32,
        ask: Train,
        devices: &mut Devices,
    ) -> Result<Option<TrainReply>, String> {
        Ok(Some(match ask {
            Train::Open {
                run,
                checkpoint,
                name,
                device,
                from,
                keep,
            } => {
                stage(request, TrainingStage::Weights).await;
                // Read before any device is asked for: a broken file should be told at once.
                let mut start = Start::of_file(&checkpoint.0.to_vec(), name)?;
                start.from = from;
                if keep == Some(true) {
                    start.keeper = Some(self.keeper().await?);
                }
                self.establish(request, run, start, device, devices).await?
            }
            Train::Begin {
                run,
                config,
                networks,
                from,
                device,
                keep,
                beside,
            } => {
                let settings = setup::settings(&config)?;
                let mut start = match networks {
                    Some(networks) => Start::of_networks(&networks, settings, from)?,
                    None => Start {
                        name: "The run".into(),
                        config: setup::networks(&config)?,
                        settings,
                        checkpoint: None,
                        networks: None,
                        from: Some(from),
                        own: None,
                        keeper: None,
                        beside: None,
                        looks: false,
                    },
                };
                start.beside = beside;
                if keep {
                    start.keeper = Some(self.keeper().await?);
                }
                self.establish(request, run, start, device, devices).await?
            }
            Train::Restore {
                run,
                id,
                claim,
                device,
            } => {
                stage(request, TrainingStage::Weights).await;
                let start = self.restored(id, claim.unwrap_or(Claim::Keep)).await?;
                self.establish(request, run, start, device, devices).await?
            }
            Train::Run { run, steps } => {
                self.set_going(request, run, steps).await?;
                return Ok(None);
            }
            Train::Half { run, network } => {
                let run = self.run(run)?;
                let loss = run.half(network).await?;
                let step = run.trainer.step();
                if !loss.is_finite() {
                    return Err(format!(
                        "Training diverged at step {step}: a loss is not a finite number. Put the run away and go on from what was kept of it."
                    ));
                }
                TrainReply::Halved { step, loss }
            }
            Train::Set { run, settings } => {
                let run = self.run(run)?;
                run.set(settings).map_err(|error| error.to_string())?;
                let settings = run.settings();
                TrainReply::Set { settings }
            }
            Train::Pause { run } => {
                let step = self.run(run)?.trainer.step();
                self.rest(run, Cause::Asked).await;
                let cause = Cause::Asked;
                TrainReply::Paused { step, cause }
            }
            Train::Measure { run } => {
                self.begin_measuring(request, run).await?;
                return Ok(None);
            }
            Train::Step { run, real, latents } => self.step(run, real, latents).await?,
            Train::Save { run } => self.save(run).await?,
            Train::Keep { run } => return self.keep(request, run).await,
            Train::Close { run } => {
                self.rest(run, Cause::Asked).await;
                self.runs.remove(&run);
                self.end_measuring(run, measuring::PUT_AWAY);
                TrainReply::Closed
            }
            Train::Probe { config, device } => {
                self.probe(request, &config, device, devices).await?
            }
            Train::Stored => self.stored().await,
            Train::Rename { id, name } => self.rename(id, &name).await?,
            Train::Forget { id } => self.forget(id).await?,
            Train::Worlds => TrainReply::Worlds { worlds: worlds() },
            Train::Gather {
                album,
                files,
                size,
                mirror,
            } => {
                self.albums.begin(request, album, files, size, mirror)?;
                return Ok(None);
            }
            Train::GatheredEnough => {
                self.albums.enough();
                TrainReply::GatheredEnough
            }
        }))
    }

    /// Chooses a device, makes the run, and tells the page how far it is. On a GPU a step is done
    /// first and thrown away, so that no step of the run has to wait for compilation.
    async fn establish(
        &mut self,
        request: u32,
        number: u32,
        mut start: Start,
        choice: DeviceChoice,
        devices: &mut Devices,
    ) -> Result<TrainReply, String> {
        if let (None, Some(PictureSource::Own(album))) = (&start.own, &start.from) {
            start.own = self.albums.get(*album).cloned();
        }
        let pictures = start.from.as_ref().map(|from| pictures(from, &start));
        // A file is good without its pictures: it can be drawn from, and handed back.
        let (pictures, missing) = match pictures.transpose() {
            Ok(pictures) => (pictures, None),
            Err(sentence) if start.checkpoint.is_some() => (None, Some(sentence)),
            Err(sentence) => return Err(sentence),
        };
        stage(request, TrainingStage::Device).await;
        let (device, info) = devices.get(choice).await?;
        limits::check_batch(&start.config, start.settings.batch, &device)
            .map_err(|error| format!("{}: {error}", start.name))?;
        stage(request, TrainingStage::Weights).await;
        if info.gpu && !start.looks {
            let throwaway = Run::new(start.trainer(&device)?, &device, true);
            throwaway.warm_up(request).await?;
        }
        let mut run = Run::new(start.trainer(&device)?, &device, info.gpu);
        if let Some(checkpoint) = &start.checkpoint {
            run.record = Record::of(checkpoint);
        }
        let first = run.record.take_snapshot(&run.trainer).await;
        first.map_err(|error| error.to_string())?;
        run.from = start.from;
        run.beside = start.beside;
        run.pictures = pictures;
        run.own = start.own;
        self.rest(number, Cause::Asked).await;
        let mut trouble = missing;
        let mut kept_as = None;
        if let Some(keeper) = start.keeper {
            let id = keeper.id;
            trouble = trouble.or(keeper.trouble());
            if let Some(made) = &run.own {
                let kept = keeper.keep_pictures(made.size, &made.pictures).await;
                trouble = trouble.or(kept);
            }
            run.keeper = Some(keeper);
            match run.keep().await {
                Ok(Some(Kept {
                    trouble: Some(sentence),
                    ..
                })) => trouble = trouble.or(Some(sentence)),
                Ok(_) => kept_as = Some(id),
                Err(stop) => return Err(stop.sentence(run.trainer.step())),
            }
        }
        let ready = TrainReply::Ready {
            device: info,
            info: run.info(),
            from: run.from.clone(),
            settings: run.settings(),
            record: Box::new(run.told_record()),
            trouble,
            kept_as,
        };
        self.runs.insert(number, run);
        self.end_measuring(number, measuring::PUT_AWAY);
        Ok(ready)
    }

    /// Whether a run is being measured.
    pub(super) fn is_measuring(&self) -> bool {
        self.measuring.is_some()
    }

    /// Begins to measure a run as it is now; one that is being measured ends here.
    async fn begin_measuring(&mut self, request: u32, number: u32) -> Result<(), String> {
        let measuring = Measuring::begin(request, number, self.run(number)?).await?;
        if let Some(older) = self.measuring.replace(measuring) {
            older.end("Another run is being measured now.");
        }
        Ok(())
    }

    /// What was being measured of a run is not that run's any more.
    fn end_measuring(&mut self, number: u32, sentence: &str) {
        if let Some(measuring) = self.measuring.take_if(|one| one.run == number) {
            measuring.end(sentence);
        }
    }

    /// Looks at the next pictures of the run that is being measured.
    pub(super) async fn measure_some(&mut self) {
        let Some(mut measuring) = self.measuring.take() else {
            return;
        };
        let (request, run) = (measuring.request, measuring.run);
        let answer = measuring.go_on(self.runs.get_mut(&run)).await;
        if matches!(answer, TrainReply::Measuring { .. }) {
            self.measuring = Some(measuring);
        }
        outbox::post(request, Answer::Train(answer));
    }

    fn run(&mut self, number: u32) -> Result<&mut Run, String> {
        self.runs.get_mut(&number).ok_or_else(|| {
            "No training run is open under this number; open one from a file that `sagan train` wrote."
                .into()
        })
    }

    /// Keeps a run now. Where that finds out that it diverged, the answer is that of one that goes on.
    async fn keep(&mut self, request: u32, number: u32) -> Result<Option<TrainReply>, String> {
        let run = self.run(number)?;
        match run.keep().await {
            Ok(Some(kept)) => Ok(Some(TrainReply::Kept(kept))),
            Ok(None) => Err("This run is not kept in the browser's storage; download it.".into()),
            Err(stop) => {
                let (rests, sentence) = (run.going.is_none(), stop.sentence(run.trainer.step()));
                if let Stop::Diverged(_) = stop {
                    self.fall_back(request, number, &stop).await;
                    if rests {
                        return Ok(None);
                    }
                }
                Err(sentence)
            }
        }
    }

    /// Does one step on what the page sent.
    async fn step(
        &mut self,
        number: u32,
        real: Vec<f32>,
        latents: Option<StepLatents>,
    ) -> Result<TrainReply, String> {
        let run = self.run(number)?;
        let start = now();
        let losses = run.step(real, latents)?;
        let [discriminator_loss, generator_loss] = read_losses(losses).await?;
        let step = run.trainer.step();
        if !discriminator_loss.is_finite() || !generator_loss.is_finite() {
            let sentence = format!(
                "Training diverged at step {step} (a loss is not a finite number), so the run was closed. Open the last file that was saved of it, and train it with lower learning rates."
            );
            // Nothing can be done with its weights any more, and no file of them could be opened.
            let gone = self.runs.remove(&number);
            self.end_measuring(number, measuring::PUT_AWAY);
            if let Some(going) = gone.and_then(|run| run.going) {
                let sentence = sentence.clone();
                let failed = Answer::Train(TrainReply::Failed { sentence });
                outbox::post(going.request, failed);
            }
            return Err(sentence);
        }
        Ok(TrainReply::Stepped {
            step,
            discriminator_loss,
            generator_loss,
            millis: now() - start,
        })
    }

    /// The run as a file.
    async fn save(&mut self, number: u32) -> Result<TrainReply, String> {
        let run = self.run(number)?;
        let step = run.trainer.step();
        let file = run.file().await.map_err(|stop| stop.sentence(step))?;
        Ok(TrainReply::Saved {
            step,
            checkpoint: File(Uint8Array::from(file.as_slice())),
        })
    }

    /// Times steps of a run that is thrown away.
    async fn probe(
        &mut self,
        request: u32,
        asked: &RunConfig,
        choice: DeviceChoice,
        devices: &mut Devices,
    ) -> Result<TrainReply, String> {
        let (config, settings) = (setup::networks(asked)?, setup::settings(asked)?);
        stage(request, TrainingStage::Device).await;
        let (device, info) = devices.get(choice).await?;
        limits::check_batch(&config, settings.batch, &device).map_err(|error| error.to_string())?;
        stage(request, TrainingStage::Weights).await;
        let values = settings.batch * 3 * config.size * config.size;
        let mut run = Run::new(Trainer::new(config, settings, &device), &device, info.gpu);
        let mut millis = 0.0;
        for done in 0..PROBED {
            let parts = PROBED;
            stage(request, TrainingStage::Warmup { done, parts }).await;
            let start = now();
            let losses = run.step(vec![0.0; values], None)?;
            read_losses(losses).await?;
            millis = now() - start;
        }
        // Watching a step takes longer than the step.
        let mut losses = None;
        let held = limits::held(&device, || losses = Some(run.step(vec![0.0; values], None)));
        if let Some(losses) = losses {
            read_losses(losses?).await?;
        }
        let most = limits::most_pictures(&run.trainer.config, &device);
        let file = run.file().await;
        Ok(TrainReply::Probed {
            millis,
            device: info,
            memory: held.unwrap_or_else(heap),
            most: most
                .ok()
                .filter(|&most| most < MOST_PICTURES)
                .map(|most| most as u32),
            bytes: file.map_or(0, |file| file.len() as u64),
        })
    }

    /// The run's generator as it is now, to draw with.
    pub(super) async fn painter(
        &mut self,
        number: u32,
        weights: Weights,
    ) -> Result<Rc<Painter>, String> {
        self.run(number)?.painter(weights).await
    }

    /// The run's discriminator as it is now, to be asked.
    pub(super) async fn examiner(&mut self, number: u32) -> Result<Rc<Examiner>, String> {
        self.run(number)?.examiner().await
    }
}

/// The stream of pictures that a run learns from.
fn pictures(from: &PictureSource, start: &Start) -> Result<Box<dyn Pictures>, String> {
    let seed = start.settings.seed;
    match from {
        PictureSource::World(name) => match World::named(name, seed) {
            Some(world) => Ok(Box::new(world)),
            None => Err(format!(
                "There is no world called “{name}”; choose another."
            )),
        },
        PictureSource::Own(_) => {
            let made = start.own.as_ref().ok_or(
                "The pictures that this run learns from are not here; choose them again to go on.",
            )?;
            if made.size != start.config.size {
                return Err(format!(
                    "The pictures were made {0}×{0} pixels large, but the run takes {1}×{1}; choose them again.",
                    made.size, start.config.size
                ));
            }
            let pictures = made.pictures.clone();
            Ok(Box::new(Album::new(pictures, made.size, seed)))
        }
    }
}

/// Bytes of all that the engine holds outside of a GPU.
fn heap() -> u64 {
    let memory = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>();
    let buffer = memory.buffer().unchecked_into::<js_sys::ArrayBuffer>();
    u64::from(buffer.byte_length())
}
