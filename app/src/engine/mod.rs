//! The engine: answers the page's requests, in a worker of its own.
//!
//! Compiling pipelines, drawing and training keep a thread busy; here they cannot freeze the page.

mod albums;
mod archives;
mod clock;
mod decoding;
mod device;
mod drawing;
mod inbox;
mod judging;
mod lock;
mod models;
mod outbox;
mod readback;
mod storage;
mod training;

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use crate::js;
use crate::protocol::{
    Answer, Ask, Draw, DrawReply, Examined, Examiner, Judge, JudgeReply, Pictures, Request, Source,
    TrainReply,
};

use self::{
    device::Devices,
    drawing::Drawings,
    inbox::Inbox,
    judging::Judges,
    models::{Models, Painter},
    training::Training,
};

/// Takes over the worker's messages and tells the page so.
pub fn listen() {
    let inbox = Inbox::install();
    spawn_local(serve(inbox));
    outbox::greet();
}

/// Answers requests, for ever. All that has come is taken in before anything more is drawn, so that
/// a newer request meets the older one before work is wasted on it. What is asked to be drawn comes
/// before the next file of an album, and that before what a run is measured by and the next step of
/// one that goes on.
async fn serve(mut inbox: Inbox) {
    let mut engine = Engine::default();
    loop {
        let request = if engine.rests() {
            inbox.next().await
        } else {
            inbox.ready()
        };
        match request {
            Some(Ok(request)) => engine.take(request).await,
            Some(Err(sentence)) => outbox::post(0, Answer::Unreadable { sentence }),
            None => {
                engine.go_on().await;
                clock::pause_now_and_then().await;
            }
        }
    }
}

/// What is open, and the pictures that are being drawn.
#[derive(Default)]
struct Engine {
    devices: Devices,
    models: Models,
    training: Training,
    drawings: Drawings,
    judges: Judges,
}

impl Engine {
    /// Whether nothing is to be done until something is asked.
    fn rests(&self) -> bool {
        let Self {
            drawings, training, ..
        } = self;
        drawings.is_empty()
            && !training.albums.is_gathering()
            && !training.is_measuring()
            && !training.is_going()
    }

    /// Does the next piece of what was asked for.
    async fn go_on(&mut self) {
        if !self.drawings.is_empty() {
            self.drawings.draw_some().await;
        } else if self.training.albums.is_gathering() {
            self.training.albums.gather_one().await;
        } else if self.training.is_measuring() {
            self.training.measure_some().await;
        } else {
            self.training.go_on().await;
        }
    }

    /// Answers one request, or begins to.
    async fn take(&mut self, Request { id, ask }: Request) {
        match ask {
            Ask::Draw(ask) => {
                if let Err(sentence) = self.draw(id, ask).await {
                    outbox::post(id, Answer::Draw(DrawReply::Failed { sentence }));
                }
            }
            Ask::Judge(ask) => {
                let failed = |sentence| JudgeReply::Failed { sentence };
                let answer = self.judge(ask).await.unwrap_or_else(failed);
                outbox::post(id, Answer::Judge(answer));
                clock::pause().await;
            }
            Ask::Train(ask) => {
                let answer = match self.training.take(id, ask, &mut self.devices).await {
                    Ok(Some(reply)) => reply,
                    // It is under way.
                    Ok(None) => return,
                    Err(sentence) => TrainReply::Failed { sentence },
                };
                outbox::post(id, Answer::Train(answer));
                clock::pause().await;
            }
        }
    }

    async fn draw(&mut self, id: u32, ask: Draw) -> Result<(), String> {
        let reply = match ask {
            Draw::Open {
                model,
                checkpoint,
                name,
                device,
            } => {
                let file = checkpoint.0.to_vec();
                self.models
                    .open(id, model, file, &name, device, &mut self.devices)
                    .await?
            }
            Draw::Close { model } => {
                self.models.close(model);
                DrawReply::Closed
            }
            Draw::Pictures(pictures) => {
                let artist = self.artist(&pictures).await?;
                return self.drawings.begin(id, pictures, artist);
            }
        };
        outbox::post(id, Answer::Draw(reply));
        Ok(())
    }

    async fn judge(&mut self, ask: Judge) -> Result<JudgeReply, String> {
        match ask {
            Judge::Open {
                judge,
                model,
                checkpoint,
                name,
            } => {
                let bond = self.models.bond(model)?;
                let info = self
                    .judges
                    .open(judge, checkpoint.0.to_vec(), &name, bond)?;
                Ok(JudgeReply::Ready(info))
            }
            Judge::Close { judge } => {
                self.judges.close(judge);
                Ok(JudgeReply::Closed)
            }
            Judge::Examine { by, picture, .. } => {
                let examiner = match by {
                    Examiner::Judge(number) => self.judges.get(number)?,
                    Examiner::Run(number) => self.training.examiner(number).await?,
                };
                let picture = match picture {
                    Examined::Own(files) => examiner.decoded(&files).await?,
                    Examined::Drawn(pictures) => {
                        let artist = self.artist(&pictures).await?;
                        drawing::first(&artist, pictures)?
                    }
                };
                Ok(JudgeReply::Examined(examiner.examine(picture).await?))
            }
        }
    }

    /// Who draws what is asked for.
    async fn artist(&mut self, asked: &Pictures) -> Result<Rc<Painter>, String> {
        match asked.network.of {
            Source::Model(number) => self.models.painter(number, asked.network.weights),
            Source::Run(number) => self.training.painter(number, asked.network.weights).await,
        }
    }
}
