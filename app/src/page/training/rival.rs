//! A second run beside the first: the same seed and pictures, in turns.

use std::rc::Rc;

use super::readings::{PICTURES, PICTURES_SEED, push};
use crate::page::view::pictures::Pictures;
use crate::protocol::{Progress, Sample, TrainReply, Vital};

/// What the page knows of the second run.
#[derive(Clone, Debug, PartialEq)]
pub struct Rival {
    /// What the first run and this one are called.
    pub names: [&'static str; 2],
    /// Whether it is open.
    pub open: bool,
    /// Its steps.
    pub step: u64,
    /// What was read of it, in the order of steps.
    pub history: Rc<Vec<Progress>>,
    /// What its networks were like inside.
    pub vitals: Rc<Vec<Vital>>,
    /// What the numbers in those are.
    pub vital_names: Rc<Vec<String>>,
    /// What it draws of the latents of the first run's pictures.
    pub pictures: Pictures,
    /// The step after which those were drawn.
    pub drawn_at: Option<u64>,
    /// Whether they are the running model's, and all of that step.
    pub drawn_live: bool,
    /// Whether its pictures are looked at, and not the first run's.
    pub looked_at: bool,
}

/// What can happen to the second run.
#[derive(Clone, Debug, PartialEq)]
pub enum RivalAction {
    /// It is asked for; the first run and this one are called so.
    Opening([&'static str; 2]),
    /// The engine answers as to opening it.
    Opened(TrainReply),
    /// The engine answers as to going on.
    Going(TrainReply),
    /// A picture of the running model.
    Place(u32, Sample),
    /// All are there, of this step.
    Drawn(u64),
    /// Look at its pictures, or at the first run's.
    LookAt(bool),
}

impl Rival {
    /// One that is on its way.
    pub fn new(names: [&'static str; 2]) -> Self {
        Self {
            names,
            open: false,
            step: 0,
            history: Rc::default(),
            vitals: Rc::default(),
            vital_names: Rc::default(),
            pictures: Pictures::new(PICTURES_SEED, PICTURES as usize, 0),
            drawn_at: None,
            drawn_live: false,
            looked_at: false,
        }
    }

    /// What an event changes; a sentence where the run is over with it.
    ///
    /// # Errors
    /// Why there is no second run any more.
    pub fn change(&mut self, action: RivalAction) -> Result<(), String> {
        use RivalAction as A;
        match action {
            A::Opening(names) => *self = Self::new(names),
            A::Opened(TrainReply::Ready { info, record, .. }) => {
                self.open = true;
                self.step = info.step;
                self.history = Rc::new(record.history);
                self.vitals = Rc::new(record.vitals);
                self.vital_names = Rc::new(record.vital_names);
            }
            A::Opened(TrainReply::Failed { sentence })
            | A::Going(TrainReply::Failed { sentence }) => {
                return Err(format!("Of the two runs the second has ended. {sentence}"));
            }
            A::Going(TrainReply::Progress(progress)) => {
                self.step = progress.step;
                push(Rc::make_mut(&mut self.history), progress);
            }
            A::Going(TrainReply::Vitals(vital)) => push(Rc::make_mut(&mut self.vitals), vital),
            A::Going(TrainReply::Paused { step, .. }) => self.step = step,
            A::Opened(_) | A::Going(_) => {}
            A::Place(index, sample) => self.pictures.place(index, sample),
            A::Drawn(step) => (self.drawn_at, self.drawn_live) = (Some(step), true),
            A::LookAt(rival) => self.looked_at = rival,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::curves::tests::reading;
    use super::*;
    use crate::protocol::Cause;

    #[test]
    fn it_is_told_of_as_the_first_is_and_ends_with_a_sentence() {
        let mut rival = Rival::new(["plain", "centred"]);
        for action in [
            RivalAction::Going(TrainReply::Progress(reading(3, 1.0))),
            RivalAction::Going(TrainReply::Vitals(Vital {
                step: 3,
                values: vec![0.5],
            })),
            RivalAction::Drawn(3),
            RivalAction::LookAt(true),
        ] {
            assert_eq!(rival.change(action), Ok(()));
        }
        assert_eq!(
            (rival.step, rival.history.len(), rival.vitals.len()),
            (3, 1, 1)
        );
        assert_eq!((rival.drawn_at, rival.looked_at), (Some(3), true));
        let cause = Cause::Asked;
        let paused = RivalAction::Going(TrainReply::Paused { step: 5, cause });
        assert_eq!(rival.change(paused), Ok(()));
        assert_eq!(rival.step, 5);
        let sentence = "It diverged.".to_owned();
        let ended = rival.change(RivalAction::Going(TrainReply::Failed { sentence }));
        assert!(ended.is_err_and(|said| said.ends_with("It diverged.")));
    }
}
