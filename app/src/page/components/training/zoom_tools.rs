//! Looking closer at the plots: the buttons, and what is shown.

use yew::prelude::*;

use crate::page::training::zoom::{Stretch, name};

/// What the buttons need.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The stretch of steps that is shown, or all.
    pub shown: Option<Stretch>,
    /// The step that keeps its place.
    pub around: u64,
    /// The last step there is.
    pub last: u64,
    /// Told what should be shown.
    pub onshow: Callback<Option<Stretch>>,
}

/// Closer, farther, the whole run; and which steps the plots show.
#[component]
pub fn ZoomTools(props: &Props) -> Html {
    let Props {
        shown,
        around,
        last,
        onshow,
    } = props.clone();
    let closer = Stretch::closer(shown, around, last);
    let wider = Stretch::wider(shown, around, last);
    let show = |stretch: Option<Stretch>| onshow.reform(move |_: MouseEvent| stretch);
    html! {
        <div class="curve-tools" role="group" aria-label="Steps that the plots show">
            <button type="button" class="small" aria-label="Look closer" disabled={closer == shown} onclick={show(closer)} data-testid="closer">{ "+" }</button>
            <button type="button" class="small" aria-label="Look from farther away" disabled={shown.is_none()} onclick={show(wider)} data-testid="wider">{ "−" }</button>
            <button type="button" class="small" disabled={shown.is_none()} onclick={show(None)} data-testid="whole-run">{ "Whole run" }</button>
            <output data-testid="shown-steps">{ name(shown) }</output>
            <span class="quiet">{ "Drag over a plot to look closer." }</span>
        </div>
    }
}
