//! Telling the page.

use serde::Serialize;

use super::{clock::pause, inbox::worker};
use crate::protocol::{Answer, Greeting, Reply, wire};

/// Says of which build the engine is; it listens from then on.
pub(super) fn greet() {
    let _ = send(&Greeting::own());
}

/// Answers a request. An answer that cannot leave is replaced by one that says so, or whoever asked
/// would wait for ever.
pub(super) fn post(to: u32, answer: Answer) {
    let reply = Reply { to, answer };
    if send(&reply).is_err() {
        let sentence = "The engine's answer did not reach the page; try again.";
        let answer = reply.answer.failed(sentence);
        // What is this short fails only where nothing arrives any more.
        let _ = send(&Reply { to, answer });
    }
}

/// Answers a request, and lets the message leave before the thread is busy.
pub(super) async fn tell(to: u32, answer: Answer) {
    post(to, answer);
    pause().await;
}

/// Posts one message; the memory of its long lists is handed over, not copied. What goes wrong is in
/// the console.
fn send(message: &impl Serialize) -> Result<(), ()> {
    let (object, buffers) = wire::write(message).map_err(|error| {
        let sentence = format!("a reply cannot be written down: {error}");
        web_sys::console::error_1(&sentence.into());
    })?;
    let sent = worker().post_message_with_transfer(&object, &buffers);
    sent.map_err(|error| {
        web_sys::console::error_2(&"the engine cannot reach the page".into(), &error);
    })
}
