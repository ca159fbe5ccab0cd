//! Work shared between the cores; one after another in the browser, which gives us one thread.

#[cfg(not(target_family = "wasm"))]
use rayon::prelude::*;

/// Calls `work(index, item)` for every item.
pub(crate) fn for_each<T: Send>(items: Vec<T>, work: impl Fn(usize, T) + Send + Sync) {
    #[cfg(not(target_family = "wasm"))]
    items
        .into_par_iter()
        .enumerate()
        .for_each(|(index, item)| work(index, item));
    #[cfg(target_family = "wasm")]
    for (index, item) in items.into_iter().enumerate() {
        work(index, item);
    }
}

/// Calls `work(index, chunk)` for every run of `length` elements; the last may be shorter.
pub(crate) fn for_each_chunk(
    data: &mut [f32],
    length: usize,
    work: impl Fn(usize, &mut [f32]) + Send + Sync,
) {
    for_each(data.chunks_mut(length).collect(), work);
}

/// `work(0), work(1), …, work(count − 1)`.
pub(crate) fn map<T: Send>(count: usize, work: impl Fn(usize) -> T + Send + Sync) -> Vec<T> {
    #[cfg(not(target_family = "wasm"))]
    return (0..count).into_par_iter().map(work).collect();
    #[cfg(target_family = "wasm")]
    return (0..count).map(work).collect();
}

/// How many pieces a job should be cut into, at least.
pub(crate) fn threads() -> usize {
    #[cfg(not(target_family = "wasm"))]
    return rayon::current_num_threads();
    #[cfg(target_family = "wasm")]
    return 1;
}
