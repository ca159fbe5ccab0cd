//! Plots that are looked at together: one cursor, and one stretch of steps that all of them show.

use yew::prelude::*;

use crate::page::training::zoom::{Stretch, ends};

/// What plots share, and what they tell.
pub struct SharedStretch {
    /// The step that is pointed at.
    pub cursor: UseStateHandle<Option<u64>>,
    /// What is shown; none for the whole run.
    pub shown: Option<Stretch>,
    /// The steps that are being dragged over.
    pub drag: Option<[u64; 2]>,
    /// The first and the last step that is shown.
    pub ends: [u64; 2],
    /// A step is pointed at.
    pub onpoint: Callback<Option<u64>>,
    /// Another stretch, or the whole run, is to be shown.
    pub onshow: Callback<Option<Stretch>>,
    /// Steps are being dragged over.
    pub ondrag: Callback<Option<[u64; 2]>>,
    /// Steps were dragged over.
    pub onzoom: Callback<[u64; 2]>,
}

/// One cursor and one stretch for plots that end at the step `last`.
#[hook]
pub fn use_stretch(last: u64) -> SharedStretch {
    let cursor = use_state_eq(|| None::<u64>);
    let shown = use_state_eq(|| None::<Stretch>);
    let drag = use_state_eq(|| None::<[u64; 2]>);
    let (point, show, over) = (cursor.setter(), shown.setter(), drag.setter());
    let onshow = Callback::from(move |stretch: Option<Stretch>| show.set(stretch));
    SharedStretch {
        cursor,
        shown: *shown,
        drag: *drag,
        ends: ends(*shown, last),
        onpoint: Callback::from(move |step| point.set(step)),
        ondrag: Callback::from(move |steps| over.set(steps)),
        onzoom: onshow.reform(move |[from, to]: [u64; 2]| Stretch::between(from, to, last)),
        onshow,
    }
}
