//! A resumed run equals an uninterrupted one, bit for bit, on the CPU.
#![allow(clippy::unwrap_used)]

use burn::tensor::Device;
use pollster::block_on;
use saganscope_model::{
    checkpoint::{Checkpoint, CheckpointError, Precision},
    config::{Energy, SaganConfig},
    data::{Butterflies, batch},
    train::{TrainConfig, Trainer},
};

fn steps(trainer: &mut Trainer, count: usize) {
    for _ in 0..count {
        let seed = trainer.settings.seed;
        let real = batch(
            &Butterflies { seed },
            trainer.step,
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

#[test]
fn a_resumed_run_equals_an_uninterrupted_one() {
    let device = Device::flex();
    for energy in [Energy::Dot, Energy::Spectral, Energy::Cosine] {
        let config = SaganConfig {
            size: 32,
            z_dim: 16,
            conv_dim: 8,
            energy,
        };
        let mut whole = Trainer::new(config.clone(), TrainConfig::new(2, 5), &device);
        steps(&mut whole, 4);

        let mut first = Trainer::new(config, TrainConfig::new(2, 5), &device);
        steps(&mut first, 2);
        let checkpoint = Checkpoint::from_bytes(&file(&first)).unwrap();
        let mut second = Trainer::resume(&checkpoint, &device).unwrap();
        steps(&mut second, 2);

        assert_eq!(second.step, 4);
        assert!(file(&second) == file(&whole), "{energy:?}");
        assert!(file(&first) != file(&whole));
    }
}

#[test]
fn a_generator_alone_cannot_be_resumed() {
    let config = SaganConfig {
        size: 32,
        ..SaganConfig::new(8, 16)
    };
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
