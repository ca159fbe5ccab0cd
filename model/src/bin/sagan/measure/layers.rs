//! The maps of one layer, over all pictures.

use pollster::block_on;
use saganscope_model::{
    host::read,
    inference::LayerReading,
    measures::{
        Map, MapFigures, MeasureError, PartnerFigures, PartnerTally, figure_cells, mirrored,
        own_part,
    },
};
use serde::Serialize;

use super::figure;
use crate::files::Error;

/// Pictures that go through a network at once.
pub(super) const AT_ONCE: usize = 16;

/// What is gathered of one layer, picture by picture.
#[derive(Default)]
pub(super) struct LayerTally {
    pub(super) gamma: f32,
    side: usize,
    maps: Vec<MapFigures>,
    /// ‖γ·o‖ / ‖x‖ and ‖γ(o − v̄)‖ / ‖x‖, where they are known.
    shares: Vec<[f64; 2]>,
    partner: Option<PartnerTally>,
    first_maps: Vec<Map>,
}

/// What is known of a picture, on the layer's map: which cells show the figure, and where each has
/// its partners.
pub(super) struct Known {
    pub(super) figure: Vec<bool>,
    pub(super) partners: Vec<Vec<[f32; 2]>>,
}

/// A layer's figures: means over the pictures, unless said otherwise.
#[derive(Serialize)]
pub(super) struct LayerFigures {
    /// Side of its map.
    pub(super) side: usize,
    pub(super) gamma: f32,
    /// ‖γ·o‖ / ‖x‖.
    pub(super) share: Option<f64>,
    /// ‖γ(o − v̄)‖ / ‖x‖.
    pub(super) own_share: Option<f64>,
    /// The distance is in cells of the map.
    pub(super) map: MapFigures,
    /// The largest over the pictures.
    pub(super) worst_top_key: f64,
    pub(super) partner: Option<PartnerFigures>,
}

impl LayerTally {
    /// Adds what a generator's layer saw while it drew `images`, `[B, 3, size, size]`. Where the
    /// pictures mirror themselves, what is known of them follows from the mirror's axis.
    pub(super) fn add_drawn(
        &mut self,
        layer: &LayerReading,
        images: &[f32],
        size: usize,
        mirror: Option<f32>,
    ) -> Result<(), Error> {
        self.gamma = layer.gamma;
        let queries = block_on(read(layer.state.queries.clone()))?;
        let keys = block_on(read(layer.state.keys.clone()))?;
        let values = block_on(read(layer.values.clone()))?;
        let shares = block_on(read(layer.share.clone()))?;
        if !shares.iter().all(|share| share.is_finite()) {
            let what = "What a layer adds, ‖γ·o‖/‖x‖,";
            return Err(MeasureError::NotFinite { what }.into());
        }
        for (index, &share) in shares.iter().enumerate() {
            let part = |all: &[f32]| {
                let length = all.len() / shares.len();
                all[index * length..(index + 1) * length].to_vec()
            };
            let map = Map::of(layer.side, &part(&queries), &part(&keys))?;
            let share = f64::from(share);
            let own = own_part(&map, &part(&values))?;
            self.shares.push([share, share * own]);
            let known = mirror
                .map(|axis| {
                    Ok::<_, MeasureError>(Known {
                        figure: figure_cells(&part(images), size, layer.side)?,
                        partners: mirrored(layer.side, axis),
                    })
                })
                .transpose()?;
            self.add(map, known)?;
        }
        Ok(())
    }

    /// Adds one picture's map.
    pub(super) fn add(&mut self, map: Map, known: Option<Known>) -> Result<(), MeasureError> {
        self.side = map.side();
        self.maps.push(MapFigures::new(&map));
        if let Some(Known { figure, partners }) = known {
            let tally = self.partner.get_or_insert_default();
            tally.add(&map, &figure, &partners)?;
        }
        if self.first_maps.len() < figure::PICTURES {
            self.first_maps.push(map);
        }
        Ok(())
    }

    /// The maps of the pictures that a figure shows.
    pub(super) fn first_maps(&self) -> &[Map] {
        &self.first_maps
    }

    pub(super) fn figures(&self) -> LayerFigures {
        let count = self.maps.len() as f64;
        let mean = |of: fn(&MapFigures) -> f64| self.maps.iter().map(of).sum::<f64>() / count;
        let share = |which: usize| {
            let shares = self.shares.iter().map(|shares| shares[which]);
            (!self.shares.is_empty()).then(|| shares.sum::<f64>() / self.shares.len() as f64)
        };
        LayerFigures {
            side: self.side,
            gamma: self.gamma,
            share: share(0),
            own_share: share(1),
            map: MapFigures {
                specificity: mean(|map| map.specificity),
                effective_pixels: mean(|map| map.effective_pixels),
                top_key: mean(|map| map.top_key),
                border: mean(|map| map.border),
                phase: mean(|map| map.phase),
                distance: mean(|map| map.distance),
                self_weight: mean(|map| map.self_weight),
            },
            worst_top_key: self.maps.iter().map(|map| map.top_key).fold(0.0, f64::max),
            partner: self.partner.as_ref().map(PartnerTally::figures),
        }
    }
}
