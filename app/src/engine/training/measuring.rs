//! How far a run's pictures are from those that it learns from: a few at a time, so that whatever
//! else is asked comes in between.

use std::{collections::VecDeque, rc::Rc};

use saganscope_model::{host::read, latents::Inputs, train::Comparison};

use super::{
    super::{models::Painter, outbox},
    readings::told_quality,
    run::Run,
};
use crate::protocol::{Answer, TrainReply, Weights};

/// How many drawn pictures are compared with as many real ones, where there are enough.
const PICTURES: usize = 256;

/// The seed of the drawn ones, as in `sagan measure`.
const SEED: u64 = 1;

/// Why a run's measures are not known, where it is not there any more.
pub(super) const PUT_AWAY: &str = "The run was put away while it was measured.";

/// Real pictures that are looked at between two other requests.
const REAL_AT_ONCE: usize = 16;

/// A run that is being measured.
pub(super) struct Measuring {
    pub(super) request: u32,
    /// Its number.
    pub(super) run: u32,
    step: u64,
    painter: Rc<Painter>,
    /// What is still to be drawn.
    lots: VecDeque<Inputs>,
    comparison: Comparison,
}

impl Measuring {
    /// Begins to measure the run as it is now.
    pub(super) async fn begin(request: u32, number: u32, run: &mut Run) -> Result<Self, String> {
        if run.pictures.is_none() {
            return Err(
                "This run has no pictures to be compared with; choose what it learns from.".into(),
            );
        }
        let step = run.trainer.step();
        let painter = run.painter(Weights::Average).await?;
        // A world never runs out of them.
        let there = run
            .own
            .as_ref()
            .map_or(usize::MAX, |own| own.pictures.len());
        let pictures = PICTURES.min(there / 2);
        if pictures < 2 {
            return Err(
                "Fewer than four pictures are too few to compare with; choose more of them.".into(),
            );
        }
        let config = &painter.artist.config;
        let inputs = painter.inputs(SEED, 0..pictures as u64);
        Ok(Self {
            request,
            run: number,
            step,
            lots: inputs.lots(config, painter.at_once).into(),
            comparison: Comparison::new(config.size, pictures),
            painter,
        })
    }

    /// Ends without having found anything.
    pub(super) fn end(self, sentence: &str) {
        let sentence = sentence.to_owned();
        let failed = Answer::Train(TrainReply::Failed { sentence });
        outbox::post(self.request, failed);
    }

    /// Looks at the next pictures: how far it is, or what was found.
    pub(super) async fn go_on(&mut self, run: Option<&mut Run>) -> TrainReply {
        self.look(run)
            .await
            .unwrap_or_else(|sentence| TrainReply::Failed { sentence })
    }

    async fn look(&mut self, run: Option<&mut Run>) -> Result<TrainReply, String> {
        let run = run.ok_or(PUT_AWAY)?;
        let wrong = |error| format!("The pictures cannot be compared: {error}");
        if let Some(lot) = self.lots.pop_front() {
            let drawn = read(self.painter.artist.draw(lot).image).await;
            let drawn = drawn.map_err(|error| error.to_string())?;
            self.comparison.add_drawn(&drawn).map_err(wrong)?;
            return Ok(self.told());
        }
        let pictures = run.pictures.as_deref().ok_or(super::run::NO_PICTURES)?;
        for _ in 0..REAL_AT_ONCE {
            if !self.comparison.add_real(pictures).map_err(wrong)? {
                let quality = self.comparison.quality(self.step).map_err(wrong)?;
                run.record.quality = Some(quality);
                // In its file from now on; what is wrong with keeping it is told by whoever keeps it
                // next.
                let _ = run.keep().await;
                return Ok(TrainReply::Measured(told_quality(quality)));
            }
        }
        Ok(self.told())
    }

    fn told(&self) -> TrainReply {
        let [done, of] = [self.comparison.done(), self.comparison.of()];
        let [done, of] = [done, of].map(|count| count as u32);
        TrainReply::Measuring { done, of }
    }
}
