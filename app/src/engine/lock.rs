//! A Web Lock: one tab at a time keeps the run in the browser's storage. While it is held, browsers
//! do not freeze the tab either.

use futures::{
    channel::oneshot,
    future::{Either, select},
};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use super::js::{call, get, global, object};

/// How long a lock of a tab that was just closed, or reloaded, may take to be free.
const TRIES: u32 = 8;
const BETWEEN_MILLIS: u32 = 250;

/// A lock that is held until this is dropped, or the worker ends.
pub(super) struct Lock {
    /// None where the browser has no locks: nobody can hold one then.
    release: Option<Function>,
}

impl Lock {
    /// Takes the lock of this name, or says that somebody else holds it.
    pub(super) async fn take(name: &str) -> Option<Self> {
        for attempt in 0..TRIES {
            if attempt > 0 {
                TimeoutFuture::new(BETWEEN_MILLIS).await;
            }
            match request(name).await {
                Some(Some(release)) => {
                    return Some(Self {
                        release: Some(release),
                    });
                }
                Some(None) => {}
                None => return Some(Self { release: None }),
            }
        }
        None
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            // It only settles a promise.
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

/// What releases the lock; `Some(None)` where another holds it, `None` where there are no locks.
async fn request(name: &str) -> Option<Option<Function>> {
    let locks = get(&global("navigator").ok()?, "locks").ok()?;
    let options = object(&[("ifAvailable", true.into())]).ok()?;
    let (tell, told) = oneshot::channel();
    let granted = Closure::once(move |lock: JsValue| -> JsValue {
        if lock.is_null() {
            tell.send(None).ok();
            return JsValue::UNDEFINED;
        }
        let mut release = None;
        // The lock is held until this promise settles.
        let held = Promise::new(&mut |settle, _| release = Some(settle));
        tell.send(release).ok();
        held.into()
    });
    let arguments = [name.into(), options, granted.as_ref().clone()];
    let promise = call(&locks, "request", &arguments).ok()?;
    let refused = JsFuture::from(Promise::resolve(&promise));
    match select(told, refused).await {
        Either::Left((told, _)) => told.ok(),
        // Forbidden here, as in some embedded views; or over before it was told.
        Either::Right((_, mut told)) => told.try_recv().ok().flatten(),
    }
}
