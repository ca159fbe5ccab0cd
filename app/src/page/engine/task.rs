//! Work that goes on beside the page, and ends when nobody wants it any more.

use std::future::Future;

use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal};

/// Work under way; dropping it aborts what it waits for.
#[derive(Debug)]
pub struct Task(Option<AbortController>);

impl Task {
    /// Begins; whatever is fetched should heed the signal, and whatever comes late be let go.
    pub fn begin<F: Future<Output = ()> + 'static>(work: impl FnOnce(AbortSignal) -> F) -> Self {
        let abort = AbortController::new().ok();
        if let Some(abort) = &abort {
            spawn_local(work(abort.signal()));
        }
        Self(abort)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Some(abort) = &self.0 {
            abort.abort();
        }
    }
}
