//! What the page has asked and nobody has answered yet.

use futures::{
    FutureExt, StreamExt,
    channel::mpsc::{UnboundedReceiver, unbounded},
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::protocol::{Request, wire};

/// The queue of requests, fed by the worker's `onmessage`.
pub(super) struct Inbox {
    receiver: UnboundedReceiver<Result<Request, String>>,
}

impl Inbox {
    /// Listens from now on.
    pub(super) fn install() -> Self {
        let (sender, receiver) = unbounded();
        let receive = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let request = wire::read(event.data()).map_err(|error| {
                // The error quotes the value, which may be a whole checkpoint.
                let error: String = error.to_string().chars().take(200).collect();
                format!("The engine cannot read what the page asks ({error}); reload the page.")
            });
            // The receiver lives as long as the worker, so this cannot fail while it matters.
            sender.unbounded_send(request).ok();
        });
        worker().set_onmessage(Some(receive.as_ref().unchecked_ref()));
        receive.forget();
        Self { receiver }
    }

    /// The next request, or a sentence where the message was none; waits for one.
    pub(super) async fn next(&mut self) -> Option<Result<Request, String>> {
        self.receiver.next().await
    }

    /// The next request, if one is there.
    pub(super) fn ready(&mut self) -> Option<Result<Request, String>> {
        self.receiver.next().now_or_never().flatten()
    }
}

/// The worker's global scope.
pub(super) fn worker() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
