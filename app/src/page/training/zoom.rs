//! The stretch of a run's steps that all plots show.
//!
//! Nothing is kept of the whole run: it is shown where there is no stretch, so that it grows with
//! the run.

/// The fewest steps that are shown.
const SHORTEST: u64 = 4;

/// Steps from one to another, both shown; at least [`SHORTEST`] lie between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    from: u64,
    to: u64,
}

impl Stretch {
    /// From one step to another, whichever comes first, of a run whose readings end at step `last`;
    /// none where that is the whole run.
    pub fn between(a: u64, b: u64, last: u64) -> Option<Self> {
        let (from, to) = (a.min(b), a.max(b).min(last));
        let length = to.saturating_sub(from).max(SHORTEST);
        // Near the end it begins earlier instead.
        let from = from.min(last.saturating_sub(length));
        Self {
            from,
            to: from + length,
        }
        .part_of(last)
    }

    /// Half of what is shown, around a step that keeps its place.
    pub fn closer(shown: Option<Self>, around: u64, last: u64) -> Option<Self> {
        Self::scaled(shown, around, last, 0.5)
    }

    /// Twice of what is shown, around a step that keeps its place, as far as the run goes.
    pub fn wider(shown: Option<Self>, around: u64, last: u64) -> Option<Self> {
        Self::scaled(shown, around, last, 2.0)
    }

    fn scaled(shown: Option<Self>, around: u64, last: u64, by: f64) -> Option<Self> {
        let [from, to] = ends(shown, last);
        let around = around.clamp(from, to);
        let length = ((to - from) as f64 * by).round().max(SHORTEST as f64);
        let part = (around - from) as f64 / (to - from).max(1) as f64;
        let from = (around as f64 - part * length).round().max(0.0) as u64;
        let length = length as u64;
        let from = from.min(last.saturating_sub(length));
        Self {
            from,
            to: from + length,
        }
        .part_of(last)
    }

    /// Moved so far that it holds a step.
    pub fn holding(self, step: u64) -> Self {
        let length = self.to - self.from;
        let from = self.from.clamp(step.saturating_sub(length), step);
        Self {
            from,
            to: from + length,
        }
    }

    fn part_of(self, last: u64) -> Option<Self> {
        (self.from > 0 || self.to < last).then_some(self)
    }
}

/// The first and the last step that are shown, of a run whose readings end at step `last`.
pub fn ends(shown: Option<Stretch>, last: u64) -> [u64; 2] {
    shown.map_or([0, last.max(1)], |Stretch { from, to }| [from, to])
}

/// What is shown, in words that stay the same while the run goes on.
pub fn name(shown: Option<Stretch>) -> String {
    match shown {
        None => "The whole run".to_owned(),
        Some(Stretch { from, to }) => format!("Steps {from} to {to}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_stretch_is_what_was_dragged_over_in_either_direction() {
        let wanted = Some(Stretch { from: 20, to: 80 });
        assert_eq!(Stretch::between(20, 80, 400), wanted);
        assert_eq!(Stretch::between(80, 20, 400), wanted);
        assert_eq!(Stretch::between(0, 400, 400), None);
        // A drag of no length, at the right end.
        assert_eq!(
            Stretch::between(400, 400, 400),
            Some(Stretch { from: 396, to: 400 })
        );
        // A run that is as short as the shortest stretch.
        assert_eq!(Stretch::between(1, 2, 3), None);
        assert_eq!(name(wanted), "Steps 20 to 80");
        assert_eq!(name(None), "The whole run");
    }

    #[test]
    fn closer_and_wider_keep_the_step_where_it_is() {
        let near = Stretch::closer(None, 100, 400);
        assert_eq!(near, Some(Stretch { from: 50, to: 250 }));
        let nearer = Stretch::closer(near, 100, 400);
        assert_eq!(nearer, Some(Stretch { from: 75, to: 175 }));
        assert_eq!(Stretch::wider(nearer, 100, 400), near);
        assert_eq!(Stretch::wider(near, 100, 400), None);
        let mut shown = None;
        for _ in 0..30 {
            shown = Stretch::closer(shown, 7, 400);
        }
        let [from, to] = ends(shown, 400);
        assert_eq!(to - from, SHORTEST);
        assert!((from..=to).contains(&7));
    }

    #[test]
    fn it_follows_the_cursor() {
        let shown = Stretch { from: 50, to: 60 };
        assert_eq!(shown.holding(55), shown);
        assert_eq!(shown.holding(61), Stretch { from: 51, to: 61 });
        assert_eq!(shown.holding(3), Stretch { from: 3, to: 13 });
    }

    proptest! {
        #[test]
        fn what_is_shown_is_never_empty_and_never_outside(
            last in 0u64..5000, a in 0u64..6000, b in 0u64..6000, around in 0u64..6000, ways in prop::collection::vec(any::<bool>(), 0..20),
        ) {
            let mut shown = Stretch::between(a, b, last);
            for closer in ways {
                let [from, to] = ends(shown, last);
                prop_assert!(from < to && to <= last.max(SHORTEST), "{from} {to} {last}");
                shown = if closer {
                    Stretch::closer(shown, around, last)
                } else {
                    Stretch::wider(shown, around, last)
                };
            }
        }
    }
}
