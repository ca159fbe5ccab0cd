//! Web Locks: one tab at a time keeps a run in the browser's storage. While one is held, browsers do
//! not freeze the tab either.

use std::{cell::Cell, rc::Rc};

use futures::{
    channel::oneshot,
    future::{Either, select},
};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use super::js::{call, call_async, get, global, object};

/// How long a lock of a tab that was just closed, or reloaded, may take to be free; and how long one
/// of a tab that was asked to hand its run over, which does a step to its end and keeps it first.
const TRIES: u32 = 8;
const TRIES_TO_TAKE_OVER: u32 = 80;
const BETWEEN_MILLIS: u32 = 250;

/// A lock that is held until this is dropped, or the worker ends, or another tab takes it.
pub(super) struct Lock {
    /// None where the browser has no locks: nobody can hold one then.
    release: Option<Function>,
    /// Whether another tab took it.
    taken: Rc<Cell<bool>>,
}

/// What became of asking for a lock.
enum Asked {
    Held(Lock),
    HeldByAnother,
    /// The browser has none, or not here.
    NoLocks,
}

impl Lock {
    /// Takes the lock of this name, or says that somebody else holds it.
    pub(super) async fn take(name: &str) -> Option<Self> {
        Self::wait(name, TRIES).await
    }

    /// Waits until the tab that was asked to hand it over has done so; from one that does not answer
    /// it is taken.
    pub(super) async fn take_over(name: &str) -> Self {
        if let Some(lock) = Self::wait(name, TRIES_TO_TAKE_OVER).await {
            return lock;
        }
        match request(name, "steal").await {
            Asked::Held(lock) => lock,
            Asked::HeldByAnother | Asked::NoLocks => Self::of_nothing(),
        }
    }

    async fn wait(name: &str, tries: u32) -> Option<Self> {
        for attempt in 0..tries {
            if attempt > 0 {
                TimeoutFuture::new(BETWEEN_MILLIS).await;
            }
            match request(name, "ifAvailable").await {
                Asked::Held(lock) => return Some(lock),
                Asked::HeldByAnother => {}
                Asked::NoLocks => return Some(Self::of_nothing()),
            }
        }
        None
    }

    fn of_nothing() -> Self {
        Self {
            release: None,
            taken: Rc::default(),
        }
    }

    /// Whether another tab took it.
    pub(super) fn is_taken(&self) -> bool {
        self.taken.get()
    }
}

/// The names of all locks that are held, by this tab or another of the same visitor's.
pub(super) async fn held() -> Vec<String> {
    let query = async {
        let locks = get(&global("navigator")?, "locks")?;
        get(&call_async(&locks, "query", &[]).await?, "held")
    };
    let held = query.await.map(|held| Array::from(&held));
    let held = held.unwrap_or_default();
    let names = held.iter().filter_map(|lock| {
        let name = get(&lock, "name").ok()?;
        name.as_string()
    });
    names.collect()
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            // It only settles a promise.
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

/// Asks for the lock: `how` is "ifAvailable" or "steal".
async fn request(name: &str, how: &str) -> Asked {
    let asked = async {
        let locks = get(&global("navigator").ok()?, "locks").ok()?;
        let options = object(&[(how, true.into())]).ok()?;
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
        let taken = Rc::new(Cell::new(false));
        // It is rejected when another tab takes the lock.
        let over = {
            let taken = Rc::clone(&taken);
            Closure::once_into_js(move |_: JsValue| taken.set(true))
        };
        let promise = call(&promise, "catch", &[over]).ok()?;
        let refused = JsFuture::from(Promise::resolve(&promise));
        let release = match select(told, refused).await {
            Either::Left((told, _)) => told.ok(),
            // Forbidden here, as in some embedded views; or over before it was told.
            Either::Right((_, mut told)) => told.try_recv().ok().flatten(),
        };
        Some(match release? {
            Some(release) => Asked::Held(Lock {
                release: Some(release),
                taken,
            }),
            None => Asked::HeldByAnother,
        })
    };
    asked.await.unwrap_or(Asked::NoLocks)
}
