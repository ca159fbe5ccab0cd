//! Downloads a checkpoint and has the engine open it.

use std::rc::Rc;

use web_sys::AbortSignal;

use crate::page::failure::Failure;
use crate::protocol::{DeviceChoice, DeviceInfo, Draw, DrawReply, ModelInfo, Stage, wire::File};

use super::download::download;
use super::handle::Engine;
use super::loading::Bytes;

/// What is to be opened.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The checkpoint's path, relative to the page.
    pub checkpoint: String,
    /// What the page calls the model.
    pub model: u32,
    /// Where it is to be.
    pub device: DeviceChoice,
}

/// How far it is.
#[derive(Debug)]
pub enum Opening {
    /// Bytes of the download arrived.
    Downloaded(Bytes),
    /// The engine has reached this stage.
    Reached(Stage),
    /// It can be drawn from.
    Ready(DeviceInfo, ModelInfo),
    /// It is not to be had.
    Failed(Failure),
}

/// Opens a checkpoint; nothing is told any more once the signal is given.
pub async fn open(
    engine: Engine,
    wanted: Wanted,
    signal: AbortSignal,
    told: impl Fn(Opening) + 'static,
) {
    let told = Rc::new(told);
    let progress = {
        let told = told.clone();
        move |done, total| told(Opening::Downloaded(Bytes { done, total }))
    };
    let file = download(&wanted.checkpoint, &signal, progress).await;
    let checkpoint = match file {
        _ if signal.aborted() => return,
        Ok(file) => file,
        Err(failure) => return told(Opening::Failed(failure)),
    };
    let name = wanted.checkpoint.rsplit('/').next();
    let ask = Draw::Open {
        model: wanted.model,
        checkpoint: File(checkpoint),
        name: name.unwrap_or_default().to_owned(),
        device: wanted.device,
    };
    engine.models(ask, move |reply| {
        told(match reply {
            // Another one has been chosen meanwhile.
            _ if signal.aborted() => return,
            DrawReply::Stage(stage) => Opening::Reached(stage),
            DrawReply::Ready { device, model } => Opening::Ready(device, model),
            DrawReply::Failed { sentence } => Opening::Failed(Failure::Engine { sentence }),
            // Answers to other questions.
            DrawReply::Closed
            | DrawReply::Sample { .. }
            | DrawReply::Done { .. }
            | DrawReply::Superseded => return,
        });
    });
}
