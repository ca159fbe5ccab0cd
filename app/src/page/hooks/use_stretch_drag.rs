//! A finger or a mouse on a plot: it points at a step, clicks one, or drags over a stretch of steps.

use yew::prelude::*;

/// How far, in CSS pixels, a pointer must go sideways before it drags: a click is never quite still.
const DRAGS: u32 = 6;

/// What a plot does when it is touched.
pub struct StretchDrag {
    /// A pointer goes down.
    pub onpointerdown: Callback<PointerEvent>,
    /// A pointer moves.
    pub onpointermove: Callback<PointerEvent>,
    /// A pointer goes up.
    pub onpointerup: Callback<PointerEvent>,
    /// The browser takes the pointer, to scroll.
    pub onpointercancel: Callback<PointerEvent>,
    /// A pointer leaves.
    pub onpointerleave: Callback<PointerEvent>,
    /// A click, which ends a drag too.
    pub onclick: Callback<MouseEvent>,
}

/// Where a pointer went down, and whether it has dragged since.
#[derive(Default)]
struct Down {
    at: Option<(i32, u64)>,
    drags: bool,
}

/// Tells which step is pointed at, which is clicked, which are dragged over, and which were.
/// `plot` is the element that is touched, and `step_at` finds the step at an event's `client_x`.
#[hook]
pub fn use_stretch_drag(
    plot: &NodeRef,
    step_at: impl Fn(i32) -> Option<u64> + Clone + 'static,
    onpoint: &Callback<Option<u64>>,
    onpick: &Callback<u64>,
    ondrag: &Callback<Option<[u64; 2]>>,
    onzoom: &Callback<[u64; 2]>,
) -> StretchDrag {
    let down = use_mut_ref(Down::default);
    let onpointerdown = {
        let (down, step_at, plot) = (down.clone(), step_at.clone(), plot.clone());
        Callback::from(move |event: PointerEvent| {
            let x = event.client_x();
            let begins = event.is_primary() && event.button() == 0;
            let at = step_at(x).filter(|_| begins).map(|step| (x, step));
            down.replace(Down { at, drags: false });
            // The drag goes on outside of the plot, up to its ends.
            if let Some(plot) = plot.cast::<web_sys::Element>() {
                let _ = plot.set_pointer_capture(event.pointer_id());
            }
        })
    };
    let onpointermove = {
        let (down, step_at) = (down.clone(), step_at.clone());
        let (onpoint, ondrag) = (onpoint.clone(), ondrag.clone());
        Callback::from(move |event: PointerEvent| {
            let x = event.client_x();
            let step = step_at(x);
            onpoint.emit(step);
            let mut down = down.borrow_mut();
            if let (Some((from_x, from)), Some(step)) = (down.at, step) {
                down.drags |= x.abs_diff(from_x) >= DRAGS;
                if down.drags {
                    ondrag.emit(Some([from, step]));
                }
            }
        })
    };
    let onpointerup = {
        let (down, step_at) = (down.clone(), step_at.clone());
        let (ondrag, onzoom) = (ondrag.clone(), onzoom.clone());
        Callback::from(move |event: PointerEvent| {
            let mut down = down.borrow_mut();
            let from = down.at.take();
            if let (true, Some((_, from)), Some(to)) = (down.drags, from, step_at(event.client_x()))
            {
                ondrag.emit(None);
                onzoom.emit([from, to]);
            }
        })
    };
    let onpointercancel = {
        let (down, ondrag) = (down.clone(), ondrag.clone());
        Callback::from(move |_: PointerEvent| {
            down.take();
            ondrag.emit(None);
        })
    };
    let onclick = {
        let onpick = onpick.clone();
        Callback::from(move |event: MouseEvent| {
            let dragged = std::mem::take(&mut down.borrow_mut().drags);
            if let Some(step) = step_at(event.client_x()).filter(|_| !dragged) {
                onpick.emit(step);
            }
        })
    };
    StretchDrag {
        onpointerdown,
        onpointermove,
        onpointerup,
        onpointercancel,
        onpointerleave: onpoint.reform(|_: PointerEvent| None),
        onclick,
    }
}
