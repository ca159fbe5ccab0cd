//! What a piece of work asks of a GPU: its launches, their times, and the memory that it holds.
//!
//! For benchmarks. Burn's own kernels are counted like ours. Whatever runs on other threads
//! meanwhile is left out. Two watches of one process take turns; one inside of another never ends.

use std::{
    cell::Cell,
    mem::take,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    thread::{self, ThreadId},
    time::Duration,
};

use burn::tensor::Device;
use burn_cubecl::cubecl::{
    MemoryScope,
    client::Client,
    config::{TypeNameFormatLevel, type_name_format},
    future::block_on,
    logging::{LaunchObservation, LaunchObserver, ProfileDuration, TimingMethod, TimingRequest},
};

use super::{client, kernel::COMPILED};

/// What one piece of work needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Kernels launched.
    pub dispatches: u64,
    /// The most bytes that tensors and the work's own buffers held at once.
    pub in_use: u64,
    /// The most bytes that the device had been asked for: those in use and what Burn's pools keep.
    pub reserved: u64,
}

/// One of this crate's operations, as [`timed`] saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `up`, `down`, `weight_grad`, `attention`, `attention_backward` and others.
    pub name: &'static str,
    /// Additions and multiplications of the formula, whatever the kernel does beside them.
    pub flops: u64,
    /// Tells apart the calls that a [`timed`] saw.
    pub call: u32,
}

/// One launch of a kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct Launch {
    /// The kernel's name.
    pub kernel: String,
    /// The operation of this crate that launched it, if one did.
    pub operation: Option<Operation>,
    /// How long the device took; none where it could not say.
    pub time: Option<Duration>,
}

/// Runs `work`, which uses the GPU `device`, and says what it needed; none for a CPU.
///
/// Each launch waits for those before it to be queued, so times taken meanwhile mean little. Bytes
/// are sampled at launches, which is when all of a kernel's buffers are there.
pub fn usage(device: &Device, work: impl FnOnce()) -> Option<Usage> {
    let watcher = Arc::new(Watcher::new(Some(client(device)?)));
    watch(&watcher, work);
    watcher.sample();
    Some(lock(&watcher.seen).usage)
}

/// Runs `work` and gives all of its launches in order, each timed by the device.
///
/// The work as a whole takes longer than unwatched.
pub fn timed(work: impl FnOnce()) -> Vec<Launch> {
    let watcher = Arc::new(Watcher::new(None));
    watch(&watcher, work);
    let seen = take(&mut *lock(&watcher.seen));
    let launches = seen.launches.into_iter().zip(seen.times);
    launches
        .map(|((kernel, operation), time)| Launch {
            kernel: type_name_format(kernel, TypeNameFormatLevel::Short),
            operation,
            time: match time {
                // A time that the host took includes the queue, and says nothing of a kernel.
                Some(time) if time.timing_method() == TimingMethod::Device => {
                    block_on(time.resolve()).map(|ticks| ticks.duration())
                }
                _ => None,
            },
        })
        .collect()
}

/// How many of this crate's kernels the process has compiled so far, on all of its GPUs. Compiling is
/// what a first picture or step waits for.
pub fn compiled() -> u64 {
    COMPILED.load(Ordering::Relaxed)
}

fn watch(watcher: &Arc<Watcher>, work: impl FnOnce()) {
    let _alone = lock(&WATCH);
    let _observation = LaunchObservation::new(watcher.clone());
    work();
}

/// Held by the watch under way: Burn tells one observer of launches at a time.
static WATCH: Mutex<()> = Mutex::new(());

thread_local! {
    /// The operation under way on this thread.
    static OPERATION: Cell<Option<Operation>> = const { Cell::new(None) };
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

/// Launches inside of `run` belong to the operation `name`.
pub(super) fn operation<R>(name: &'static str, flops: usize, run: impl FnOnce() -> R) -> R {
    let call = CALLS.get() + 1;
    CALLS.set(call);
    let flops = flops as u64;
    OPERATION.set(Some(Operation { name, flops, call }));
    let result = run();
    OPERATION.set(None);
    result
}

struct Watcher {
    thread: ThreadId,
    /// Whose memory is sampled; without one, launches are timed.
    client: Option<Client>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    usage: Usage,
    launches: Vec<(&'static str, Option<Operation>)>,
    /// One for each launch.
    times: Vec<Option<ProfileDuration>>,
}

impl Watcher {
    fn new(client: Option<Client>) -> Self {
        Self {
            thread: thread::current().id(),
            client,
            seen: Mutex::default(),
        }
    }

    fn sample(&self) {
        if let Some(client) = &self.client {
            let now = client.memory_report(MemoryScope::Device).usage();
            let usage = &mut lock(&self.seen).usage;
            usage.in_use = usage.in_use.max(now.bytes_in_use);
            usage.reserved = usage.reserved.max(now.bytes_reserved);
        }
    }
}

impl LaunchObserver for Watcher {
    fn launched(&self, kernel: &'static str) {
        if thread::current().id() != self.thread {
            return;
        }
        self.sample();
        let mut seen = lock(&self.seen);
        seen.usage.dispatches += 1;
        if self.client.is_none() {
            seen.launches.push((kernel, OPERATION.get()));
            seen.times.push(None);
        }
    }

    fn timing(&self) -> TimingRequest {
        match self.client {
            None => TimingRequest::Deferred,
            Some(_) => TimingRequest::None,
        }
    }

    /// Called right after the launch that it is of.
    fn profiled(&self, _: &'static str, time: ProfileDuration) {
        if thread::current().id() == self.thread
            && let Some(last) = lock(&self.seen).times.last_mut()
        {
            *last = Some(time);
        }
    }
}

/// A watcher's panic is nobody else's business.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
