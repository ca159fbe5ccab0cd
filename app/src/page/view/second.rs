//! A second model beside the chosen one, looked at under the same pins.

use crate::page::engine::loading::{Bytes, Loading, Part};
use crate::page::failure::Failure;
use crate::protocol::{ModelInfo, Sample, Stage};

use super::origin::Origin;
use super::slot::Slot;

/// A second model, if there is one.
#[derive(Clone, Debug, PartialEq)]
pub struct Second {
    /// Where its weights are.
    checkpoint: Option<Origin>,
    /// Whether it can be drawn from.
    pub stand: Stand,
    /// Counts how often it was asked for, from 0.
    pub opening: u32,
    /// The picture that it drew last, and which of its seed.
    drawn: Option<(usize, Slot)>,
    /// Why it cannot draw what is wanted, in a sentence.
    pub problem: Option<String>,
}

/// Whether it can be drawn from.
#[derive(Clone, Debug, PartialEq)]
pub enum Stand {
    /// It is on its way.
    Loading(Loading),
    /// It is open.
    Open(ModelInfo),
    /// It could not be opened.
    Failed(Failure),
}

/// What can happen to it.
#[derive(Clone, Debug, PartialEq)]
pub enum SecondAction {
    /// Open these weights beside the chosen model.
    Open(Origin),
    /// Look at one model alone.
    Close,
    /// Try once more.
    Retry,
    /// It is on its way.
    Begin,
    /// Bytes of its download arrived.
    Downloaded(Bytes),
    /// Opening it has reached this stage.
    Reach(Stage),
    /// It can be drawn from.
    Ready(ModelInfo),
    /// It could not be opened.
    Fail(Failure),
    /// It drew a picture.
    Drawn {
        /// Of which seed.
        seed: u64,
        /// Which one.
        index: usize,
        /// The picture.
        sample: Sample,
    },
    /// It cannot draw what is wanted, and says why.
    Refuse(String),
}

impl Second {
    /// At first, where the address names one.
    pub fn new(checkpoint: Option<Origin>) -> Self {
        Self {
            checkpoint,
            stand: on_its_way(),
            opening: 0,
            drawn: None,
            problem: None,
        }
    }

    /// Where its weights are, if there is one.
    pub fn checkpoint(&self) -> Option<&Origin> {
        self.checkpoint.as_ref()
    }

    /// The model, once it is open.
    pub fn model(&self) -> Option<&ModelInfo> {
        match &self.stand {
            Stand::Open(model) if self.checkpoint.is_some() => Some(model),
            _ => None,
        }
    }

    /// Its latest picture, and whether that is the one of this seed with this number.
    pub fn picture(&self, seed: u64, index: usize) -> Option<(&Slot, bool)> {
        let (drawn, slot) = self.drawn.as_ref()?;
        Some((slot, slot.seed == seed && *drawn == index))
    }

    /// This one is wanted, or none.
    pub fn show(&mut self, checkpoint: Option<Origin>) {
        if checkpoint == self.checkpoint {
            return;
        }
        *self = Self {
            opening: self.opening + 1,
            ..Self::new(checkpoint)
        };
    }

    /// What an action changes.
    pub fn change(&mut self, action: SecondAction) {
        use SecondAction as A;
        match (action, &mut self.stand) {
            (A::Open(origin), _) => self.show(Some(origin)),
            (A::Close, _) => self.show(None),
            (A::Retry, _) => {
                self.stand = on_its_way();
                self.opening += 1;
            }
            // Of one that is not wanted any more.
            _ if self.checkpoint.is_none() => {}
            (A::Begin, _) => self.stand = on_its_way(),
            (A::Downloaded(Bytes { done, total }), Stand::Loading(loading)) => {
                loading.record(Part::Checkpoint, done, total);
            }
            (A::Reach(stage), Stand::Loading(loading)) => loading.stage = Some(stage),
            (A::Downloaded(_) | A::Reach(_), _) => {}
            (A::Ready(model), _) => self.stand = Stand::Open(model),
            (A::Fail(failure), _) => self.stand = Stand::Failed(failure),
            (
                A::Drawn {
                    seed,
                    index,
                    sample,
                },
                _,
            ) => {
                self.drawn = Some((index, Slot::new(seed, sample)));
                self.problem = None;
            }
            (A::Refuse(sentence), _) => self.problem = Some(sentence),
        }
    }
}

fn on_its_way() -> Stand {
    Stand::Loading(Loading {
        only_model: true,
        ..Loading::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use SecondAction as A;

    fn model() -> ModelInfo {
        ModelInfo {
            size: 8,
            z_dim: 4,
            conv_dim: 8,
            energy: "dot".into(),
            steps: None,
            layers: Vec::new(),
            noisy: Vec::new(),
        }
    }

    fn site(path: &str) -> Origin {
        Origin::Site(path.to_owned())
    }

    fn sample() -> Sample {
        Sample {
            size: 8,
            rgba: vec![0; 256],
            layers: Vec::new(),
        }
    }

    fn drawn(index: usize) -> SecondAction {
        A::Drawn {
            seed: 3,
            index,
            sample: sample(),
        }
    }

    fn after(actions: impl IntoIterator<Item = SecondAction>) -> Second {
        let mut second = Second::new(None);
        actions.into_iter().for_each(|action| second.change(action));
        second
    }

    #[test]
    fn a_model_is_opened_draws_and_is_closed() {
        let open = [A::Open(site("a.safetensors")), A::Begin];
        let done = Bytes {
            done: 5,
            total: Some(9),
        };
        let second = after(open.clone().into_iter().chain([A::Downloaded(done)]));
        assert!(
            matches!(&second.stand, Stand::Loading(loading) if loading.checkpoint == done && loading.only_model)
        );
        assert_eq!((second.opening, second.model()), (1, None));
        let mut second = after(open.into_iter().chain([A::Ready(model()), drawn(2)]));
        assert_eq!(second.model(), Some(&model()));
        let current = |second: &Second, index| second.picture(3, index).map(|(_, is)| is);
        assert_eq!(
            (current(&second, 2), current(&second, 1)),
            (Some(true), Some(false))
        );
        second.change(A::Close);
        assert_eq!((second.checkpoint(), second.opening), (None, 2));
        second.change(drawn(1));
        second.change(A::Ready(model()));
        assert_eq!(second.model(), None, "what comes late opens nothing");
        assert!(second.picture(3, 1).is_none());
    }

    #[test]
    fn another_one_takes_its_place_without_its_picture() {
        let second = after([
            A::Open(site("a.safetensors")),
            A::Ready(model()),
            drawn(0),
            A::Open(site("b.safetensors")),
        ]);
        assert_eq!(second.checkpoint(), Some(&site("b.safetensors")));
        assert!(second.picture(3, 0).is_none() && second.model().is_none());
        let opening = second.opening;
        let mut same = second;
        same.change(A::Open(site("b.safetensors")));
        assert_eq!(same.opening, opening, "it is not opened twice");
    }

    #[test]
    fn what_failed_is_tried_again_and_a_refusal_ends_with_the_next_picture() {
        let failure = Failure::Engine {
            sentence: "No.".into(),
        };
        let mut second = after([A::Open(site("a.safetensors")), A::Fail(failure.clone())]);
        assert_eq!(second.stand, Stand::Failed(failure));
        second.change(A::Retry);
        assert!(matches!(second.stand, Stand::Loading(_)));
        assert_eq!(second.opening, 2);
        second.change(A::Refuse("It has no such direction.".into()));
        assert!(second.problem.is_some());
        second.change(drawn(0));
        assert_eq!(second.problem, None);
    }
}
