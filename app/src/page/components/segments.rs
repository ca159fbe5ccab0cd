//! One choice of a few, as a row of radio buttons.

use yew::prelude::*;

/// One of the choices.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// What it is called.
    pub name: AttrValue,
    /// A name for tests.
    pub testid: AttrValue,
}

/// What the row needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// What is chosen, for screen readers.
    pub legend: AttrValue,
    /// The group's name, its own on the page.
    pub group: AttrValue,
    /// The choices.
    pub segments: Vec<Segment>,
    /// Which is chosen.
    pub chosen: Option<usize>,
    /// Told which was chosen.
    pub onchoose: Callback<usize>,
}

/// One choice of a few, as a row of radio buttons.
#[component]
pub fn Segments(props: &Props) -> Html {
    let segment = |(index, segment): (usize, &Segment)| {
        let onchange = props.onchoose.reform(move |_: Event| index);
        html! {
            <label class="segment">
                <input
                    type="radio" name={props.group.clone()} checked={props.chosen == Some(index)} {onchange}
                    data-testid={segment.testid.clone()}
                />
                <span>{ segment.name.clone() }</span>
            </label>
        }
    };
    html! {
        <fieldset class="segments">
            <legend>{ props.legend.clone() }</legend>
            { for props.segments.iter().enumerate().map(segment) }
        </fieldset>
    }
}
