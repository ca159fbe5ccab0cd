//! How each event changes what the page knows of two runs beside each other.

use super::super::rival::RivalAction;
use super::tests::{failed, kept, live, open, ready, sample};
use super::*;
use crate::page::training::curves::tests::reading;
use crate::protocol::{Cause, Claim, Half, LiveSettings, TrainReply, Vital};

fn rival(action: RivalAction) -> TrainingAction {
    TrainingAction::Rival(action)
}

fn second(training: &mut Training, reply: TrainReply) {
    training.change(TrainingAction::Going(Which::Second, reply));
}

fn names() -> [String; 2] {
    ["plain", "centred"].map(str::to_owned)
}

/// Two runs, kept as 7 and 8.
fn pair(step: u64) -> Training {
    let mut training = Training::default();
    training.change(TrainingAction::Opening);
    training.change(rival(RivalAction::Opening(names())));
    training.change(TrainingAction::Opened(ready(step, Some(7), None)));
    training.change(rival(RivalAction::Opened(ready(step, Some(8), None))));
    training
}

fn run(training: &Training) -> &Run {
    training.open(Which::Second).expect("there is a second run")
}

#[test]
fn they_rest_once_both_are_open_or_the_second_failed() {
    let mut training = open(10);
    training.choose(5);
    assert_eq!(training.phase, Phase::Resting);
    training.change(TrainingAction::Opening);
    training.change(rival(RivalAction::Opening(names())));
    training.change(TrainingAction::Opened(ready(10, Some(7), None)));
    assert!(matches!(training.phase, Phase::Opening(_)));
    assert!(training.open(Which::Second).is_none());
    let mut without = training.clone();
    training.change(rival(RivalAction::Opened(ready(10, Some(8), None))));
    assert_eq!(training.phase, Phase::Resting);
    assert_eq!(run(&training).pictures.chosen, 5, "as of the first");
    without.change(rival(RivalAction::Opened(failed("No room."))));
    assert_eq!(
        (without.phase, without.rival.is_none()),
        (Phase::Resting, true)
    );
    assert!(
        without
            .notice
            .is_some_and(|notice| notice.ends_with("No room."))
    );
}

#[test]
fn they_are_chosen_from_together_and_the_end_of_one_leaves_the_other() {
    let mut training = open(10);
    training.change(rival(RivalAction::LookAt(true)));
    assert_eq!(training.rival, None);
    let mut training = pair(10);
    training.change(TrainingAction::Place(Which::Second, 3, sample(1)));
    training.choose(3);
    assert!(
        training.shown().chosen_slot().is_none(),
        "the first has drawn none"
    );
    training.change(rival(RivalAction::LookAt(true)));
    assert!(training.shown().chosen_slot().is_some());
    assert_eq!(training.looked_at(), Which::Second);
    training.change(TrainingAction::Back(Some(4)));
    training.change(TrainingAction::Drawn(Which::Second, 10));
    let past = |step| TrainingAction::Past {
        which: Which::Second,
        step,
        index: 3,
        sample: sample(1),
    };
    training.change(past(9));
    assert_eq!(run(&training).drawn_at, None);
    training.change(past(4));
    assert_eq!(run(&training).drawn_at, Some(4));
    assert_eq!(training.run.drawn_at, None, "the first has not drawn");
    second(&mut training, failed("It is gone."));
    assert_eq!((training.rival.is_none(), training.step()), (true, 10));
    assert!(
        training
            .notice
            .is_some_and(|notice| notice.ends_with("It is gone."))
    );
}

#[test]
fn the_second_is_told_of_as_the_first_is_and_may_diverge_alone() {
    let mut training = pair(2);
    training.change(TrainingAction::Go(None));
    for reply in [
        TrainReply::Progress(reading(3, 1.0)),
        TrainReply::Vitals(Vital {
            step: 3,
            values: vec![0.5],
        }),
        TrainReply::Snapshots { steps: vec![0, 3] },
    ] {
        second(&mut training, reply);
    }
    let one = run(&training);
    assert_eq!((one.step(), one.history.len(), one.vitals.len()), (3, 2, 2));
    assert_eq!((one.snapshots.len(), training.step()), (2, 2));
    let cause = Cause::Diverged {
        at: 4,
        sentence: "It diverged.".into(),
    };
    second(&mut training, TrainReply::Paused { step: 2, cause });
    assert_eq!(
        run(&training).history.last().map(|point| point.step),
        Some(2)
    );
    assert_eq!(
        training.notice.as_deref(),
        Some("Of the second run: It diverged.")
    );
    assert!(training.goes_on(), "the first tells of itself");
}

#[test]
fn what_is_not_kept_of_either_would_be_lost() {
    let mut training = pair(10);
    assert!(!training.would_lose());
    second(&mut training, TrainReply::Progress(reading(11, 1.0)));
    assert!(training.would_lose());
    second(&mut training, TrainReply::Autosaved(kept(11, None)));
    assert!(!training.would_lose());
    second(
        &mut training,
        TrainReply::Autosaved(kept(11, Some("The disk is full."))),
    );
    assert!(training.would_lose());
    let first = TrainReply::Kept(kept(10, None));
    training.change(TrainingAction::Kept(Which::First, first));
    assert_eq!(training.notice.as_deref(), Some("The disk is full."));
}

#[test]
fn both_are_set_alike_and_updated_alike() {
    let mut training = pair(10);
    let settings = LiveSettings {
        discriminator_steps: 2,
        ..live()
    };
    let set = TrainReply::Set { settings };
    training.change(TrainingAction::Set(Which::Second, set));
    assert_eq!(run(&training).settings, Some(settings));
    assert_eq!(training.run.settings, Some(live()));
    let halved = TrainReply::Halved {
        step: 11,
        loss: 0.5,
    };
    training.change(TrainingAction::Halved(
        Which::Second,
        Half::Generator,
        halved,
    ));
    assert_eq!((run(&training).step(), training.step()), (11, 10));
    assert_eq!(training.said, None, "what is said is of the first");
}

#[test]
fn both_come_back_after_the_engine_stopped() {
    let mut training = pair(10);
    training.change(TrainingAction::Go(None));
    training.interrupt();
    let interrupted = training.interrupted.clone().expect("it was kept");
    let beside = Beside {
        id: 8,
        names: names(),
    };
    assert_eq!(interrupted.beside.as_ref(), Some(&beside));
    training.change(TrainingAction::Want(Wanted {
        id: interrupted.id,
        claim: Claim::Keep,
        go: interrupted.went_on,
        beside: interrupted.beside,
    }));
    assert_eq!(
        training.rival.as_ref().map(|rival| rival.names.clone()),
        Some(names())
    );
    training.change(TrainingAction::Opened(ready(10, Some(7), None)));
    assert!(
        matches!(training.phase, Phase::Opening(_)),
        "the second is on its way"
    );
    training.change(rival(RivalAction::Opened(ready(10, Some(8), None))));
    assert_eq!(training.phase, Phase::Resting);

    // Of one that was in memory alone nothing can come back.
    let mut training = pair(10);
    second(
        &mut training,
        TrainReply::Autosaved(kept(10, Some("Full."))),
    );
    training.interrupt();
    assert!(training.interrupted.is_some_and(|one| one.beside.is_none()));
}

#[test]
fn another_tab_takes_both_or_the_second_alone() {
    let mut training = pair(10);
    training.change(TrainingAction::HandedOver(Which::Second));
    assert_eq!((training.rival.is_none(), training.step()), (true, 10));
    assert!(
        training
            .notice
            .is_some_and(|notice| notice.contains("second run over, at step 10"))
    );
    let mut training = pair(10);
    training.change(TrainingAction::HandedOver(Which::First));
    assert_eq!(
        (training.rival.is_none(), training.phase),
        (true, Phase::None)
    );
}
