//! One of the pictures to choose from.

use yew::prelude::*;

use super::pixel_canvas::PixelCanvas;
use crate::page::image::Image;
use crate::page::sight::show_picture;
use crate::page::view::pictures::PicturesAction;
use crate::page::view::slot::Shared;
use crate::page::view::state::State;

/// What the thumbnail needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Which picture of the seed, from 0.
    pub index: usize,
    /// The picture, once drawn.
    pub picture: Option<Shared<Image>>,
    /// Whether its successor is being drawn.
    pub stale: bool,
    /// Whether it is the one shown large.
    pub chosen: bool,
    /// What it is called, for tests.
    #[prop_or_else(|| "sample".into())]
    pub called: AttrValue,
    /// Where the choice goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// One of the pictures to choose from.
#[component]
pub fn Thumbnail(props: &Props) -> Html {
    let Props {
        index,
        picture,
        stale,
        chosen,
        called,
        dispatch,
    } = props.clone();
    let choose = Callback::from(move |_: MouseEvent| {
        dispatch.dispatch(PicturesAction::Choose(index).into());
        show_picture();
    });
    let class = classes!("thumbnail", stale.then_some("stale"));
    html! {
        <button
            {class} aria-pressed={chosen.to_string()} aria-label={format!("Sample {index}")} title={format!("Sample {index}")}
            disabled={picture.is_none()} onclick={choose}
        >
            if let Some(image) = picture {
                <PixelCanvas {image} testid={format!("{called}-{index}")} />
            }
        </button>
    }
}
