//! The engine: answers the page's requests, in a worker of its own.
//!
//! Compiling pipelines, drawing and training keep a thread busy; here they cannot freeze the page.

mod clock;
mod device;
mod inbox;
mod outbox;
mod session;
mod training;

use wasm_bindgen_futures::spawn_local;

use crate::protocol::{Reply, Request};

use self::{device::Devices, inbox::Inbox, session::Session, training::Training};

/// Takes over the worker's messages and tells the page so.
pub fn listen() {
    let inbox = Inbox::install();
    spawn_local(serve(inbox));
    outbox::greet();
}

/// Answers requests one after the other, for ever.
async fn serve(mut inbox: Inbox) {
    let mut engine = Engine::default();
    while let Some(request) = inbox.next().await {
        let outcome = match request {
            Ok(request) => engine.answer(request, &inbox).await,
            Err(sentence) => Err(Reply::Failed { sentence }),
        };
        if let Err(failed) = outcome {
            outbox::post(&failed);
        }
    }
}

/// What is open: a checkpoint to draw from, and a training run.
#[derive(Default)]
struct Engine {
    devices: Devices,
    session: Option<Session>,
    training: Training,
}

impl Engine {
    /// Answers one request; the error is the reply that says why not.
    async fn answer(&mut self, request: Request, inbox: &Inbox) -> Result<(), Reply> {
        match request {
            Request::Open {
                checkpoint,
                name,
                device,
            } => Session::open(&checkpoint, &name, device, &mut self.devices)
                .await
                .map(|opened| self.session = Some(opened))
                .map_err(drawing_failed),
            Request::Generate {
                request,
                seed,
                count,
            } => match &self.session {
                Some(session) => session.generate(request, seed, count, inbox).await,
                None => {
                    Err("The page asked for pictures before it opened a checkpoint.".to_string())
                }
            }
            .map_err(drawing_failed),
            Request::OpenTraining {
                checkpoint,
                name,
                device,
            } => self
                .training
                .open(&checkpoint, &name, device, &mut self.devices)
                .await
                .map_err(training_failed),
            Request::TrainStep { real, latents } => self
                .training
                .step(real, latents)
                .await
                .map_err(training_failed),
            Request::SaveTraining => self.training.save().await.map_err(training_failed),
        }
    }
}

fn drawing_failed(sentence: String) -> Reply {
    Reply::Failed { sentence }
}

fn training_failed(sentence: String) -> Reply {
    Reply::TrainingFailed { sentence }
}
