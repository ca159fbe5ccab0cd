//! What is changed in the network while it draws the chosen picture.

use crate::protocol::{Along, KeyBias, LayerEdit, MapEdit, ModelInfo, Sample};

use super::changes::{Changes, Move};
use super::slot::{Shared, Slot};

/// The largest factor on a layer's γ.
pub const MOST_GAMMA: f32 = 2.0;

/// How many steps can be taken back.
const MOST_STEPS: usize = 200;

/// What is changed, what was before, and the picture that comes of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edits {
    changes: SharedChanges,
    past: Vec<SharedChanges>,
    future: Vec<SharedChanges>,
    gesture: Option<Gesture>,
    redrawn: Option<Redrawn>,
    /// What touching a map does.
    pub brush: Brush,
    /// Why a change could not be made, in a sentence.
    pub problem: Option<String>,
}

/// Shared, so that a page with a long past is as quickly copied and compared as another.
pub type SharedChanges = Shared<Changes>;

/// Something that changes much while it lasts, and is taken back as one step.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Gesture {
    /// A slider of this layer is dragged.
    Slider(usize),
    /// The brush is drawn over this layer's map, and leaves this factor behind.
    Stroke(usize, f32),
    /// The slider between two samples is dragged, or plays.
    Part,
    /// The slider of the latent vector's length.
    Scale,
    /// The slider of one of its numbers, or of a direction.
    Nudge(Along),
}

/// What touching a map does.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Brush {
    /// The factor that it puts on keys: 0 masks them. Without one, a map is pointed at.
    pub factor: Option<f32>,
    /// Whether keys change for the pixel in question only, or for all.
    pub only_pixel: bool,
}

/// A picture with changes.
#[derive(Clone, Debug, PartialEq)]
struct Redrawn {
    index: usize,
    slot: Slot,
    changes: SharedChanges,
}

/// What can happen to the changes.
#[derive(Clone, Debug, PartialEq)]
pub enum EditsAction {
    /// Multiply a layer's γ.
    Gamma(usize, f32),
    /// Make a layer's map of something else.
    Map(usize, MapEdit),
    /// The brush touches this key of a layer.
    Touch(usize, u32),
    /// Mask this key of a layer, or no longer.
    KnockOut(usize, u32),
    /// Give a layer's keys back what this change of their weights took or gave.
    Unweigh(usize, KeyBias),
    /// Move the latent vector, or draw noise anew.
    Move(Move),
    /// A gesture is over.
    Settle,
    /// Take the last step back.
    Undo,
    /// Take it again.
    Redo,
    /// Change nothing any more.
    Reset,
    /// Change this and nothing else.
    Show(Changes),
    /// Take up another brush.
    Brush(Brush),
    /// The chosen picture came with changes.
    Redrawn {
        /// Its seed.
        seed: u64,
        /// Which picture of the seed.
        index: usize,
        /// The changes.
        changes: SharedChanges,
        /// The picture.
        sample: Sample,
    },
    /// The engine cannot make these changes, and says why.
    Refused(SharedChanges, String),
}

impl EditsAction {
    /// The layer that it is about, if it is about one.
    pub fn layer(&self) -> Option<usize> {
        match self {
            Self::Gamma(layer, _)
            | Self::Map(layer, _)
            | Self::Touch(layer, _)
            | Self::KnockOut(layer, _)
            | Self::Unweigh(layer, _) => Some(*layer),
            _ => None,
        }
    }
}

impl Edits {
    /// These changes.
    pub fn new(changes: Changes) -> Self {
        Self {
            changes: Shared::new(changes),
            ..Self::default()
        }
    }

    /// What is changed.
    pub fn changes(&self) -> &SharedChanges {
        &self.changes
    }

    /// What is changed in a layer.
    pub fn of(&self, layer: usize) -> LayerEdit {
        self.changes.layers.get(layer).cloned().unwrap_or_default()
    }

    /// Whether anything is changed.
    pub fn any(&self) -> bool {
        self.changes.any()
    }

    /// The coarsest layer that is changed.
    pub fn first(&self) -> Option<usize> {
        let nothing = LayerEdit::default();
        let mut layers = self.changes.layers.iter();
        layers.position(|edit| *edit != nothing)
    }

    /// Whether there is a step to take back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether one was taken back.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// The picture with changes, where it is this one and there are any.
    pub fn redrawn(&self, seed: u64, index: usize) -> Option<&Slot> {
        let redrawn = self.redrawn.as_ref().filter(|_| self.any())?;
        (redrawn.slot.seed == seed && redrawn.index == index).then_some(&redrawn.slot)
    }

    /// Whether the picture with changes is still to come: this one's, with these changes.
    pub fn redraws(&self, seed: u64, index: usize) -> bool {
        let current = self.redrawn.as_ref().is_some_and(|redrawn| {
            let same = redrawn.slot.seed == seed && redrawn.index == index;
            same && redrawn.changes == self.changes
        });
        self.any() && !current && self.problem.is_none()
    }

    /// Leaves out what this model does not have, and says so.
    pub fn fit(&mut self, model: &ModelInfo) {
        let mut changes = Changes::clone(&self.changes);
        let layers = &mut changes.layers;
        layers.truncate(model.layers.len());
        for (edit, layer) in layers.iter_mut().zip(&model.layers) {
            let inside = |key: &u32| *key < layer.side * layer.side;
            for bias in &mut edit.biases {
                bias.keys.retain(inside);
                if let Some(queries) = &mut bias.queries {
                    queries.retain(inside);
                }
            }
            edit.biases.retain(|bias| {
                !bias.keys.is_empty() && bias.queries.as_ref().is_none_or(|q| !q.is_empty())
            });
        }
        trim(layers);
        if model.noisy.is_empty() {
            changes.noise = None;
        }
        changes.moves.nudges.retain(|nudge| {
            let (Along::Number(at) | Along::Direction(at)) = nudge.along;
            at < model.z_dim
        });
        if changes != *self.changes {
            self.changes = Shared::new(changes);
            self.problem = Some(
                "Some of the changes are of what this model does not have; they were left out."
                    .to_owned(),
            );
        }
    }

    /// What an action changes. `query` is the cell in question in the layer that the action is
    /// about, where there is one.
    pub fn change(&mut self, action: EditsAction, query: Option<u32>) {
        use EditsAction as A;
        let queries = || {
            let only = query.filter(|_| self.brush.only_pixel);
            only.map(|query| vec![query])
        };
        match action {
            A::Gamma(layer, factor) => {
                let gamma = factor.clamp(0.0, MOST_GAMMA);
                let gesture = Some(Gesture::Slider(layer));
                self.step(gesture, |changes| at(changes, layer).gamma = gamma);
            }
            A::Map(layer, map) => self.step(None, |changes| at(changes, layer).map = map),
            A::Touch(layer, key) => {
                let Some(brush) = self.brush.factor else {
                    return;
                };
                let queries = queries();
                // A stroke that begins where the brush has been takes away what it left.
                let factor = match self.gesture {
                    Some(Gesture::Stroke(of, factor)) if of == layer => factor,
                    _ if factor_of(&self.of(layer).biases, key, &queries) == brush => 1.0,
                    _ => brush,
                };
                let gesture = Some(Gesture::Stroke(layer, factor));
                self.step(gesture, |changes| {
                    weigh(&mut at(changes, layer).biases, key, factor, queries);
                });
            }
            A::KnockOut(layer, key) => {
                let queries = queries();
                let masked = factor_of(&self.of(layer).biases, key, &queries) == 0.0;
                let factor = if masked { 1.0 } else { 0.0 };
                self.step(None, |changes| {
                    weigh(&mut at(changes, layer).biases, key, factor, queries);
                });
            }
            A::Unweigh(layer, bias) => self.step(None, |changes| {
                at(changes, layer).biases.retain(|one| *one != bias);
            }),
            A::Move(one) => {
                let gesture = match one {
                    Move::Part(_) => Some(Gesture::Part),
                    Move::Scale(_) => Some(Gesture::Scale),
                    Move::Nudge(along, _) => Some(Gesture::Nudge(along)),
                    Move::Toward(_) | Move::Home | Move::Noise(_) => None,
                };
                self.step(gesture, |changes| changes.make(one));
            }
            A::Settle => self.gesture = None,
            A::Undo => {
                if let Some(before) = self.past.pop() {
                    self.future
                        .push(std::mem::replace(&mut self.changes, before));
                }
                self.rest();
            }
            A::Redo => {
                if let Some(after) = self.future.pop() {
                    self.past.push(std::mem::replace(&mut self.changes, after));
                }
                self.rest();
            }
            A::Reset => self.step(None, |changes| *changes = Changes::default()),
            A::Show(wanted) => self.step(None, |changes| *changes = wanted),
            A::Brush(brush) => self.brush = brush,
            A::Redrawn {
                seed,
                index,
                changes,
                sample,
            } => {
                let slot = Slot::new(seed, sample);
                self.redrawn = Some(Redrawn {
                    index,
                    slot,
                    changes,
                });
            }
            A::Refused(changes, sentence) => {
                if changes == self.changes {
                    self.problem = Some(sentence);
                }
            }
        }
    }

    fn step(&mut self, gesture: Option<Gesture>, change: impl FnOnce(&mut Changes)) {
        let mut changes = Changes::clone(&self.changes);
        change(&mut changes);
        trim(&mut changes.layers);
        let goes_on = gesture.is_some() && gesture == self.gesture;
        if changes != *self.changes {
            let before = std::mem::replace(&mut self.changes, Shared::new(changes));
            if !goes_on {
                self.past.push(before);
            }
            if self.past.len() > MOST_STEPS {
                self.past.remove(0);
            }
            self.future.clear();
            self.problem = None;
        } else if !goes_on {
            // A gesture that has changed nothing yet would go into the step before it.
            self.gesture = None;
            return;
        }
        self.gesture = gesture;
    }

    fn rest(&mut self) {
        self.gesture = None;
        self.problem = None;
    }
}

/// The changes of a layer, where there may be none yet.
fn at(changes: &mut Changes, layer: usize) -> &mut LayerEdit {
    let layers = &mut changes.layers;
    if layers.len() <= layer {
        layers.resize(layer + 1, LayerEdit::default());
    }
    &mut layers[layer]
}

/// Without layers at the end in which nothing is changed.
fn trim(layers: &mut Vec<LayerEdit>) {
    let nothing = LayerEdit::default();
    while layers.last() == Some(&nothing) {
        layers.pop();
    }
}

/// The factor on a key for just these queries.
pub fn factor_of(biases: &[KeyBias], key: u32, queries: &Option<Vec<u32>>) -> f32 {
    let bias = biases
        .iter()
        .find(|bias| bias.queries == *queries && bias.keys.contains(&key));
    bias.map_or(1.0, |bias| bias.factor)
}

/// Puts a factor on a key for these queries, in place of another for just the same ones.
fn weigh(biases: &mut Vec<KeyBias>, key: u32, factor: f32, queries: Option<Vec<u32>>) {
    for bias in biases.iter_mut().filter(|bias| bias.queries == queries) {
        bias.keys.retain(|&one| one != key);
    }
    biases.retain(|bias| !bias.keys.is_empty());
    if factor == 1.0 {
        return;
    }
    let same = |bias: &&mut KeyBias| bias.queries == queries && bias.factor == factor;
    match biases.iter_mut().find(same) {
        Some(bias) => {
            let place = bias.keys.partition_point(|&one| one < key);
            bias.keys.insert(place, key);
        }
        None => biases.push(KeyBias {
            keys: vec![key],
            factor,
            queries,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::changes::Anew;
    use super::*;
    use crate::protocol::LayerInfo;

    fn after(actions: impl IntoIterator<Item = EditsAction>) -> Edits {
        let mut edits = Edits::default();
        for action in actions {
            edits.change(action, Some(7));
        }
        edits
    }

    fn brush(factor: f32, only_pixel: bool) -> EditsAction {
        EditsAction::Brush(Brush {
            factor: Some(factor),
            only_pixel,
        })
    }

    fn bias(keys: &[u32], factor: f32) -> KeyBias {
        KeyBias {
            keys: keys.to_vec(),
            factor,
            queries: None,
        }
    }

    use EditsAction::{Gamma, KnockOut, Map, Redo, Reset, Settle, Touch, Undo, Unweigh};

    #[test]
    fn a_slider_that_is_dragged_is_one_step() {
        let drag = (0..10).map(|at| Gamma(1, 1.0 - 0.1 * at as f32));
        let mut edits = after(drag.chain([Settle, Gamma(1, 0.5)]));
        assert_eq!(edits.of(1).gamma, 0.5);
        edits.change(Undo, None);
        assert!((edits.of(1).gamma - 0.1).abs() < 1e-6);
        edits.change(Undo, None);
        assert!(!edits.any() && !edits.can_undo());
        edits.change(Redo, None);
        edits.change(Redo, None);
        assert_eq!(edits.of(1).gamma, 0.5);
        assert!(!edits.can_redo());
    }

    #[test]
    fn what_is_changed_back_is_no_change_but_a_step() {
        let mut edits = after([
            Map(0, MapEdit::Uniform),
            Map(0, MapEdit::Own),
            Map(0, MapEdit::Own),
        ]);
        assert!(!edits.any());
        edits.change(Undo, None);
        assert_eq!(edits.of(0).map, MapEdit::Uniform);
        assert_eq!(edits.first(), Some(0));
    }

    #[test]
    fn another_step_forgets_what_was_taken_back() {
        let edits = after([Gamma(0, 0.5), Undo, Gamma(1, 0.5)]);
        assert!(!edits.can_redo());
        assert_eq!(edits.first(), Some(1));
    }

    #[test]
    fn a_reset_can_be_taken_back() {
        let mut edits = after([Gamma(0, 0.0), Settle, KnockOut(1, 3), Reset]);
        assert!(!edits.any());
        edits.change(Undo, None);
        assert_eq!(edits.of(1).biases, [bias(&[3], 0.0)]);
        assert_eq!(edits.of(0).gamma, 0.0);
    }

    #[test]
    fn a_key_is_knocked_out_and_back() {
        let edits = after([KnockOut(1, 5), KnockOut(1, 3)]);
        assert_eq!(edits.of(1).biases, [bias(&[3, 5], 0.0)]);
        let edits = after([KnockOut(1, 5), KnockOut(1, 3), KnockOut(1, 5)]);
        assert_eq!(edits.of(1).biases, [bias(&[3], 0.0)]);
    }

    #[test]
    fn a_stroke_is_one_step_and_one_that_begins_on_it_takes_it_away() {
        let stroke = [brush(4.0, false), Touch(0, 1), Touch(0, 2), Touch(0, 2)];
        let mut edits = after(stroke);
        assert_eq!(edits.of(0).biases, [bias(&[1, 2], 4.0)]);
        for action in [Settle, Touch(0, 2), Touch(0, 3), Touch(0, 1)] {
            edits.change(action, None);
        }
        assert!(!edits.any());
        edits.change(Undo, None);
        edits.change(Undo, None);
        assert!(!edits.any() && !edits.can_undo());
    }

    #[test]
    fn another_factor_takes_the_place_of_the_one_before() {
        let edits = after([
            brush(4.0, false),
            Touch(0, 1),
            Settle,
            brush(0.0, false),
            Touch(0, 1),
        ]);
        assert_eq!(edits.of(0).biases, [bias(&[1], 0.0)]);
    }

    #[test]
    fn keys_can_change_for_the_pixel_in_question_alone() {
        let edits = after([brush(0.0, true), Touch(1, 9)]);
        let only = KeyBias {
            queries: Some(vec![7]),
            ..bias(&[9], 0.0)
        };
        assert_eq!(edits.of(1).biases, std::slice::from_ref(&only));
        let edits = after([brush(0.0, true), Touch(1, 9), Unweigh(1, only)]);
        assert!(!edits.any());
    }

    #[test]
    fn what_changes_for_all_and_for_one_pixel_is_kept_apart() {
        let only = brush(0.0, true);
        let mut edits = after([KnockOut(0, 5), only, KnockOut(0, 5)]);
        assert_eq!(edits.of(0).biases.len(), 2, "{:?}", edits.of(0));
        edits.change(KnockOut(0, 5), Some(7));
        assert_eq!(edits.of(0).biases, [bias(&[5], 0.0)]);
    }

    #[test]
    fn without_a_brush_touching_changes_nothing() {
        assert!(!after([Touch(0, 1)]).can_undo());
    }

    #[test]
    fn a_model_without_the_place_leaves_it_out_and_says_so() {
        let layer = |side| LayerInfo {
            side,
            channels: 1,
            gamma: 1.0,
        };
        let model = |layers| ModelInfo {
            size: 64,
            z_dim: 8,
            conv_dim: 8,
            energy: "dot".into(),
            steps: None,
            layers,
            noisy: Vec::new(),
        };
        let mut edits = after([KnockOut(0, 3), KnockOut(0, 20), Gamma(1, 0.5)]);
        edits.fit(&model(vec![layer(8), layer(16)]));
        assert_eq!((edits.of(0).biases.len(), &edits.problem), (1, &None));
        edits.fit(&model(vec![layer(4)]));
        assert_eq!(edits.changes().layers.len(), 1);
        assert_eq!(edits.of(0).biases, [bias(&[3], 0.0)]);
        assert!(edits.problem.is_some());
        let noise = Anew {
            seed: 1,
            region: None,
        };
        let (inside, beyond) = (Along::Direction(7), Along::Number(8));
        let moves = [
            Move::Noise(Some(noise)),
            Move::Nudge(inside, 1.0),
            Move::Nudge(beyond, 1.0),
        ];
        let mut edits = after(moves.map(EditsAction::Move));
        edits.fit(&model(Vec::new()));
        assert_eq!(edits.changes().noise, None);
        let left = [inside, beyond].map(|along| edits.changes().nudge(along));
        assert_eq!(left, [1.0, 0.0]);
    }

    #[test]
    fn a_way_that_plays_is_one_step_and_sliders_are_steps_of_their_own() {
        let play = (0..50).map(|at| Move::Part(at as f32 / 50.0));
        let along = Along::Direction(0);
        let moves = [Move::Toward(Some(3))]
            .into_iter()
            .chain(play)
            .chain([Move::Scale(0.9), Move::Scale(0.7)])
            .chain([Move::Nudge(along, 1.0), Move::Nudge(along, 2.0)]);
        let mut edits = after(moves.map(EditsAction::Move));
        let mut seen = Vec::new();
        while edits.can_undo() {
            let moves = &edits.changes().moves;
            let part = moves.toward.map(|toward| toward.part);
            seen.push((part, moves.scale, edits.changes().nudge(along)));
            edits.change(Undo, None);
        }
        let wanted = [
            (Some(0.98), 0.7, 2.0),
            (Some(0.98), 0.7, 0.0),
            (Some(0.98), 1.0, 0.0),
            (Some(0.5), 1.0, 0.0),
        ];
        assert_eq!(seen, wanted);
        assert!(!edits.any());
    }
}
