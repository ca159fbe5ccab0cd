//! The pixel in question in every sample of the sheet.

use web_sys::Element;
use yew::prelude::*;

use super::heat_canvas::HeatCanvas;
use super::picture_marks::PictureMarks;
use super::pixel_canvas::PixelCanvas;
use crate::page::attention::lens::Lens;
use crate::page::attention::look::Look;
use crate::page::attention::looks::Looks;
use crate::page::hooks::use_looks::question_of;
use crate::page::view::looking::{Looking, LookingAction};
use crate::page::view::pictures::PicturesAction;
use crate::page::view::slot::{Shared, Slot};
use crate::page::view::state::State;
use crate::page::words;

/// What the strip needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The sheet's pictures, unchanged.
    pub slots: Vec<Option<Slot>>,
    /// Which of them is chosen.
    pub chosen: usize,
    /// How they are looked at.
    pub looking: Looking,
    /// Where choices go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// Every sample with what the same pixel looks at in it, all on one scale; a click chooses a sample.
/// Folded away at first, and worked out only while it is not.
#[component]
pub fn EverySample(props: &Props) -> Html {
    let Props {
        slots,
        chosen,
        looking,
        dispatch,
    } = props.clone();
    let asked = use_mut_ref(Looks::default);
    let open = looking.across;
    let ontoggle = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: Event| {
            let details = event.target_dyn_into::<Element>();
            let open = details.is_some_and(|details| details.has_attribute("open"));
            dispatch.dispatch(LookingAction::Across(open).into());
        })
    };
    let layer = looking.overlay.unwrap_or(0);
    // What layers fetched is known of the chosen picture alone.
    let lacks = looking.lens == Lens::WouldLose;
    let mut asked = asked.borrow_mut();
    asked.begin();
    let mut look = |slot: &Slot| -> Option<Shared<Look>> {
        let map = slot.layers.get(layer).or(slot.layers.last())?;
        if lacks {
            return None;
        }
        let question = question_of(&looking, slot.picture.side, map.side())?;
        Some(asked.ask(map, question))
    };
    let pictures = slots.iter().enumerate().filter_map(|(index, slot)| {
        let slot = slot.as_ref().filter(|_| open)?;
        let look = look(slot);
        let onclick = {
            let dispatch = dispatch.clone();
            Callback::from(move |_: MouseEvent| {
                dispatch.dispatch(PicturesAction::Choose(index).into());
            })
        };
        let said = look.as_deref().map(words::brief).unwrap_or_default();
        let size = slot.picture.side;
        Some(html! {
            <button
                key={index} type="button" class="thumbnail across" aria-pressed={(index == chosen).to_string()} {onclick}
                aria-label={format!("Sample {index}: {said}")} title={format!("Sample {index}: {said}")} data-testid={format!("across-{index}")}
            >
                <PixelCanvas image={slot.picture.clone()} testid={format!("across-picture-{index}")} />
                if let Some(look) = look {
                    <HeatCanvas {look} display={looking.display} veil=true testid={format!("across-heat-{index}")} />
                }
                if let Some(pixel) = looking.pixel() {
                    <PictureMarks pixel={pixel.clamped(size)} region={looking.region} pin={looking.pins.active().filter(|_| looking.region.is_none())} {size} side={None::<u32>} />
                }
            </button>
        })
    });
    let pictures: Vec<Html> = pictures.collect();
    html! {
        <details class="change" {open} {ontoggle} data-testid="across">
            <summary data-testid="across-summary">{ "This pixel in every sample" }</summary>
            if open {
                <div class="across-grid">{ for pictures }</div>
                if lacks {
                    <p class="quiet">{ "What would be lost is worked out for the chosen sample alone; choose another reading to see maps here." }</p>
                }
                <p class="quiet">{ "The same pixel in each sample of the seed, unchanged, on the scale chosen for the maps. What stays the same is of the place; what moves is of the picture." }</p>
            }
        </details>
    }
}
