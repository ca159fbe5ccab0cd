//! How symmetric the pictures are, with attention and without.

use pollster::block_on;
use saganscope_model::{
    edits::{LayerEdit, MapEdit},
    host::read,
    inference::Artist,
    latents::Inputs,
    measures::{MeasureError, symmetry_error},
};
use serde::Serialize;

use crate::files::Error;

/// Mean difference between a picture and its mirror image, colours from −1 to 1: of pictures drawn
/// from the same latents and noise, with the same change in all attention layers.
#[derive(Serialize)]
pub(super) struct Symmetry {
    pub(super) as_drawn: f64,
    /// γ = 0.
    pub(super) attention_off: f64,
    /// Every row is the mean row.
    pub(super) mean_row: f64,
    /// Every pixel has the row of another one.
    pub(super) shuffled: f64,
}

impl Symmetry {
    /// Of the pictures of `inputs`, which are `images` as the network draws them.
    pub(super) fn measure(
        artist: &Artist,
        inputs: &Inputs,
        images: &[f32],
        axis: f32,
        at_once: usize,
    ) -> Result<Self, Error> {
        let size = artist.config.size;
        let edited = |edit: LayerEdit| -> Result<f64, Error> {
            let edits = artist.edits(vec![edit; artist.gammas().len()])?;
            let mut images = Vec::new();
            for lot in inputs.lots(&artist.config, at_once) {
                images.extend(block_on(read(artist.draw_edited(lot, &edits).image))?);
            }
            Ok(mean_error(&images, size, axis)?)
        };
        let map = |map: MapEdit| LayerEdit {
            map,
            ..LayerEdit::default()
        };
        Ok(Self {
            as_drawn: mean_error(images, size, axis)?,
            attention_off: edited(LayerEdit {
                gamma: 0.0,
                ..LayerEdit::default()
            })?,
            mean_row: edited(map(MapEdit::MeanRow))?,
            shuffled: edited(map(MapEdit::Shuffled { seed: 1 }))?,
        })
    }
}

fn mean_error(images: &[f32], size: usize, axis: f32) -> Result<f64, MeasureError> {
    let pictures = images.chunks_exact(3 * size * size);
    let count = pictures.len() as f64;
    let errors = pictures.map(|picture| symmetry_error(picture, size, axis));
    Ok(errors.sum::<Result<f64, _>>()? / count)
}
