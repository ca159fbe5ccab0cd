//! What comes of the changes.

use yew::prelude::*;

use super::pixel_canvas::PixelCanvas;
use crate::page::attention::region::Region;
use crate::page::difference::Difference;
use crate::page::hooks::use_rest::use_rest;
use crate::page::image::Image;
use crate::page::view::slot::Shared;

/// What the result needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// The picture without changes.
    pub before: Shared<Image>,
    /// The picture with them.
    pub after: Shared<Image>,
    /// Where the change was made, if it was made at one place: what changed there and elsewhere is
    /// then told apart.
    #[prop_or_default]
    pub place: Option<Region>,
}

/// The picture as it was, how far it is from what it became, and how much that is in numbers.
#[component]
pub fn ChangeResult(props: &Props) -> Html {
    let both = (props.before.clone(), props.after.clone());
    let difference = use_memo(both, |(before, after)| {
        let difference = Difference::between(before, after)?;
        let image = Shared::new(difference.image.clone());
        Some((difference, image))
    });
    let numbers = difference.as_ref().as_ref().map(|(difference, _)| {
        format!(
            "Mean change {:.2} of 255, most {}",
            difference.mean, difference.most
        )
    });
    let apart = props.place.and_then(|place| {
        let (near, far) = Difference::near_and_far(&props.before, &props.after, place)?;
        Some((
            near,
            far,
            format!("Mean change {near:.2} there, {far:.2} elsewhere"),
        ))
    });
    let said = use_rest(numbers.clone().unwrap_or_default());
    let Some((difference, image)) = &*difference else {
        return Html::default();
    };
    let brighter = match difference.gain {
        1 => "Difference".to_owned(),
        gain => format!("Difference, {gain}× brighter"),
    };
    html! {
        <div class="change-result">
            <figure>
                <span class="change-picture"><PixelCanvas image={props.before.clone()} testid="before" /></span>
                <figcaption>{ "Before" }</figcaption>
            </figure>
            <figure>
                <span class="change-picture"><PixelCanvas image={image.clone()} testid="difference" /></span>
                <figcaption>{ brighter }</figcaption>
            </figure>
            <p data-testid="difference-mean" data-value={difference.mean.to_string()}>{ numbers }</p>
            if let Some((near, far, text)) = apart {
                <p data-testid="near-and-far" data-near={near.to_string()} data-far={far.to_string()}>{ text }</p>
            }
            <p class="unseen" role="status">{ said }</p>
        </div>
    }
}
