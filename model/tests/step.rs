//! What a step of training does beside the arithmetic that PyTorch's numbers show: its own latents,
//! the average, falling rates, statistics of the right pictures, and no work for a frozen network.
#![allow(clippy::unwrap_used)]

use burn::tensor::{Device, Tensor, TensorData};
use pollster::block_on;
use saganscope_distance::absolute;
use saganscope_model::{
    checkpoint::Checkpoint,
    config::{CoolDown, Energy, Noise, Region, SaganConfig, SpectralNorms},
    data::{Butterflies, batch},
    generator::{Generator, GeneratorInput, Mode},
    host::HostTensors,
    latents::{Inputs, Purpose, stream},
    parameters::{host_tensors, load},
    train::{TrainConfig, Trainer},
};

const SEED: u64 = 5;
const BATCH: usize = 2;

fn plain() -> SaganConfig {
    SaganConfig::sized(32, 8, 16)
}

/// Noise and minibatch deviation, which have randomness and statistics of their own.
fn full() -> SaganConfig {
    SaganConfig {
        energy: Energy::Centred,
        noise: vec![Noise {
            side: 8,
            channels: 2,
            region: Region::Left,
        }],
        minibatch_deviation: true,
        ..plain()
    }
}

fn trainer(config: SaganConfig) -> Trainer {
    Trainer::new(config, TrainConfig::new(BATCH, SEED), &Device::flex())
}

fn real(step: u64) -> Vec<f32> {
    batch(&Butterflies { seed: SEED }, step, BATCH, 32)
}

fn upload(real: Vec<f32>, device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(real, [BATCH, 3, 32, 32]), device)
}

fn inputs(config: &SaganConfig, purposes: [Purpose; 2], index: u64) -> GeneratorInput {
    let device = Device::flex().autodiff();
    Inputs::of_stream(config, SEED, purposes, index, BATCH).upload(config, &device)
}

fn run(trainer: &Trainer) -> Checkpoint {
    block_on(trainer.checkpoint()).unwrap()
}

#[test]
fn each_half_of_each_step_has_latents_and_noise_of_its_own() {
    use Purpose::{DiscriminatorNoise, DiscriminatorStep, GeneratorNoise, GeneratorStep};
    let (mut own, mut given) = (trainer(full()), trainer(full()));
    for step in 0..3 {
        own.train_step(real(step));
        given.update(
            upload(real(step), &Device::flex().autodiff()),
            inputs(&full(), [DiscriminatorStep, DiscriminatorNoise], step),
            inputs(&full(), [GeneratorStep, GeneratorNoise], step),
        );
    }
    assert_eq!(own.step(), 3);
    assert_eq!(run(&own), run(&given));
}

fn is_singular(name: &str) -> bool {
    name.contains(".sigma.")
}

/// average ← decay · average + (1 − decay) · generator, singular vectors apart.
fn follow(average: &mut HostTensors, generator: &HostTensors, decay: f64) {
    for (name, tensor) in average {
        let new = generator[name].values.iter();
        for (value, &new) in tensor.values.iter_mut().zip(new) {
            let blended = decay * f64::from(*value) + (1.0 - decay) * f64::from(new);
            *value = if is_singular(name) {
                new
            } else {
                blended as f32
            };
        }
    }
}

/// With a long half-life the average is young and forgets faster than that; with a short one not.
#[test]
fn the_average_follows_the_generator() {
    let young = [1.0 / 10.0, 2.0 / 11.0, 3.0 / 12.0];
    // 2 pictures a step, of which a half of one halves what is kept.
    for (half_life, decays) in [(1e6, young), (0.5, [0.5f64.powi(4); 3])] {
        let mut trainer = trainer(full());
        trainer.settings.average_half_life = Some(half_life);
        let mut wanted = block_on(host_tensors(&trainer.average)).unwrap();
        for (step, decay) in (0..3).zip(decays) {
            trainer.train_step(real(step));
            let generator = block_on(host_tensors(&trainer.generator)).unwrap();
            follow(&mut wanted, &generator, decay);
            let average = block_on(host_tensors(&trainer.average)).unwrap();
            assert_eq!(average.len(), wanted.len());
            for (name, tensor) in &average {
                let what = format!("{name} after step {step}");
                absolute(&tensor.values, &wanted[name].values).within(1e-6, &what);
            }
            assert_ne!(average, generator);
        }
    }
}

#[test]
fn with_a_rate_of_zero_only_states_move() {
    let mut trainer = trainer(full());
    // The first step has the full rate, the second none.
    trainer.settings.cool_down = Some(CoolDown { from: 0, to: 1 });
    trainer.train_step(real(0));
    let before = run(&trainer).tensors;
    trainer.train_step(real(1));
    let mut compared = 0;
    for (name, tensor) in run(&trainer).tensors {
        let network = ["generator.", "discriminator."];
        if network.iter().any(|network| name.starts_with(network)) {
            let state = is_singular(&name) || name.contains("running");
            assert_eq!(tensor == before[&name], !state, "{name}");
            compared += 1;
        }
    }
    assert!(compared > 50, "both networks are compared");
}

/// What the discriminator is told of a batch's deviation is averaged over real pictures alone: fakes
/// of other latents leave it as it is, other pictures do not.
#[test]
fn the_mean_deviation_is_that_of_real_pictures() {
    let after = |pictures: u64, latents: u64| {
        let mut trainer = trainer(full());
        let purposes = [Purpose::DiscriminatorStep, Purpose::DiscriminatorNoise];
        trainer.update_discriminator(
            upload(real(pictures), &Device::flex().autodiff()),
            inputs(&full(), purposes, latents),
        );
        let tensors = run(&trainer).tensors;
        tensors["discriminator.deviation.running"].values.clone()
    };
    let first = after(0, 0);
    assert!(first[0] > 0.0);
    assert_eq!(after(0, 1), first);
    assert_ne!(after(1, 0), first);
}

/// The running statistics of a measured generator are the mean over the batches that it saw.
#[test]
fn measured_statistics_are_a_mean_over_batches() {
    // Without power iterations a forward pass changes nothing but the statistics.
    let config = SaganConfig {
        spectral_norm: SpectralNorms::Discriminator,
        ..plain()
    };
    let device = Device::flex();
    let fresh = || Generator::init(&config, &mut stream(SEED, Purpose::Weights, 0), &device);
    let weights = block_on(host_tensors(&fresh())).unwrap();
    let measured = |batches: &[u64]| {
        let generator = load(fresh(), &weights, "").unwrap();
        for (number, &index) in (0..).zip(batches) {
            let purposes = [Purpose::Statistics, Purpose::StatisticsNoise];
            let input = Inputs::of_stream(&config, SEED, purposes, index, 4);
            let mode = Mode::Measure { batch: number };
            generator.forward(input.upload(&config, &device), mode);
        }
        block_on(host_tensors(&generator)).unwrap()
    };
    let alone = [0, 1, 2].map(|index| measured(&[index]));
    let together = measured(&[0, 1, 2]);
    let mut compared = 0;
    for (name, tensor) in &together {
        if !name.contains("running") {
            assert_eq!(tensor, &weights[name], "{name}");
            continue;
        }
        let mean: Vec<f32> = (0..tensor.values.len())
            .map(|i| alone.iter().map(|one| one[name].values[i]).sum::<f32>() / 3.0)
            .collect();
        absolute(&tensor.values, &mean).within(1e-5, name);
        assert_ne!(tensor.values, alone[2][name].values);
        compared += 1;
    }
    assert_eq!(compared, 2 * config.stages());
}

/// The same numbers come out where a frozen network is not frozen, after much more work.
#[cfg(feature = "gpu")]
#[test]
fn a_frozen_network_gets_no_gradient() {
    use saganscope_model::{
        loss::{discriminator_loss, generator_loss},
        minibatch_deviation::Deviation,
    };
    use saganscope_shaders::watch;

    let plain_device = Device::wgpu_options().init().unwrap();
    let device = plain_device.clone().autodiff();
    let settings = TrainConfig::new(BATCH, SEED);
    let mut trainer = Trainer::new(plain(), settings, &plain_device);
    let z = || Tensor::<2>::ones([BATCH, 16], &device);
    let pictures = upload(real(0), &device);
    let launches = |work: &mut dyn FnMut()| watch::usage(&plain_device, work).unwrap().dispatches;

    // The first updates make the moments.
    trainer.update(pictures.clone(), z(), z());
    let judge = |trainer: &Trainer, pictures| {
        let judge = trainer.discriminator.clone();
        judge.forward(pictures, Deviation::OfBatch).score
    };
    // Where the graph reaches through both networks.
    let through = launches(&mut || {
        let fake = trainer.generator.forward(z(), Mode::Train).image;
        let loss = generator_loss(judge(&trainer, fake));
        loss.backward();
    });
    let discriminator = launches(&mut || {
        let fake = trainer.generator.forward(z(), Mode::Train).image;
        let scores = [pictures.clone(), fake.detach()].map(|x| judge(&trainer, x));
        let [real, fake] = scores;
        discriminator_loss(real, fake).backward();
    });
    let updates = |network: usize| network as u64;
    let [of_g, of_d] = [
        block_on(host_tensors(&trainer.generator)).unwrap(),
        block_on(host_tensors(&trainer.discriminator)).unwrap(),
    ]
    .map(|tensors| {
        let learns = |name: &&String| !is_singular(name) && !name.contains("running");
        updates(tensors.keys().filter(learns).count())
    });
    let step_of_d = launches(&mut || {
        trainer.update_discriminator(pictures.clone(), z());
    });
    let step_of_g = launches(&mut || {
        trainer.update_generator(z());
    });
    println!("D: {step_of_d} launches, {discriminator} + {of_d} without the generator's gradient");
    println!("G: {step_of_g} launches, {through} + {of_g} with the discriminator's gradient");
    assert!(step_of_d <= discriminator + of_d);
    assert!(step_of_g < through + of_g);
}

/// Real pictures, drawn ones, and those that the generator learns from: the discriminator sees each
/// of them changed, and each update its own changes.
#[test]
fn augmentation_changes_all_that_the_discriminator_sees() {
    let first_scores = |augmented: bool| {
        let mut trainer = trainer(plain());
        trainer.settings.diff_augment = augmented;
        // Before the discriminator's update, which would make the generator's loss another anyway.
        let purposes = [Purpose::GeneratorStep, Purpose::GeneratorNoise];
        let (generator, _) = trainer.generator_gradients(inputs(&plain(), purposes, 0));
        let losses = trainer.train_step(real(0));
        [losses.real, losses.fake, generator.inner()].map(|scores| {
            let scores: Vec<f32> = scores.into_data().try_to_vec().unwrap();
            scores
        })
    };
    let (plain, changed) = (first_scores(false), first_scores(true));
    for (what, (plain, changed)) in ["real", "drawn", "generator's"]
        .into_iter()
        .zip(plain.iter().zip(&changed))
    {
        assert!(!absolute(changed, plain).is_within(1e-4), "{what} pictures");
    }
    assert_eq!(first_scores(true), changed);
}
