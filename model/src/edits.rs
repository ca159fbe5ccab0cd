//! Changes in an attention layer while it draws, made on its queries and keys.
//!
//! Whatever is changed stays a softmax of plain dot products, so no other arithmetic is needed, and
//! whoever reads the map reads the changed one. A weight that is multiplied by f has ln f added to
//! its energy: one more dimension, 1 in the query and ln f in the key. Rows that are all alike need
//! no query: with q = 0 they are uniform, and with (1) in every query and (ln Ā_j) in key j they are
//! Ā.

use burn::tensor::{Device, Tensor, TensorData};
use rand::seq::SliceRandom;
use saganscope_shaders as shaders;

use crate::{
    attention::AttentionState,
    latents::{Purpose, stream},
    readings::log_mean_row,
};

/// The energy that a masked key loses: no weight is left of it in 32 bits, and it stays a number,
/// of which a zero in the query makes zero.
const MASKED: f32 = -1e4;

/// The largest factor on a key, and 1 / the smallest that is not 0.
const MOST: f32 = 1e6;

/// The largest factor on γ, of either sign.
const MOST_GAMMA: f32 = 100.0;

/// What to change in one attention layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerEdit {
    /// Factor on γ: 1 leaves the layer as it is, 0 switches it off.
    pub gamma: f32,
    /// What the map is made of.
    pub map: MapEdit,
    /// Keys made heavier or lighter, one after the other, after the map is made.
    pub biases: Vec<KeyBias>,
}

impl Default for LayerEdit {
    /// Nothing.
    fn default() -> Self {
        Self {
            gamma: 1.0,
            map: MapEdit::Own,
            biases: Vec::new(),
        }
    }
}

/// What an attention map is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MapEdit {
    /// The layer's own queries and keys.
    #[default]
    Own,
    /// Every row is uniform.
    Uniform,
    /// Every row is the mean of the layer's own rows, picture by picture.
    MeanRow,
    /// Every pixel gets the row of some other one, the same for all pictures; the mean row stays.
    Shuffled {
        /// Which shuffle.
        seed: u64,
    },
    /// The map of another picture of the same network, drawn without edits.
    Patch {
        /// That picture's seed.
        seed: u64,
        /// Which picture of the seed.
        index: u64,
    },
}

/// Weights of some keys multiplied, then every row divided by its sum again.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyBias {
    /// Indices `y·side + x` of the keys.
    pub keys: Vec<usize>,
    /// By what: 0 masks them, more than 1 amplifies them.
    pub factor: f32,
    /// Indices of the queries whose rows are changed; all where none are named.
    pub queries: Option<Vec<usize>>,
}

/// The edits of all layers, made ready by
/// [`Artist::edits`](crate::inference::Artist::edits); by default none.
#[derive(Default)]
pub struct Edits(pub(crate) Vec<Edit>);

/// An edit, and what the picture whose map is patched in showed the layer.
pub(crate) struct Edit {
    pub(crate) edit: LayerEdit,
    pub(crate) patch: Option<AttentionState>,
}

/// A change that cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EditError {
    /// More edits than layers.
    #[error("{edits} attention layers are to be changed, but this network has {layers}.")]
    Layers {
        /// Edits that came.
        edits: usize,
        /// Layers that there are.
        layers: usize,
    },
    /// Not a factor on γ.
    #[error(
        "γ of attention layer {layer} is to be multiplied by {factor}; that factor must be from −{MOST_GAMMA} to {MOST_GAMMA}."
    )]
    Gamma {
        /// The layer, from 1.
        layer: usize,
        /// What was asked for.
        factor: f32,
    },
    /// Not a factor on a key.
    #[error(
        "Keys of attention layer {layer} are to be multiplied by {factor}; that factor must be 0, or from 1/{MOST} to {MOST}."
    )]
    Factor {
        /// The layer, from 1.
        layer: usize,
        /// What was asked for.
        factor: f32,
    },
    /// A place that the map does not have.
    #[error("Attention layer {layer} has places 0 to {last}, but place {place} is to be changed.")]
    Place {
        /// The layer, from 1.
        layer: usize,
        /// What was asked for.
        place: usize,
        /// The last that there is.
        last: usize,
    },
    /// Nothing is left to look at.
    #[error(
        "All keys of attention layer {layer} are masked, so there is nothing left to look at; leave one at least."
    )]
    AllMasked {
        /// The layer, from 1.
        layer: usize,
    },
}

impl LayerEdit {
    /// Whether it leaves the map alone; γ may change.
    pub fn keeps_map(&self) -> bool {
        self.map == MapEdit::Own && self.biases.is_empty()
    }

    /// Refuses what cannot be done in layer number `layer`, from 1, whose map has `pixels` places.
    ///
    /// # Errors
    /// What is wrong, where.
    pub fn check(&self, layer: usize, pixels: usize) -> Result<(), EditError> {
        // NaN is in no range.
        if !(-MOST_GAMMA..=MOST_GAMMA).contains(&self.gamma) {
            let factor = self.gamma;
            return Err(EditError::Gamma { layer, factor });
        }
        for KeyBias {
            keys,
            factor,
            queries,
        } in &self.biases
        {
            if *factor != 0.0 && !(1.0 / MOST..=MOST).contains(factor) {
                let factor = *factor;
                return Err(EditError::Factor { layer, factor });
            }
            let named = keys.iter().chain(queries.iter().flatten());
            if let Some(&place) = named.into_iter().find(|&&place| place >= pixels) {
                let last = pixels - 1;
                return Err(EditError::Place { layer, place, last });
            }
        }
        if !self.leaves_a_key(pixels) {
            return Err(EditError::AllMasked { layer });
        }
        Ok(())
    }

    /// Whether every query has a key that is not masked.
    fn leaves_a_key(&self, pixels: usize) -> bool {
        let masks = || self.biases.iter().filter(|bias| bias.factor == 0.0);
        // Only queries that some mask names can differ from those that none names.
        let mut queries: Vec<Option<usize>> = masks()
            .flat_map(|bias| bias.queries.iter().flatten().copied().map(Some))
            .collect();
        queries.push(None);
        queries.sort_unstable();
        queries.dedup();
        queries.into_iter().all(|query| {
            let mut masked = vec![false; pixels];
            for bias in masks() {
                let concerns = match (&bias.queries, query) {
                    (None, _) => true,
                    (Some(named), Some(query)) => named.contains(&query),
                    (Some(_), None) => false,
                };
                if concerns {
                    bias.keys.iter().for_each(|&key| masked[key] = true);
                }
            }
            masked.contains(&false)
        })
    }

    /// The queries and keys `[B, d', N]` of the changed map; d' may differ from the layer's d.
    ///
    /// `patch` is what the layer saw in the picture that [`MapEdit::Patch`] names, `[1, d, N]`;
    /// without it the layer's own map stays. The edit must have been [checked](Self::check).
    pub fn apply(&self, own: AttentionState, patch: Option<&AttentionState>) -> AttentionState {
        let [batch, _, pixels] = own.queries.dims();
        let device = own.queries.device();
        let mut state = match self.map {
            MapEdit::Own => own,
            MapEdit::Uniform => AttentionState {
                queries: own.queries.zeros_like(),
                keys: own.keys,
            },
            MapEdit::MeanRow => AttentionState {
                queries: Tensor::ones([batch, 1, pixels], &device),
                keys: mean_row(&own).reshape([batch, 1, pixels]),
            },
            MapEdit::Shuffled { seed } => AttentionState {
                queries: own
                    .queries
                    .select(2, places(&shuffle(seed, pixels), &device)),
                keys: own.keys,
            },
            MapEdit::Patch { .. } => match patch {
                None => own,
                Some(other) => other.repeated(batch),
            },
        };
        for (asks, answers) in self.bias_dimensions(pixels) {
            let line = |values: Vec<f32>| {
                let line: Tensor<3> =
                    Tensor::from_data(TensorData::new(values, [1, 1, pixels]), &device);
                line.repeat_dim(0, batch)
            };
            state.queries = Tensor::cat(vec![state.queries, line(asks)], 1);
            state.keys = Tensor::cat(vec![state.keys, line(answers)], 1);
        }
        state
    }

    /// What the biases add to each query and to each key, `[N]` each, a dimension for each set of
    /// queries.
    fn bias_dimensions(&self, pixels: usize) -> Vec<(Vec<f32>, Vec<f32>)> {
        let mut dimensions: Vec<(Vec<f32>, Vec<f32>)> = Vec::new();
        for bias in &self.biases {
            let asks = match &bias.queries {
                None => vec![1.0; pixels],
                Some(named) => {
                    let mut asks = vec![0.0; pixels];
                    named.iter().for_each(|&query| asks[query] = 1.0);
                    asks
                }
            };
            let mut new = vec![0.0; pixels];
            let logarithm = if bias.factor == 0.0 {
                MASKED
            } else {
                bias.factor.ln()
            };
            bias.keys.iter().for_each(|&key| new[key] = logarithm);
            match dimensions.iter_mut().find(|(known, _)| *known == asks) {
                None => dimensions.push((asks, new)),
                // A mask twice is no deeper than once, and none is undone by a factor.
                Some((_, sum)) => sum.iter_mut().zip(new).for_each(|(sum, new)| {
                    *sum = if *sum == MASKED || new == MASKED {
                        MASKED
                    } else {
                        *sum + new
                    };
                }),
            }
        }
        dimensions
    }
}

impl AttentionState {
    /// Of one picture, `[1, d, N]`, for a batch of them.
    fn repeated(&self, batch: usize) -> Self {
        Self {
            queries: self.queries.clone().repeat_dim(0, batch),
            keys: self.keys.clone().repeat_dim(0, batch),
        }
    }
}

/// ln Ā of a map whose rows' log-sum-exp is not known, `[B, N]`.
fn mean_row(state: &AttentionState) -> Tensor<2> {
    let [batch, _, pixels] = state.queries.dims();
    let nothing = Tensor::zeros([batch, 1, pixels], &state.queries.device());
    let (queries, keys) = (state.queries.clone(), state.keys.clone());
    let sums = shaders::attention_with_log_sum_exp(queries, keys, nothing).log_sum_exp;
    log_mean_row(state, &sums)
}

/// Every place of `0..pixels` once, in an order that the seed gives.
fn shuffle(seed: u64, pixels: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..pixels).collect();
    order.shuffle(&mut stream(seed, Purpose::Shuffle, 0));
    order
}

fn places(order: &[usize], device: &Device) -> Tensor<1, burn::tensor::Int> {
    let order: Vec<i32> = order.iter().map(|&place| place as i32).collect();
    let length = order.len();
    Tensor::from_data(TensorData::new(order, [length]), device)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Distribution;

    use super::*;

    const BATCH: usize = 2;
    const DIM: usize = 3;
    const PIXELS: usize = 16;

    fn own() -> AttentionState {
        let device = Device::flex();
        device.seed(7);
        let random = || {
            let shape = [BATCH, DIM, PIXELS];
            Tensor::random(shape, Distribution::Normal(0.0, 1.2), &device)
        };
        AttentionState {
            queries: random(),
            keys: random(),
        }
    }

    fn copy(state: &AttentionState) -> AttentionState {
        AttentionState {
            queries: state.queries.clone(),
            keys: state.keys.clone(),
        }
    }

    /// `[BATCH][PIXELS][PIXELS]`, flat.
    fn map(state: &AttentionState) -> Vec<f64> {
        state.map().into_data().iter::<f64>().collect()
    }

    /// The map that an edit makes, and the layer's own.
    fn edited(edit: &LayerEdit) -> (Vec<f64>, Vec<f64>) {
        assert_eq!(edit.check(1, PIXELS), Ok(()));
        let own = own();
        (map(&edit.apply(copy(&own), None)), map(&own))
    }

    #[track_caller]
    fn assert_close(found: &[f64], wanted: &[f64]) {
        saganscope_distance::absolute(found, wanted).within(2e-6, "the edited map");
    }

    /// A map's rows, each changed by a function of its batch, its query and itself.
    fn each_row(map: &[f64], change: impl Fn(usize, usize, &[f64]) -> Vec<f64>) -> Vec<f64> {
        let rows = map.chunks_exact(PIXELS).enumerate();
        rows.flat_map(|(at, row)| change(at / PIXELS, at % PIXELS, row))
            .collect()
    }

    /// A row with weights multiplied, divided by its sum.
    fn multiplied(row: &[f64], factor: impl Fn(usize) -> f64) -> Vec<f64> {
        let new: Vec<f64> = row.iter().enumerate().map(|(j, w)| w * factor(j)).collect();
        let sum: f64 = new.iter().sum();
        new.into_iter().map(|w| w / sum).collect()
    }

    fn mean_of(map: &[f64], batch: usize) -> Vec<f64> {
        let of = &map[batch * PIXELS * PIXELS..(batch + 1) * PIXELS * PIXELS];
        (0..PIXELS)
            .map(|j| of.iter().skip(j).step_by(PIXELS).sum::<f64>() / PIXELS as f64)
            .collect()
    }

    fn bias(keys: &[usize], factor: f32, queries: Option<&[usize]>) -> KeyBias {
        KeyBias {
            keys: keys.to_vec(),
            factor,
            queries: queries.map(<[usize]>::to_vec),
        }
    }

    fn with_map(map: MapEdit) -> LayerEdit {
        LayerEdit {
            map,
            ..LayerEdit::default()
        }
    }

    fn with_biases(biases: Vec<KeyBias>) -> LayerEdit {
        LayerEdit {
            biases,
            ..LayerEdit::default()
        }
    }

    #[test]
    fn no_edit_changes_nothing() {
        let edit = LayerEdit::default();
        assert!(edit.keeps_map());
        let (found, own) = edited(&edit);
        assert_eq!(found, own);
    }

    #[test]
    fn uniform_rows_are_uniform() {
        let (found, own) = edited(&with_map(MapEdit::Uniform));
        let wanted = each_row(&own, |_, _, _| vec![1.0 / PIXELS as f64; PIXELS]);
        assert_close(&found, &wanted);
    }

    #[test]
    fn mean_rows_are_the_mean_of_the_pictures_own_rows() {
        let (found, own) = edited(&with_map(MapEdit::MeanRow));
        let wanted = each_row(&own, |batch, _, _| mean_of(&own, batch));
        assert_close(&found, &wanted);
    }

    #[test]
    fn shuffled_rows_are_other_pixels_rows_and_keep_their_mean() {
        let (found, own) = edited(&with_map(MapEdit::Shuffled { seed: 3 }));
        let order = shuffle(3, PIXELS);
        let wanted = each_row(&own, |batch, query, _| {
            let from = (batch * PIXELS + order[query]) * PIXELS;
            own[from..from + PIXELS].to_vec()
        });
        assert_close(&found, &wanted);
        assert_ne!(order, (0..PIXELS).collect::<Vec<_>>());
        assert_ne!(order, shuffle(4, PIXELS));
        for batch in 0..BATCH {
            assert_close(&mean_of(&found, batch), &mean_of(&own, batch));
        }
    }

    #[test]
    fn a_patch_puts_one_pictures_map_into_all() {
        let own = own();
        let first = |tensor: &Tensor<3>| tensor.clone().narrow(0, 0, 1);
        let patch = AttentionState {
            queries: first(&own.queries),
            keys: first(&own.keys),
        };
        let edit = with_map(MapEdit::Patch { seed: 1, index: 0 });
        let found = map(&edit.apply(copy(&own), Some(&patch)));
        let all = map(&own);
        let one = &all[..PIXELS * PIXELS];
        assert_close(&found, &[one, one].concat());
    }

    #[test]
    fn biases_multiply_weights_and_rows_still_sum_to_one() {
        let (found, own) = edited(&with_biases(vec![
            bias(&[2, 5], 0.0, None),
            bias(&[5, 9], 4.0, None),
            bias(&[9], 0.25, Some(&[1, 8])),
            bias(&[0], 0.0, Some(&[8])),
        ]));
        let wanted = each_row(&own, |_, query, row| {
            multiplied(row, |key| match key {
                2 | 5 => 0.0,
                9 if query == 1 || query == 8 => 1.0,
                9 => 4.0,
                0 if query == 8 => 0.0,
                _ => 1.0,
            })
        });
        assert_close(&found, &wanted);
        // Masked is gone, not small.
        assert_eq!((found[2], found[5]), (0.0, 0.0));
    }

    #[test]
    fn biases_act_on_whatever_the_map_is_made_of() {
        let mut edit = with_map(MapEdit::MeanRow);
        edit.biases.push(bias(&[3], 0.0, None));
        let (found, own) = edited(&edit);
        let wanted = each_row(&own, |batch, _, _| {
            multiplied(&mean_of(&own, batch), |key| f64::from(key != 3))
        });
        assert_close(&found, &wanted);
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        let refused = |edit: LayerEdit| edit.check(2, PIXELS).map_err(|error| error.to_string());
        let gamma = |gamma| LayerEdit {
            gamma,
            ..LayerEdit::default()
        };
        for bad in [f32::NAN, f32::INFINITY, -101.0] {
            assert!(refused(gamma(bad)).is_err_and(|e| e.contains("layer 2")));
        }
        assert!(refused(gamma(-2.0)).is_ok());
        for bad in [f32::NAN, -1.0, 1e-9, 1e9] {
            let edit = with_biases(vec![bias(&[1], bad, None)]);
            assert!(refused(edit).is_err_and(|e| e.contains("must be 0, or")));
        }
        for edit in [bias(&[16], 2.0, None), bias(&[1], 2.0, Some(&[16]))] {
            let refused = refused(with_biases(vec![edit]));
            assert!(refused.is_err_and(|e| e.contains("places 0 to 15, but place 16")));
        }
    }

    #[test]
    fn a_query_must_be_left_a_key() {
        let all: Vec<usize> = (0..PIXELS).collect();
        let check = |biases: Vec<KeyBias>| with_biases(biases).check(1, PIXELS);
        let none_left = Err(EditError::AllMasked { layer: 1 });
        assert_eq!(check(vec![bias(&all, 0.0, None)]), none_left);
        assert_eq!(check(vec![bias(&all, 0.5, None)]), Ok(()));
        let most = bias(&all[1..], 0.0, None);
        assert_eq!(check(vec![most.clone()]), Ok(()));
        assert_eq!(
            check(vec![most.clone(), bias(&[0], 0.0, Some(&[4]))]),
            none_left
        );
        assert_eq!(check(vec![most, bias(&[0], 2.0, Some(&[4]))]), Ok(()));
    }
}
