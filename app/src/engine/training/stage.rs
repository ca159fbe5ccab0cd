//! How far the opening of a run is.

use super::super::outbox;
use crate::protocol::{Answer, TrainReply, TrainingStage};

/// Tells the page, and lets the message leave before the thread is busy.
pub(super) async fn stage(request: u32, stage: TrainingStage) {
    outbox::tell(request, Answer::Train(TrainReply::Stage(stage))).await;
}
