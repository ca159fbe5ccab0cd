//! How far a run's pictures are from those that it learns from: a few at a time, so that whatever
//! else is asked comes in between.

use std::{collections::VecDeque, rc::Rc};

use saganscope_model::{host::read, latents::Inputs, train::Comparison};

use super::{
    super::{models::Painter, outbox},
    Training,
};
use crate::protocol::{Answer, PictureSource, Quality, TrainReply, Weights};

/// How many drawn pictures are compared with as many real ones, where there are enough.
const PICTURES: usize = 256;

/// The seed of the drawn ones, as in `sagan measure`.
const SEED: u64 = 1;

/// Real pictures that are looked at between two other requests.
const REAL_AT_ONCE: usize = 16;

/// A run that is being measured.
pub(super) struct Measuring {
    request: u32,
    run: u32,
    step: u64,
    painter: Rc<Painter>,
    /// What is still to be drawn.
    lots: VecDeque<Inputs>,
    comparison: Comparison,
}

impl Training {
    /// Whether a run is being measured.
    pub(in super::super) fn is_measuring(&self) -> bool {
        self.measuring.is_some()
    }

    /// Begins to measure a run as it is now; one that is being measured ends here.
    pub(super) async fn begin_measuring(
        &mut self,
        request: u32,
        number: u32,
    ) -> Result<(), String> {
        let run = self.run(number)?;
        if run.pictures.is_none() {
            return Err(
                "This run has no pictures to be compared with; choose what it learns from.".into(),
            );
        }
        let (step, from) = (run.trainer.step(), run.from.clone());
        let painter = run.painter(Weights::Average).await?;
        let there = match from {
            Some(PictureSource::Own(album)) => {
                let made = self.albums.get(album);
                made.map_or(0, |made| made.pictures.len())
            }
            _ => usize::MAX,
        };
        let pictures = PICTURES.min(there / 2);
        if pictures < 2 {
            return Err(
                "Fewer than four pictures are too few to compare with; choose more of them.".into(),
            );
        }
        let config = &painter.artist.config;
        let inputs = painter.inputs(SEED, 0..pictures as u64);
        let measuring = Measuring {
            request,
            run: number,
            step,
            lots: inputs.lots(config, painter.at_once).into(),
            comparison: Comparison::new(config.size, pictures),
            painter,
        };
        if let Some(older) = self.measuring.replace(measuring) {
            let sentence = "Another run is being measured now.".into();
            outbox::post(
                older.request,
                Answer::Train(TrainReply::Failed { sentence }),
            );
        }
        Ok(())
    }

    /// Looks at the next pictures.
    pub(in super::super) async fn measure_some(&mut self) {
        let Some(mut measuring) = self.measuring.take() else {
            return;
        };
        let request = measuring.request;
        let answer = match self.measured(&mut measuring).await {
            Ok(Some(quality)) => TrainReply::Measured(quality),
            Ok(None) => {
                let [done, of] = [measuring.comparison.done(), measuring.comparison.of()];
                self.measuring = Some(measuring);
                let [done, of] = [done, of].map(|count| count as u32);
                TrainReply::Measuring { done, of }
            }
            Err(sentence) => TrainReply::Failed { sentence },
        };
        outbox::post(request, Answer::Train(answer));
    }

    async fn measured(&mut self, measuring: &mut Measuring) -> Result<Option<Quality>, String> {
        let Measuring {
            run: number,
            step,
            painter,
            lots,
            comparison,
            ..
        } = measuring;
        let Some(run) = self.runs.get_mut(number) else {
            return Err("The run was put away while it was measured.".into());
        };
        let wrong = |error| format!("The pictures cannot be compared: {error}");
        if let Some(lot) = lots.pop_front() {
            let drawn = read(painter.artist.draw(lot).image).await;
            let drawn = drawn.map_err(|error| error.to_string())?;
            comparison.add_drawn(&drawn).map_err(wrong)?;
            return Ok(None);
        }
        let pictures = run.pictures.as_deref().ok_or(super::run::NO_PICTURES)?;
        for _ in 0..REAL_AT_ONCE {
            if !comparison.add_real(pictures).map_err(wrong)? {
                let quality = comparison.quality(*step).map_err(wrong)?;
                run.record.quality = Some(quality);
                // In its file from now on; what is wrong with keeping it is told by whoever keeps it
                // next.
                let _ = run.keep().await;
                return Ok(Some(told(quality)));
            }
        }
        Ok(None)
    }
}

/// For the page.
pub(super) fn told(quality: saganscope_model::train::Quality) -> Quality {
    Quality {
        step: quality.step,
        pictures: quality.pictures,
        distance: quality.distance,
        of_real: quality.of_real,
    }
}
