//! A drawn picture with what its pixels looked at, cheap to hand around.

use std::ops::Deref;
use std::rc::Rc;

use crate::page::attention::map::Map;
use crate::page::image::Image;
use crate::protocol::Sample;

/// A value that many hold and nobody changes. Two are equal when they are the same one, so
/// comparing costs nothing, however large the value is.
#[derive(Debug)]
pub struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(Rc::new(value))
    }
}

impl<T: Default> Default for Shared<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// A drawn picture with what its pixels looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// The seed it was drawn from.
    pub seed: u64,
    /// Whether its successor is being drawn.
    pub stale: bool,
    /// The picture.
    pub picture: Shared<Image>,
    /// Its attention layers, from the coarser to the finer.
    pub layers: Vec<Shared<Map>>,
}

impl Slot {
    /// From the engine's sample.
    pub fn new(seed: u64, sample: Sample) -> Self {
        Self {
            seed,
            stale: false,
            picture: Shared::new(Image {
                side: sample.size,
                rgba: sample.rgba,
            }),
            layers: sample
                .layers
                .into_iter()
                .map(|reading| Shared::new(Map::new(reading)))
                .collect(),
        }
    }
}
