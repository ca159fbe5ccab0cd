//! Batches of pictures made beside the training, or a GPU would wait for the processor that draws
//! them.

use std::{
    num::NonZero,
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

/// Batches that each maker may have ready beyond the one it is making.
const READY: usize = 2;
/// More threads than that make nothing faster: a batch takes a few steps' time at the most.
const MOST_MAKERS: usize = 4;

/// Calls `work` with a function that gives batch `index`, as `make` makes it.
///
/// Batches from `first` on are made beforehand in threads of their own, in turns; one that is asked
/// for out of turn is made when it is asked for.
pub(crate) fn ahead<T>(
    first: u64,
    make: impl Fn(u64) -> Vec<f32> + Sync,
    work: impl FnOnce(&mut dyn FnMut(u64) -> Vec<f32>) -> T,
) -> T {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let makers = (cores / 4).clamp(1, MOST_MAKERS);
    thread::scope(|scope| {
        let maker = |offset: usize| -> Receiver<Vec<f32>> {
            let (ready, receiver) = sync_channel(READY);
            let make = &make;
            scope.spawn(move || {
                // Until nobody takes them any more.
                let turns = (first + offset as u64..).step_by(makers);
                turns.map(make).try_for_each(|batch| ready.send(batch)).ok()
            });
            receiver
        };
        let makers: Vec<_> = (0..makers).map(maker).collect();
        let mut turns = makers.iter().cycle();
        let mut next = first;
        work(&mut |index| {
            if index != next {
                return make(index);
            }
            next += 1;
            let made = turns.next().and_then(|maker| maker.recv().ok());
            made.unwrap_or_else(|| make(index))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_those_that_are_asked_for() {
        let make = |index: u64| vec![index as f32];
        let asked = [5, 6, 7, 3, 8, 9, 40, 10];
        let got = ahead(5, make, |batch| asked.map(batch));
        assert_eq!(got, asked.map(make));
    }

    #[test]
    fn what_is_not_asked_for_keeps_nobody() {
        assert_eq!(ahead(0, |_| vec![0.0; 1000], |_| 7), 7);
    }
}
