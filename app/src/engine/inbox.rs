//! What the page has asked and nobody has answered yet.

use std::{cell::Cell, rc::Rc};

use futures::{
    StreamExt,
    channel::mpsc::{UnboundedReceiver, unbounded},
};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::protocol::Request;

/// The queue of requests, fed by the worker's `onmessage`.
pub(super) struct Inbox {
    receiver: UnboundedReceiver<Result<Request, String>>,
    newest: Rc<Cell<Option<u32>>>,
}

impl Inbox {
    /// Listens from now on.
    pub(super) fn install() -> Self {
        let (sender, receiver) = unbounded();
        let newest = Rc::new(Cell::new(None));
        let latest = Rc::clone(&newest);
        let receive = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let request = decode(&event);
            if let Ok(Request::Generate { request, .. }) = &request {
                latest.set(Some(*request));
            }
            // The receiver lives as long as the worker, so this cannot fail while it matters.
            sender.unbounded_send(request).ok();
        });
        worker().set_onmessage(Some(receive.as_ref().unchecked_ref()));
        receive.forget();
        Self { receiver, newest }
    }

    /// The next request, or a sentence where the message was none.
    pub(super) async fn next(&mut self) -> Option<Result<Request, String>> {
        self.receiver.next().await
    }

    /// Whether a newer request for pictures has come since this one.
    pub(super) fn supersedes(&self, request: u32) -> bool {
        self.newest.get().is_some_and(|newest| newest != request)
    }
}

fn decode(event: &MessageEvent) -> Result<Request, String> {
    let bytes = event
        .data()
        .dyn_into::<Uint8Array>()
        .map_err(|_| "The page sent something that is not a message.".to_string())?;
    postcard::from_bytes(&bytes.to_vec()).map_err(|error| {
        format!("The page and the engine are of different versions ({error}); reload the page.")
    })
}

/// The worker's global scope.
pub(super) fn worker() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
