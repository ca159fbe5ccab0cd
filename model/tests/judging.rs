//! The discriminator for looking at: its scores and maps are those of the network in training, a second
//! look says the same, and its gradient is that of finite differences.
#![allow(clippy::unwrap_used)]

use burn::tensor::{Device, Tensor, TensorData};
use pollster::block_on;
use saganscope_distance::absolute;
use saganscope_model::{
    checkpoint::{Checkpoint, Header},
    config::{Energy, SaganConfig},
    discriminator::Discriminator,
    judging::{Judge, PREFIX},
    latents::{Purpose, stream},
    minibatch_deviation::Deviation,
    parameters::{host_tensors, load},
};

const SIZE: usize = 32;

fn config(energy: Energy) -> SaganConfig {
    SaganConfig {
        energy,
        ..SaganConfig::sized(SIZE, 8, 16)
    }
}

/// Random weights, with a γ that lets attention in.
fn checkpoint(config: &SaganConfig) -> Checkpoint {
    let device = Device::flex();
    let network = Discriminator::init(config, &mut stream(7, Purpose::Weights, 0), &device);
    let tensors = block_on(host_tensors(&network)).unwrap().into_iter();
    let tensors = tensors.map(|(name, mut tensor)| {
        if name.ends_with("gamma") {
            tensor.values = vec![0.7];
        }
        if name.ends_with("last_weight") || name.starts_with("stages") && name.ends_with("weight") {
            tensor.values.iter_mut().for_each(|value| *value *= 5.0);
        }
        (format!("{PREFIX}{name}"), tensor)
    });
    Checkpoint::new(Header::new(config.clone()), tensors.collect())
}

fn picture(seed: usize) -> Vec<f32> {
    let at = |i: usize| ((i * (seed + 3)) as f32 * 0.37).sin();
    (0..3 * SIZE * SIZE).map(at).collect()
}

fn tensor(pictures: Vec<f32>) -> Tensor<4> {
    let count = pictures.len() / (3 * SIZE * SIZE);
    let data = TensorData::new(pictures, [count, 3, SIZE, SIZE]);
    Tensor::from_data(data, &Device::flex())
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

#[test]
fn scores_and_maps_are_those_of_the_network_and_stay_so() {
    for energy in [Energy::Dot, Energy::Spectral, Energy::Centred] {
        let config = config(energy);
        let checkpoint = checkpoint(&config);
        let device = Device::flex();
        let judge = Judge::new(&checkpoint, &device).unwrap();
        let both = [picture(1), picture(2)].concat();
        let exam = judge.examine(tensor(both.clone()));
        let blank = Discriminator::init(&config, &mut stream(0, Purpose::Weights, 0), &device);
        let network = load(blank, &checkpoint.tensors, PREFIX).unwrap();
        let wanted = network.forward(tensor(both.clone()), Deviation::Running);
        let scores = values(exam.score);
        absolute(&scores, &values(wanted.score)).within(1e-5, "scores");
        assert!((scores[0] - scores[1]).abs() > 1e-3, "{scores:?}");
        let mut maps: Vec<_> = wanted
            .attention
            .iter()
            .map(|state| values(state.map()))
            .collect();
        maps.reverse();
        assert_eq!(exam.layers.len(), maps.len());
        let mut sides: Vec<usize> = exam.layers.iter().map(|layer| layer.side).collect();
        assert!(sides.is_sorted() && exam.layers.iter().all(|layer| layer.gamma == 0.7));
        for (layer, map) in exam.layers.iter().zip(&maps) {
            absolute(&values(layer.state.map()), map).within(1e-5, "maps");
            let share = values(layer.share.clone());
            assert!(share.iter().all(|&share| share > 1e-4), "{share:?}");
        }
        let told: Vec<_> = judge
            .layers()
            .into_iter()
            .map(|(side, _, gamma)| (side, gamma))
            .collect();
        let wanted: Vec<_> = sides.drain(..).map(|side| (side, 0.7)).collect();
        assert_eq!(told, wanted);
        let again = values(judge.examine(tensor(both)).score);
        assert_eq!(again, scores, "a second look");
    }
}

#[test]
fn the_gradient_is_that_of_finite_differences() {
    let judge = Judge::new(&checkpoint(&config(Energy::Dot)), &Device::flex()).unwrap();
    let picture = picture(1);
    let gradient = values(judge.examine(tensor(picture.clone())).gradient);
    assert_eq!(gradient.len(), picture.len());
    // Along the gradient itself, which no single rounding moves.
    let length = gradient.iter().map(|g| g * g).sum::<f32>().sqrt();
    let moved = |by: f32| -> f32 {
        let steps = picture
            .iter()
            .zip(&gradient)
            .map(|(p, g)| p + by * g / length);
        values(judge.examine(tensor(steps.collect())).score)[0]
    };
    let step = 0.02;
    let found = (moved(step) - moved(-step)) / (2.0 * step);
    assert!(
        length > 1e-2 && (found / length - 1.0).abs() < 0.03,
        "{found} is not {length}"
    );
}
