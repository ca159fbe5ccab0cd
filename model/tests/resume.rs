//! A resumed run equals an uninterrupted one, bit for bit, on the CPU.
#![allow(clippy::unwrap_used)]

use burn::tensor::Device;
use pollster::block_on;
use saganscope_model::{
    checkpoint::{Checkpoint, CheckpointError, Dtype, Precision, RawTensor},
    config::{CoolDown, Energy, Noise, Region, SaganConfig, Setting},
    data::{Butterflies, batch},
    train::{TrainConfig, Trainer},
};

fn steps(trainer: &mut Trainer, count: usize) {
    for _ in 0..count {
        let seed = trainer.settings.seed;
        let real = batch(
            &Butterflies { seed },
            trainer.step(),
            trainer.settings.batch,
            trainer.config.size,
        );
        trainer.train_step(real);
    }
}

fn file(trainer: &Trainer) -> Vec<u8> {
    block_on(trainer.checkpoint())
        .unwrap()
        .to_bytes(Precision::F32)
        .unwrap()
}

fn plain(energy: Energy) -> SaganConfig {
    SaganConfig {
        energy,
        ..SaganConfig::sized(32, 8, 16)
    }
}

#[test]
fn a_resumed_run_equals_an_uninterrupted_one() {
    let device = Device::flex();
    let full = SaganConfig {
        query_width: Some(16),
        place: true,
        noise: vec![Noise {
            side: 8,
            channels: 2,
            region: Region::Left,
        }],
        smooth_keys: true,
        minibatch_deviation: true,
        equal_phase_sums: true,
        ..plain(Energy::Centred)
    };
    let energies = Energy::ALL.into_iter().map(plain);
    for config in energies.chain([full]) {
        let what = format!("{config:?}");
        let settings = TrainConfig {
            diff_augment: config.minibatch_deviation,
            ..TrainConfig::new(2, 5)
        };
        let mut whole = Trainer::new(config.clone(), settings.clone(), &device);
        steps(&mut whole, 4);

        let mut first = Trainer::new(config, settings, &device);
        steps(&mut first, 2);
        let checkpoint = Checkpoint::from_bytes(&file(&first)).unwrap();
        let mut second = Trainer::resume(&checkpoint, &device).unwrap();
        steps(&mut second, 2);

        assert_eq!(second.step(), 4);
        assert!(file(&second) == file(&whole), "{what}");
        assert!(file(&first) != file(&whole));
    }
}

/// As a run that goes on does steps: batches by the discriminator's updates.
fn learn(trainer: &mut Trainer, count: usize) {
    for _ in 0..count {
        let (seed, pictures) = (trainer.settings.seed, trainer.settings.batch);
        let size = trainer.config.size;
        trainer.learn(|index| batch(&Butterflies { seed }, index, pictures, size));
    }
}

#[test]
fn with_more_discriminator_steps_and_changed_rates_too() {
    let device = Device::flex();
    let settings = TrainConfig {
        discriminator_steps: 3,
        ..TrainConfig::new(2, 5)
    };
    let begun = || Trainer::new(plain(Energy::Dot), settings.clone(), &device);
    let change = |trainer: &mut Trainer| {
        trainer.set(Setting::GeneratorRate, 3e-4).unwrap();
        trainer.set(Setting::DiscriminatorSteps, 2.0).unwrap();
        assert!(trainer.set(Setting::DiscriminatorRate, -1.0).is_err());
        // What it is already is no change.
        trainer.set(Setting::DiscriminatorRate, 4e-4).unwrap();
    };
    let mut whole = begun();
    learn(&mut whole, 2);
    assert_eq!((whole.updates.discriminator, whole.step()), (6, 2));
    change(&mut whole);
    learn(&mut whole, 2);
    assert_eq!((whole.updates.discriminator, whole.step()), (10, 4));

    let mut first = begun();
    learn(&mut first, 2);
    change(&mut first);
    learn(&mut first, 1);
    let checkpoint = Checkpoint::from_bytes(&file(&first)).unwrap();
    let changes = &checkpoint.header.changes;
    let told: Vec<_> = changes.iter().map(|c| (c.setting.as_str(), c.to)).collect();
    assert_eq!(
        told,
        [("generator.rate", 3e-4), ("discriminator_steps", 2.0)]
    );
    assert_eq!((changes[0].after.generator, changes[0].from), (2, 1e-4));
    let mut second = Trainer::resume(&checkpoint, &device).unwrap();
    learn(&mut second, 1);
    assert!(file(&second) == file(&whole));

    let mut unchanged = begun();
    learn(&mut unchanged, 4);
    assert!(file(&unchanged) != file(&whole));
}

#[test]
fn a_run_whose_rates_have_fallen_wakes_and_no_other_does() {
    let device = Device::flex();
    let settings = TrainConfig {
        cool_down: Some(CoolDown { from: 1, to: 2 }),
        ..TrainConfig::new(2, 5)
    };
    let mut trainer = Trainer::new(plain(Energy::Dot), settings, &device);
    learn(&mut trainer, 1);
    trainer.wake();
    assert!(trainer.settings.cool_down.is_some(), "it is not over yet");
    learn(&mut trainer, 1);
    let generator = |trainer: &Trainer| {
        let bytes = file(trainer);
        let mut tensors = Checkpoint::from_bytes(&bytes).unwrap().tensors;
        tensors.retain(|name, _| name.ends_with(".gamma") && name.starts_with("generator."));
        assert!(!tensors.is_empty());
        tensors
    };
    let before = generator(&trainer);
    learn(&mut trainer, 1);
    assert_eq!(generator(&trainer), before);
    trainer.wake();
    learn(&mut trainer, 1);
    assert_ne!(generator(&trainer), before);
}

#[test]
fn a_step_is_the_discriminators_updates_and_then_the_generators() {
    let settings = TrainConfig {
        discriminator_steps: 2,
        ..TrainConfig::new(2, 5)
    };
    let begun = || Trainer::new(plain(Energy::Dot), settings.clone(), &Device::flex());
    let mut whole = begun();
    learn(&mut whole, 1);
    let mut halves = begun();
    for _ in 0..2 {
        halves.learn_discriminator(|index| batch(&Butterflies { seed: 5 }, index, 2, 32));
    }
    let before = file(&halves);
    halves.learn_generator();
    assert!(file(&halves) == file(&whole));
    assert!(before != file(&whole));
}

#[test]
fn a_generator_alone_cannot_be_resumed() {
    let config = plain(Energy::Dot);
    let trainer = Trainer::new(config, TrainConfig::new(2, 5), &Device::flex());
    let run = block_on(trainer.checkpoint()).unwrap();
    let mut without_settings = run.clone();
    without_settings.header.training = None;
    let mut without_discriminator = run;
    without_discriminator
        .tensors
        .retain(|name, _| name.starts_with("generator."));
    for checkpoint in [without_settings, without_discriminator] {
        assert!(matches!(
            Trainer::resume(&checkpoint, &Device::flex()),
            Err(CheckpointError::NotResumable)
        ));
    }
}

/// A run's file with one tensor changed.
fn spoilt(run: &Checkpoint, change: impl Fn(&mut Checkpoint)) -> CheckpointError {
    let mut spoilt = run.clone();
    change(&mut spoilt);
    let resumed = Trainer::resume(&spoilt, &Device::flex()).map(|_| ());
    let bytes = spoilt.to_bytes(Precision::F32).unwrap();
    // As a file it is refused before its weights are read, and in memory before a network is made.
    assert_eq!(Checkpoint::from_bytes(&bytes).map(|_| ()), resumed);
    resumed.unwrap_err()
}

#[test]
fn a_run_whose_parts_do_not_fit_is_refused_by_name() {
    let mut trainer = Trainer::new(plain(Energy::Dot), TrainConfig::new(2, 5), &Device::flex());
    steps(&mut trainer, 1);
    let run = block_on(trainer.checkpoint()).unwrap();
    let moment = "adam.generator.first.stages.1.weight";
    assert!(run.tensors.contains_key(moment));

    let error = spoilt(&run, |c| {
        let tensor = c.tensors.get_mut(moment).unwrap();
        tensor.values.pop();
        tensor.shape = vec![tensor.values.len()];
    });
    assert!(error.to_string().contains(moment), "{error}");

    let error = spoilt(&run, |c| {
        c.tensors.remove("adam.generator.second.stages.1.weight");
    });
    assert!(
        error.to_string().contains("second.stages.1.weight"),
        "{error}"
    );

    let error = spoilt(&run, |c| {
        let tensor = c.tensors["generator.last_bias"].clone();
        c.tensors.insert("generator.global.bias".into(), tensor);
    });
    assert_eq!(
        error,
        CheckpointError::UnknownTensor("generator.global.bias".into())
    );

    let error = spoilt(&run, |c| {
        c.tensors.remove("discriminator.last_weight");
    });
    assert!(
        error.to_string().contains("discriminator.last_weight"),
        "{error}"
    );
}

#[test]
fn a_header_that_promises_too_much_is_refused_before_anything_is_made() {
    let trainer = Trainer::new(plain(Energy::Dot), TrainConfig::new(2, 5), &Device::flex());
    let mut run = block_on(trainer.checkpoint()).unwrap();
    run.header.config = SaganConfig::sized(128, 512, 16);
    let resumed = Trainer::resume(&run, &Device::flex()).map(|_| ());
    assert!(matches!(resumed, Err(CheckpointError::TooLarge { .. })));
    run.header.config = SaganConfig::sized(128, 256, 16);
    let resumed = Trainer::resume(&run, &Device::flex()).map(|_| ());
    assert!(matches!(resumed, Err(CheckpointError::Parameter(_))));
}

#[test]
fn history_and_snapshots_of_any_type_are_carried_along() {
    let trainer = Trainer::new(plain(Energy::Dot), TrainConfig::new(2, 5), &Device::flex());
    let mut run = block_on(trainer.checkpoint()).unwrap();
    let raw = |dtype, shape: &[usize], bytes: usize| RawTensor {
        dtype,
        shape: shape.to_vec(),
        bytes: (0..bytes).map(|i| i as u8).collect(),
    };
    run.carried
        .insert("history.step".into(), raw(Dtype::U64, &[3], 24));
    run.carried
        .insert("snapshots.10.last_bias".into(), raw(Dtype::F16, &[3], 6));
    let bytes = run.to_bytes(Precision::F32).unwrap();
    assert_eq!(Checkpoint::from_bytes(&bytes).unwrap(), run);
}

#[test]
fn the_shipped_checkpoint_of_format_1_opens() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../www/checkpoints/butterflies.safetensors"
    );
    let checkpoint = Checkpoint::from_bytes(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(checkpoint.header.step(), Some(4000));
    let gamma = &checkpoint.tensors["generator.attention.1.gamma"].values;
    assert!((gamma[0] + 0.202).abs() < 1e-3, "{gamma:?}");
}

#[test]
fn a_number_beyond_16_bits_is_not_written_as_infinity() {
    let trainer = Trainer::new(plain(Energy::Dot), TrainConfig::new(2, 5), &Device::flex());
    let mut run = block_on(trainer.checkpoint()).unwrap();
    let name = "generator.last_bias";
    for (value, fits) in [(65504.0, true), (7e4, false)] {
        run.tensors.get_mut(name).unwrap().values[1] = value;
        assert!(run.to_bytes(Precision::F32).is_ok());
        let half = run.to_bytes(Precision::F16);
        match half {
            Ok(bytes) => assert!(fits && Checkpoint::from_bytes(&bytes).is_ok()),
            Err(error) => {
                assert!(!fits);
                assert_eq!(error, CheckpointError::TooLargeForF16(name.into()));
            }
        }
    }
}
