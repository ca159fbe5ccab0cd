//! Goes to and fro between two ends.

use gloo_timers::callback::Interval;
use yew::prelude::*;

/// How often a new place is told. Pictures that are drawn more slowly leave places out.
const TICK_MILLIS: u32 = 50;

/// How long the way takes from end to end.
const WAY_MILLIS: f32 = 4000.0;

/// While it plays: tells the next part of the way, from 0 to 1 and back, beginning where it is; and
/// when it ends, be it that whatever plays is taken away.
#[hook]
pub fn use_play(plays: bool, part: f32, told: Callback<f32>, ended: Callback<()>) {
    use_effect_with(plays, move |&plays| {
        let ticks = plays.then(|| {
            let (mut part, mut step) = (part, TICK_MILLIS as f32 / WAY_MILLIS);
            Interval::new(TICK_MILLIS, move || {
                (part, step) = advanced(part, step);
                told.emit(part);
            })
        });
        move || {
            if ticks.is_some() {
                drop(ticks);
                ended.emit(());
            }
        }
    });
}

/// The next place, and the step after it: it turns at the ends.
fn advanced(part: f32, step: f32) -> (f32, f32) {
    let next = part + step;
    if (0.0..=1.0).contains(&next) {
        (next, step)
    } else {
        (next.clamp(0.0, 1.0), -step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_goes_from_end_to_end_and_turns() {
        let (mut part, mut step) = (0.5, 0.3);
        let mut seen = Vec::new();
        for _ in 0..6 {
            (part, step) = advanced(part, step);
            seen.push((part * 10.0).round() as i32);
        }
        assert_eq!(seen, [8, 10, 7, 4, 1, 0]);
        assert!(step > 0.0);
    }
}
