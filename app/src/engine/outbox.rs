//! Telling the page.

use serde::Serialize;

use super::{clock::pause, inbox::worker};
use crate::protocol::{Answer, Greeting, Reply, wire};

/// Says of which build the engine is; it listens from then on.
pub(super) fn greet() {
    send(&Greeting::own());
}

/// Answers a request.
pub(super) fn post(to: u32, answer: Answer) {
    send(&Reply { to, answer });
}

/// Answers a request, and lets the message leave before the thread is busy.
pub(super) async fn tell(to: u32, answer: Answer) {
    post(to, answer);
    pause().await;
}

/// Posts one message; the memory of its long lists is handed over, not copied.
fn send(message: &impl Serialize) {
    match wire::write(message) {
        Ok((object, buffers)) => {
            if let Err(error) = worker().post_message_with_transfer(&object, &buffers) {
                web_sys::console::error_2(&"the engine cannot reach the page".into(), &error);
            }
        }
        Err(error) => {
            web_sys::console::error_1(&format!("a reply cannot be written down: {error}").into());
        }
    }
}
