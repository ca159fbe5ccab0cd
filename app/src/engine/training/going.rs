//! Runs that go on: a step each in turn, until there is a reason to stop.

use super::{
    super::outbox,
    Training,
    run::{Going, NO_PICTURES, Run, Stop},
};
use crate::protocol::{Answer, Cause, TrainReply};

impl Training {
    /// Whether a run goes on.
    pub(in super::super) fn is_going(&self) -> bool {
        self.runs.values().any(|run| run.going.is_some())
    }

    pub(super) async fn set_going(
        &mut self,
        request: u32,
        number: u32,
        steps: Option<u64>,
    ) -> Result<(), String> {
        let run = self.run(number)?;
        if run.pictures.is_none() {
            return Err(NO_PICTURES.into());
        }
        run.trainer.wake();
        let until = steps.map(|steps| run.trainer.step().saturating_add(steps));
        if let Some(older) = run.going.replace(Going::new(request, until)) {
            let (step, cause) = (run.trainer.step(), Cause::Asked);
            outbox::post(
                older.request,
                Answer::Train(TrainReply::Paused { step, cause }),
            );
        }
        Ok(())
    }

    /// Does one step of the run whose turn it is.
    pub(in super::super) async fn go_on(&mut self) {
        let going = |(number, run): (&u32, &Run)| run.going.is_some().then_some(*number);
        let next = self.runs.range(self.last + 1..).find_map(going);
        let Some(number) = next.or_else(|| self.runs.iter().find_map(going)) else {
            return;
        };
        self.last = number;
        let Some(run) = self.runs.get_mut(&number) else {
            return;
        };
        match run.go_on().await {
            Ok(()) => {}
            Err(Stop::Done) => self.rest(number, Cause::Done).await,
            Err(stop @ Stop::Diverged(_)) => self.fall_back(0, number, &stop).await,
            Err(stop @ Stop::Failed(_)) => {
                let sentence = stop.sentence(run.trainer.step());
                if let Some(going) = run.going.take() {
                    let failed = TrainReply::Failed { sentence };
                    outbox::post(going.request, Answer::Train(failed));
                }
            }
        }
    }

    /// Ends the request by which a run goes on, and keeps the run.
    pub(super) async fn rest(&mut self, number: u32, cause: Cause) {
        let Some(run) = self.runs.get_mut(&number) else {
            return;
        };
        let Some(Going { request, .. }) = run.going else {
            return;
        };
        match run.keep().await {
            Ok(None) => {}
            Ok(Some(kept)) => outbox::post(request, Answer::Train(TrainReply::Autosaved(kept))),
            Err(stop @ Stop::Diverged(_)) => return self.fall_back(0, number, &stop).await,
            // It is told by whoever asks for the run next; it can still be handed back.
            Err(_) => {}
        }
        run.going = None;
        let step = run.trainer.step();
        outbox::post(request, Answer::Train(TrainReply::Paused { step, cause }));
    }

    /// Puts a run that diverged back to what was kept of it, or closes it. Who asked it to go on is
    /// told; of a run that rested, who made the request by which it was found out.
    pub(super) async fn fall_back(&mut self, found_by: u32, number: u32, stop: &Stop) {
        self.end_measuring(number, "The run diverged while it was measured.");
        let Some(run) = self.runs.get_mut(&number) else {
            return;
        };
        let at = run.trainer.step();
        let what = stop.sentence(at);
        let request = run.going.take().map_or(found_by, |going| going.request);
        let kept = match &run.keeper {
            Some(keeper) => keeper.last().await,
            None => None,
        };
        let back = kept.map(|file| run.go_back(&file));
        let reply = match back {
            Some(Ok(())) => {
                let step = run.trainer.step();
                let steps = run.record.snapshots.steps().collect();
                outbox::post(request, Answer::Train(TrainReply::Snapshots { steps }));
                let sentence = format!(
                    "{what} It is back at step {step}, which was kept. The same step would come again: begin anew with lower learning rates, a larger batch, or spectral norm on both networks."
                );
                let cause = Cause::Diverged { at, sentence };
                TrainReply::Paused { step, cause }
            }
            _ => {
                // Nothing can be done with its weights any more, and no file of them be opened.
                self.runs.remove(&number);
                let sentence = format!(
                    "{what} Nothing was kept of it, so it was closed. Open the last file that was saved of it, and train it with lower learning rates."
                );
                TrainReply::Failed { sentence }
            }
        };
        outbox::post(request, Answer::Train(reply));
    }
}
