//! How each event changes what the page knows of training.

use super::super::curves::tests::reading;
use super::super::form::FormAction;
use super::super::readings::MOST_READINGS;
use super::*;
use crate::protocol::{
    AlbumInfo, Cause, Claim, DeviceInfo, Half, Kept, LiveSettings, Reading, Record, RunInfo,
    Sample, TrainReply, Vital,
};

fn info(step: u64) -> RunInfo {
    RunInfo {
        size: 32,
        z_dim: 32,
        conv_dim: 8,
        energy: "dot".into(),
        batch: 4,
        step,
    }
}

pub(super) fn live() -> LiveSettings {
    LiveSettings {
        generator_rate: 1e-4,
        discriminator_rate: 4e-4,
        discriminator_steps: 1,
    }
}

fn vital(step: u64) -> Vital {
    Vital {
        step,
        values: vec![0.5],
    }
}

pub(super) fn sample(layers: usize) -> Sample {
    Sample {
        size: 2,
        rgba: vec![layers as u8; 16],
        layers: vec![Reading::default(); layers],
    }
}

pub(super) fn ready(step: u64, kept_as: Option<u64>, trouble: Option<&str>) -> TrainReply {
    TrainReply::Ready {
        device: DeviceInfo {
            gpu: false,
            name: "CPU".into(),
            note: None,
        },
        info: info(step),
        from: None,
        settings: live(),
        record: Box::new(Record {
            history: vec![reading(step, 2.0)],
            snapshots: vec![0, 4, 9],
            vital_names: vec!["share.1".into()],
            vitals: vec![vital(step)],
            ..Record::default()
        }),
        trouble: trouble.map(str::to_owned),
        kept_as,
    }
}

pub(super) fn open(step: u64) -> Training {
    let mut training = Training::default();
    training.change(TrainingAction::Opening);
    training.change(TrainingAction::Opened(ready(step, Some(7), None)));
    training
}

fn going(training: &mut Training, reply: TrainReply) {
    training.change(TrainingAction::Going(Which::First, reply));
}

pub(super) fn failed(sentence: &str) -> TrainReply {
    TrainReply::Failed {
        sentence: sentence.into(),
    }
}

pub(super) fn kept(step: u64, trouble: Option<&str>) -> Kept {
    Kept {
        step,
        bytes: 9,
        trouble: trouble.map(str::to_owned),
    }
}

#[test]
fn a_run_goes_on_pauses_and_knows_what_closing_would_lose() {
    let mut training = open(10);
    assert_eq!((training.phase, training.step()), (Phase::Resting, 10));
    assert!(!training.would_lose(), "it was kept when it was opened");
    training.change(TrainingAction::Go(Some(5)));
    assert_eq!(training.phase, Phase::Going(Some(15)));
    going(&mut training, TrainReply::Progress(reading(12, 1.5)));
    assert_eq!((training.step(), training.run.history.len()), (12, 2));
    assert!(training.would_lose());
    going(&mut training, TrainReply::Autosaved(kept(12, None)));
    assert!(!training.would_lose());
    going(
        &mut training,
        TrainReply::Autosaved(kept(12, Some("The disk is full."))),
    );
    assert!(training.would_lose(), "memory goes with the page");
    assert_eq!(training.notice.as_deref(), Some("The disk is full."));
    let cause = Cause::Done;
    going(&mut training, TrainReply::Paused { step: 15, cause });
    assert_eq!((training.phase, training.step()), (Phase::Resting, 15));
}

#[test]
fn a_long_run_keeps_its_first_and_its_newest_readings() {
    let mut training = open(1);
    for step in 2..=5000 {
        going(&mut training, TrainReply::Progress(reading(step, 1.0)));
    }
    let history = &training.run.history;
    assert!(history.len() <= MOST_READINGS && history.len() > MOST_READINGS / 2);
    let ends = (history.first(), history.last());
    let ends = (ends.0.map(|p| p.step), ends.1.map(|p| p.step));
    assert_eq!(ends, (Some(1), Some(5000)));
}

#[test]
fn what_is_looked_back_at_stays_until_the_running_model_is_wanted() {
    let mut training = open(10);
    training.change(TrainingAction::Place(Which::First, 0, sample(1)));
    training.change(TrainingAction::Drawn(Which::First, 10));
    assert!(training.run.drawn_live);
    training.change(TrainingAction::Back(Some(4)));
    assert_eq!(
        (training.run.drawn_at, training.run.drawn_live),
        (Some(10), false)
    );
    // What was under way of the running model comes too late, and so does another snapshot's.
    training.change(TrainingAction::Place(Which::First, 1, sample(1)));
    training.change(TrainingAction::Drawn(Which::First, 11));
    let past = |step, index, layers| TrainingAction::Past {
        which: Which::First,
        step,
        index,
        sample: sample(layers),
    };
    training.change(past(9, 1, 1));
    assert_eq!(
        (
            training.run.pictures.slots[1].is_some(),
            training.run.drawn_at
        ),
        (false, Some(10))
    );
    training.change(past(4, 1, 0));
    training.change(past(4, 0, 1));
    assert!(training.run.pictures.slots[1].is_some());
    assert_eq!(training.run.drawn_at, Some(4));
    // A thumbnail without maps does not take the large picture's place.
    let large = training.run.pictures.chosen_slot().cloned();
    training.change(past(4, 0, 0));
    assert_eq!(training.run.pictures.chosen_slot().cloned(), large);
    training.change(TrainingAction::Play(true));
    training.change(TrainingAction::Back(None));
    assert!(!training.playing && !training.run.drawn_live);
}

#[test]
fn snapshots_and_vitals_are_told_while_a_run_goes_on() {
    let mut training = open(10);
    assert_eq!(
        (training.run.snapshots.len(), training.run.vitals.len()),
        (3, 1)
    );
    let steps = vec![0, 4, 9, 12];
    going(&mut training, TrainReply::Snapshots { steps });
    going(&mut training, TrainReply::Vitals(vital(12)));
    assert_eq!(
        (training.run.snapshots.len(), training.run.vitals.len()),
        (4, 2)
    );
    let cause = Cause::Diverged {
        at: 13,
        sentence: "It diverged.".into(),
    };
    going(&mut training, TrainReply::Paused { step: 10, cause });
    assert_eq!(training.run.vitals.last(), Some(&vital(10)));
    training.change(TrainingAction::PutAway);
    assert_eq!(
        (training.run.snapshots.len(), training.run.vitals.len()),
        (0, 0)
    );
}

#[test]
fn how_it_is_set_and_one_networks_update_are_told() {
    let mut training = open(10);
    let settings = LiveSettings {
        discriminator_steps: 2,
        ..live()
    };
    training.change(TrainingAction::Set(
        Which::First,
        TrainReply::Set { settings },
    ));
    assert_eq!(training.run.settings, Some(settings));
    let sentence = "No run can have it.".to_owned();
    training.change(TrainingAction::Set(
        Which::First,
        TrainReply::Failed { sentence },
    ));
    assert_eq!(training.run.settings, Some(settings), "it is as it was");
    assert_eq!(training.notice.as_deref(), Some("No run can have it."));
    let halved = TrainReply::Halved {
        step: 11,
        loss: 0.5,
    };
    training.change(TrainingAction::Halved(
        Which::First,
        Half::Generator,
        halved,
    ));
    assert_eq!(training.step(), 11);
    assert!(
        training
            .said
            .as_deref()
            .is_some_and(|said| said.contains("0.50"))
    );
    training.change(TrainingAction::Go(Some(1)));
    assert_eq!(training.said, None);
}

#[test]
fn what_a_run_began_with_goes_with_it() {
    let mut training = open(0);
    assert_eq!(training.begun, None);
    let begun = || TrainingAction::Begun(Box::default());
    training.change(begun());
    training.change(TrainingAction::Choose(FormAction::Batch(4)));
    assert_eq!(training.begun, Some(Form::default()));
    assert_ne!(training.begun.as_ref(), Some(&training.form));
    training.change(TrainingAction::PutAway);
    assert_eq!(training.begun, None);
    // Another one, from storage say, began elsewhere.
    training.change(begun());
    training.change(TrainingAction::Opening);
    assert_eq!(training.begun, None);
}

#[test]
fn a_gpu_suggests_more_unless_something_was_chosen() {
    let mut training = Training::default();
    training.suggest_more();
    assert_eq!(training.form, Form::for_gpu());
    let mut chosen = Training::default();
    chosen.change(TrainingAction::Choose(FormAction::Width(8)));
    chosen.suggest_more();
    assert_eq!((chosen.form.width, chosen.form.size), (8, 32));
}

#[test]
fn a_run_that_diverged_is_back_where_it_was_kept() {
    let mut training = open(10);
    training.change(TrainingAction::Go(None));
    for step in [20, 30] {
        going(&mut training, TrainReply::Progress(reading(step, 1.0)));
    }
    let cause = Cause::Diverged {
        at: 31,
        sentence: "It diverged.".into(),
    };
    going(&mut training, TrainReply::Paused { step: 20, cause });
    assert_eq!((training.phase, training.step()), (Phase::Resting, 20));
    assert_eq!(training.run.history.last().map(|p| p.step), Some(20));
    assert_eq!(training.notice.as_deref(), Some("It diverged."));
    assert_eq!(training.run.drawn_at, None);
}

#[test]
fn what_fails_leaves_what_was_there() {
    let mut training = open(10);
    let failed = || TrainReply::Failed {
        sentence: "No.".into(),
    };
    training.change(TrainingAction::Opening);
    training.change(TrainingAction::Opened(failed()));
    assert_eq!((training.phase, training.step()), (Phase::Resting, 10));
    training.change(TrainingAction::Probe(None));
    training.change(TrainingAction::Probe(Some(failed())));
    assert_eq!(training.probe, Probe::None);
    // A run whose going on fails is lost with the engine.
    going(&mut training, failed());
    assert_eq!(
        (training.phase, !training.run.is_open()),
        (Phase::None, true)
    );
    assert_eq!(training.notice.as_deref(), Some("No."));
}

#[test]
fn a_run_whose_engine_stops_can_be_gone_on_with_where_it_was_kept() {
    let mut training = open(10);
    training.change(TrainingAction::Go(None));
    going(&mut training, TrainReply::Progress(reading(12, 1.0)));
    going(&mut training, TrainReply::Autosaved(kept(12, None)));
    going(&mut training, TrainReply::Progress(reading(15, 1.0)));
    training.interrupt();
    // Who waited for it is told too, and has nothing to add.
    let sentence = "The engine stopped.".into();
    going(&mut training, TrainReply::Failed { sentence });
    let interrupted = training.interrupted.clone().expect("it was kept");
    assert_eq!((interrupted.id, interrupted.went_on), (7, true));
    assert_eq!((interrupted.step, interrupted.kept), (15, 12));
    assert_eq!((training.phase, &training.notice), (Phase::None, &None));
    let wanted = |claim, go| {
        let (id, beside) = (7, None);
        TrainingAction::Want(Wanted {
            id,
            claim,
            go,
            beside,
        })
    };
    training.change(wanted(Claim::Keep, true));
    // A second stop, before it was open, leaves the offer.
    training.interrupt();
    assert!(training.interrupted.is_some() && training.wanted.is_none());

    let mut unkept = open(10);
    going(&mut unkept, TrainReply::Autosaved(kept(12, Some("Full."))));
    unkept.interrupt();
    assert_eq!(unkept.interrupted, None);
    assert!(
        unkept
            .notice
            .is_some_and(|notice| notice.contains("step 10"))
    );
}

#[test]
fn what_another_tab_keeps_is_watched_and_not_lost() {
    let mut training = open(10);
    going(&mut training, TrainReply::Progress(reading(12, 1.0)));
    training.change(TrainingAction::HandedOver(Which::First));
    assert_eq!((training.phase, training.run.kept_as), (Phase::None, None));
    assert!(training.notice.as_ref().is_some_and(|n| n.contains("12")));
    // As where its pictures are not in this tab.
    let trouble = Some("Its pictures are not here.");
    let ready = |step| TrainingAction::Opened(ready(step, None, trouble));
    let wanted = |claim| {
        let (id, go, beside) = (7, false, None);
        TrainingAction::Want(Wanted {
            id,
            claim,
            go,
            beside,
        })
    };
    for step in [12, 20] {
        training.change(wanted(Claim::Look));
        training.change(ready(step));
        training.change(TrainingAction::Drawn(Which::First, step));
        assert_eq!(training.watched, Some(7));
        assert!(!training.would_lose());
    }
    // While it comes anew, what it drew before stays.
    training.change(wanted(Claim::Look));
    training.change(ready(30));
    assert_eq!(training.run.drawn_at, Some(20));
    training.change(wanted(Claim::TakeOver));
    training.change(ready(30));
    assert_eq!((training.watched, training.run.drawn_at), (None, None));
}

#[test]
fn own_pictures_must_be_there_in_the_size_of_the_run() {
    let mut training = Training::default();
    assert!(training.can_begin());
    let own = FormAction::From(PictureSource::Own(OWN_ALBUM));
    training.change(TrainingAction::Choose(own));
    assert!(!training.can_begin());
    training.change(TrainingAction::Album(TrainReply::Gathering {
        done: 1,
        of: 2,
    }));
    assert!(!training.can_begin());
    training.change(TrainingAction::Album(TrainReply::Gathered(AlbumInfo {
        count: 5,
        unreadable: Vec::new(),
        size: 32,
        shown: 2,
        rgba: vec![7; 2 * 4 * 32 * 32],
    })));
    assert!(training.can_begin());
    let Album::Made { sheet, count, .. } = &training.album else {
        panic!("{:?}", training.album);
    };
    assert_eq!((sheet.len(), *count), (2, 5));
    training.change(TrainingAction::Choose(FormAction::Size(64)));
    assert!(!training.can_begin());
}
