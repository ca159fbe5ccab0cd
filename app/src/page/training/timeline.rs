//! Where one is in a run's time: at one of its snapshots, or at the running model.
//!
//! The slider's places are the snapshots in their order, and one more at the right end: now.

/// The snapshot nearest to a step, if there are any.
pub fn nearest(snapshots: &[u64], step: u64) -> Option<u64> {
    snapshots
        .iter()
        .copied()
        .min_by_key(|one| one.abs_diff(step))
}

/// The slider's place: that of the snapshot nearest to the step that is looked back at, or the right
/// end.
pub fn place(snapshots: &[u64], back: Option<u64>) -> usize {
    let step = back.and_then(|step| nearest(snapshots, step));
    let place = step.and_then(|step| snapshots.iter().position(|&one| one == step));
    place.unwrap_or(snapshots.len())
}

/// The step that is looked back at in this place; none at the right end.
pub fn back_at(snapshots: &[u64], place: usize) -> Option<u64> {
    snapshots.get(place).copied()
}

/// Where playing goes next: to the following snapshot, from now to the first, and from the last to
/// now.
pub fn next(snapshots: &[u64], back: Option<u64>) -> Option<u64> {
    match back {
        None => back_at(snapshots, 0),
        Some(_) => back_at(snapshots, place(snapshots, back) + 1),
    }
}

/// What the place is called.
pub fn name(back: Option<u64>, now: u64) -> String {
    match back {
        Some(step) => format!("Step {step} of {now}"),
        None => format!("Now: step {now}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKEN: [u64; 4] = [0, 3, 10, 40];

    #[test]
    fn places_are_snapshots_and_the_right_end_is_now() {
        for (at, &step) in TAKEN.iter().enumerate() {
            assert_eq!(place(&TAKEN, Some(step)), at);
            assert_eq!(back_at(&TAKEN, at), Some(step));
        }
        assert_eq!((place(&TAKEN, None), back_at(&TAKEN, 4)), (4, None));
        // One that was let go of meanwhile.
        assert_eq!(place(&TAKEN, Some(9)), 2);
        assert_eq!(place(&[], Some(9)), 0);
    }

    #[test]
    fn playing_goes_through_all_and_ends_at_now() {
        let mut back = None;
        let mut seen = Vec::new();
        while let Some(step) = next(&TAKEN, back) {
            seen.push(step);
            back = Some(step);
        }
        assert_eq!(seen, TAKEN);
        assert_eq!(next(&[], None), None);
    }

    #[test]
    fn a_step_finds_its_nearest_snapshot() {
        let found = [0, 6, 7, 30, 999].map(|step| nearest(&TAKEN, step));
        assert_eq!(found, [0, 3, 10, 40, 40].map(Some));
        assert_eq!(nearest(&[], 5), None);
    }
}
