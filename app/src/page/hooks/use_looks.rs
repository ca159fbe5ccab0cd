//! What each layer's map says of the pixels that are looked from.

use yew::prelude::*;

use super::use_contents::Contents;
use crate::page::attention::lens::Lens;
use crate::page::attention::look::{Look, Question};
use crate::page::attention::looks::Looks;
use crate::page::attention::pixel::Point;
use crate::page::attention::region::Region;
use crate::page::view::looking::Looking;
use crate::page::view::slot::{Shared, Slot};

/// One answer a layer, from the coarsest.
pub type Layers = Vec<Shared<Look>>;

/// What the maps of a picture say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Of the pixel or the region in question.
    pub active: Option<Layers>,
    /// Of each pin, by its number.
    pub pins: Vec<(usize, Point, Layers)>,
    /// Why they say nothing, where the lens needs what is not there.
    pub lacks: Option<String>,
}

/// Asks the maps of the chosen picture. What was asked before is not worked out again.
#[hook]
pub fn use_looks(slot: Option<&Slot>, looking: &Looking, contents: &Contents) -> Said {
    let looks = use_mut_ref(Looks::default);
    let mut looks = looks.borrow_mut();
    looks.begin();
    let Some(slot) = slot else {
        return Said::default();
    };
    let layers = match (looking.lens, contents) {
        (Lens::WouldLose, Contents::There(layers)) => layers,
        (Lens::WouldLose, lacking) => {
            return Said {
                lacks: Some(lacking.words()),
                ..Said::default()
            };
        }
        _ => &slot.layers,
    };
    let size = slot.picture.side;
    let region = looking.region.map(|region| region.clamped(size));
    let mut ask = |pixel: Point, region: Option<Region>| -> Layers {
        let question = |side| Question {
            cell: pixel.cell(size, side),
            region: region.map(|region| region.cells(size, side)),
            direction: looking.direction,
            lens: looking.lens,
        };
        layers
            .iter()
            .map(|map| looks.ask(map, question(map.side())))
            .collect()
    };
    Said {
        active: looking
            .pixel()
            .map(|pixel| ask(pixel.clamped(size), region)),
        pins: looking
            .pins
            .iter()
            .map(|(number, pixel)| (number, pixel, ask(pixel, None)))
            .collect(),
        lacks: None,
    }
}

/// What is asked of a map of `side`² of a `size`² picture; nothing while no pixel is in question.
pub fn question_of(looking: &Looking, size: u32, side: u32) -> Option<Question> {
    let region = looking.region.map(|region| region.clamped(size));
    Some(Question {
        cell: looking.pixel()?.clamped(size).cell(size, side),
        region: region.map(|region| region.cells(size, side)),
        direction: looking.direction,
        lens: looking.lens,
    })
}
