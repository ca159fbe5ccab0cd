//! The engine: answers the page's requests, in a worker of its own.
//!
//! Compiling pipelines and drawing keep a thread busy; here they cannot freeze the page.

mod device;
mod inbox;
mod outbox;
mod session;

use wasm_bindgen_futures::spawn_local;

use crate::protocol::{Reply, Request};

use self::{inbox::Inbox, session::Session};

/// Takes over the worker's messages and tells the page so.
pub fn listen() {
    let inbox = Inbox::install();
    spawn_local(serve(inbox));
    outbox::greet();
}

/// Answers requests one after the other, for ever.
async fn serve(mut inbox: Inbox) {
    let mut session: Option<Session> = None;
    while let Some(request) = inbox.next().await {
        let outcome = match request {
            Ok(Request::Open {
                checkpoint,
                name,
                device,
            }) => Session::open(&checkpoint, &name, device)
                .await
                .map(|opened| session = Some(opened)),
            Ok(Request::Generate {
                request,
                seed,
                count,
            }) => match &session {
                Some(session) => session.generate(request, seed, count, &inbox).await,
                None => {
                    Err("The page asked for pictures before it opened a checkpoint.".to_string())
                }
            },
            Err(sentence) => Err(sentence),
        };
        if let Err(sentence) = outcome {
            outbox::post(&Reply::Failed { sentence });
        }
    }
}
