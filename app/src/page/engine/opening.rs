//! Fetches a checkpoint and has the engine open it.

use std::rc::Rc;

use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use crate::page::failure::{Failure, LARGEST_OWN};
use crate::page::view::origin::Origin;
use crate::protocol::{DeviceChoice, DeviceInfo, Draw, DrawReply, ModelInfo, Stage, wire::File};

use super::download::download;
use super::handle::Engine;
use super::loading::Bytes;

/// What is to be opened.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Where its weights are.
    pub checkpoint: Origin,
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

/// A file's bytes, from this site or from the visitor's machine, and after each piece how many have
/// come and how many there are in all. They do not enter this page's own memory.
///
/// # Errors
/// As [`download`]; where a visitor's file is not to be had, or too long.
pub async fn fetch(
    origin: &Origin,
    signal: &AbortSignal,
    progress: impl Fn(u64, Option<u64>),
) -> Result<Uint8Array, Failure> {
    let own = match origin {
        Origin::Site(path) => return download(path, signal, progress).await,
        Origin::Own(own) => own,
    };
    let name = || own.name.clone();
    let file = own.file.as_ref();
    let file = file.ok_or_else(|| Failure::Awaited { name: name() })?;
    let length = file.size() as u64;
    if length > LARGEST_OWN {
        return Err(Failure::TooLarge { name: name() });
    }
    progress(0, Some(length));
    let buffer = JsFuture::from(file.array_buffer()).await;
    let buffer = buffer.map_err(|_| Failure::Unread { name: name() })?;
    progress(length, Some(length));
    Ok(Uint8Array::new(&buffer))
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
    let file = fetch(&wanted.checkpoint, &signal, progress).await;
    let checkpoint = match file {
        _ if signal.aborted() => return,
        Ok(file) => file,
        Err(failure) => return told(Opening::Failed(failure)),
    };
    let ask = Draw::Open {
        model: wanted.model,
        checkpoint: File(checkpoint),
        name: wanted.checkpoint.file_name().to_owned(),
        device: wanted.device,
    };
    engine.models(ask, move |reply| {
        told(match reply {
            // Another one has been chosen meanwhile.
            _ if signal.aborted() => return,
            DrawReply::Stage(stage) => Opening::Reached(stage),
            DrawReply::Ready { device, model } => Opening::Ready(device, model),
            DrawReply::Failed { sentence } => Opening::Failed(Failure::Model { sentence }),
            // Answers to other questions.
            DrawReply::Closed
            | DrawReply::Sample { .. }
            | DrawReply::Done { .. }
            | DrawReply::Superseded => return,
        });
    });
}
