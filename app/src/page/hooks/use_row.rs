//! Rows of attention for the components that show them.

use yew::prelude::*;

use crate::page::attention_row::row;
use crate::page::pixel::Point;
use crate::page::slot::Shared;
use crate::protocol::Reading;

/// The row of the cell that holds this pixel of a `size`² picture.
#[hook]
pub fn use_row(
    reading: &Shared<Reading>,
    pixel: Option<Point>,
    size: u32,
) -> Option<Shared<Vec<f32>>> {
    let cell = pixel.map(|pixel| pixel.cell(size, reading.side));
    let row = use_memo((reading.clone(), cell), |(reading, cell)| {
        cell.map(|cell| Shared::new(row(reading, cell.index(reading.side))))
    });
    (*row).clone()
}
