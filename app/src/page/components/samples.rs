//! The pictures to choose from, and where new ones come from.

use yew::prelude::*;

use super::compare_menu::CompareMenu;
use super::model_menu::ModelMenu;
use super::seed_form::SeedForm;
use super::thumbnail::Thumbnail;
use crate::page::view::origin::{Origin, OwnFile};
use crate::page::view::slot::Slot;
use crate::page::view::state::State;

/// What the samples need.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// One place a picture.
    pub slots: Vec<Option<Slot>>,
    /// Which is shown large.
    pub chosen: usize,
    /// Whether pictures are drawn: older ones are on their way out.
    pub drawing: bool,
    /// The seed whose pictures are wanted.
    pub seed: u64,
    /// Whether the engine takes requests.
    pub enabled: bool,
    /// The weights that are open.
    pub checkpoint: Origin,
    /// The visitor's files that were opened, the latest first.
    pub own: Vec<OwnFile>,
    /// The second model's weights, if there is one.
    pub second: Option<Origin>,
    /// Where choices go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// The pictures to choose from, and where new ones come from.
#[component]
pub fn Samples(props: &Props) -> Html {
    let Props {
        slots,
        chosen,
        drawing,
        seed,
        enabled,
        checkpoint,
        own,
        second,
        dispatch,
    } = props.clone();
    let thumbnail = |(index, slot): (usize, &Option<Slot>)| {
        html! {
            <Thumbnail
                key={index} {index} picture={slot.as_ref().map(|slot| slot.picture.clone())}
                stale={drawing && slot.as_ref().is_some_and(|slot| slot.stale)}
                chosen={index == chosen && slot.is_some()} dispatch={dispatch.clone()}
            />
        }
    };
    html! {
        <section class="samples" aria-label="Samples">
            <ModelMenu checkpoint={checkpoint.clone()} {own} dispatch={dispatch.clone()} />
            <CompareMenu {checkpoint} {second} dispatch={dispatch.clone()} />
            <div class="grid" role="group" aria-label="Choose a picture">
                { for slots.iter().enumerate().map(thumbnail) }
            </div>
            <SeedForm {seed} {enabled} dispatch={dispatch.clone()} />
        </section>
    }
}
