//! Edits of attention layers in a whole drawing, against the arithmetic that they stand for.
#![allow(clippy::unwrap_used)]

use burn::tensor::{Device, Tensor};
use pollster::block_on;
use saganscope_model::{
    checkpoint::{Checkpoint, Header},
    config::SaganConfig,
    edits::{EditError, KeyBias, LayerEdit, MapEdit},
    generator::Generator,
    host::read,
    inference::{Artist, Drawn, LayerReading},
    initial::normal_values,
    latents::{Inputs, Purpose, stream},
    parameters::host_tensors,
};

/// Layers at 8×8 and 16×16.
fn artist() -> Artist {
    let device = Device::flex();
    let config = SaganConfig::sized(32, 8, 10);
    let mut random = stream(3, Purpose::Weights, 0);
    let generator = Generator::init(&config, &mut random, &device);
    let mut tensors = block_on(host_tensors(&generator)).unwrap();
    for (name, tensor) in &mut tensors {
        if name.ends_with("gamma") {
            tensor.values[0] = 0.8;
        } else if name.ends_with("query.weight") || name.ends_with("key.weight") {
            let noise = normal_values(tensor.values.len(), 1.0, &mut random);
            tensor.values = noise;
        } else if name == "last_weight" {
            // So that what attention adds is seen in the picture.
            tensor.values.iter_mut().for_each(|w| *w *= 100.0);
        }
    }
    let tensors = tensors
        .into_iter()
        .map(|(name, tensor)| (format!("generator.{name}"), tensor))
        .collect();
    Artist::new(&Checkpoint::new(Header::new(config), tensors), &device).unwrap()
}

fn inputs(artist: &Artist) -> Inputs {
    Inputs::of_seed(&artist.config, 5, 0..2)
}

fn drawn(artist: &Artist, edits: Vec<LayerEdit>) -> Drawn {
    let edits = artist.edits(edits).unwrap();
    artist.draw_edited(inputs(artist), &edits)
}

fn host<const D: usize>(tensor: &Tensor<D>) -> Vec<f32> {
    block_on(read(tensor.clone())).unwrap()
}

fn assert_close(found: &[f32], wanted: &[f32], tolerance: f32) {
    assert_eq!(found.len(), wanted.len());
    assert!(!wanted.is_empty());
    for (at, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        assert!(
            (found - wanted).abs() <= tolerance,
            "{found} at {at} is not {wanted}"
        );
    }
}

fn map_of(edits: MapEdit) -> LayerEdit {
    LayerEdit {
        map: edits,
        ..LayerEdit::default()
    }
}

/// y = γ·(A v) + x, with the map that the reading tells of.
fn assert_layer_follows_its_map(layer: &LayerReading) {
    let attended = layer
        .values
        .clone()
        .matmul(layer.state.map().swap_dims(1, 2));
    let wanted = attended.mul_scalar(layer.gamma) + layer.input.clone();
    assert_close(&host(&layer.output), &host(&wanted), 1e-4);
}

/// The largest difference of two pictures.
fn apart(one: &Drawn, other: &Drawn) -> f32 {
    let (one, other) = (host(&one.image), host(&other.image));
    assert_eq!(one.len(), other.len());
    one.iter()
        .zip(&other)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, |most, off| {
            if off > most || off.is_nan() {
                off
            } else {
                most
            }
        })
}

#[test]
fn every_edit_draws_with_the_map_that_it_tells_of_and_moves_the_picture() {
    let artist = artist();
    let plain = drawn(&artist, Vec::new());
    let mask = LayerEdit {
        biases: vec![KeyBias {
            keys: (0..20).collect(),
            factor: 0.0,
            queries: None,
        }],
        ..LayerEdit::default()
    };
    let edits = [
        map_of(MapEdit::Uniform),
        map_of(MapEdit::MeanRow),
        map_of(MapEdit::Shuffled { seed: 1 }),
        map_of(MapEdit::Patch { seed: 9, index: 4 }),
        mask,
    ];
    for edit in edits {
        let edited = drawn(&artist, vec![edit.clone(), edit.clone()]);
        edited.layers.iter().for_each(assert_layer_follows_its_map);
        let off = apart(&edited, &plain);
        assert!(off > 1e-3, "{edit:?} moves the picture by {off}");
        // The first layer gets what it gets without the edit; the second one what the first makes.
        let input = |drawn: &Drawn, layer: usize| host(&drawn.layers[layer].input);
        assert_eq!(input(&edited, 0), input(&plain, 0));
        assert_ne!(input(&edited, 1), input(&plain, 1));
    }
}

#[test]
fn gamma_is_multiplied_and_nought_switches_a_layer_off() {
    let artist = artist();
    let gamma = |gamma| LayerEdit {
        gamma,
        ..LayerEdit::default()
    };
    let off = drawn(&artist, vec![gamma(0.0), gamma(-2.0)]);
    assert_eq!(host(&off.layers[0].output), host(&off.layers[0].input));
    assert_eq!(host(&off.layers[0].share), [0.0, 0.0]);
    assert!((off.layers[1].gamma + 1.6).abs() < 1e-6);
    assert_layer_follows_its_map(&off.layers[1]);
    // A layer that is off cares for no other edit.
    let other = LayerEdit {
        map: MapEdit::Uniform,
        ..gamma(0.0)
    };
    let uniform = drawn(&artist, vec![other, gamma(-2.0)]);
    assert_eq!(apart(&off, &uniform), 0.0);
}

#[test]
fn a_patch_is_the_other_pictures_map() {
    let artist = artist();
    let patched = drawn(
        &artist,
        vec![
            LayerEdit::default(),
            map_of(MapEdit::Patch { seed: 9, index: 4 }),
        ],
    );
    let other = artist.draw(Inputs::of_seed(&artist.config, 9, 4..5));
    let wanted = host(&other.layers[1].state.map());
    let found = host(&patched.layers[1].state.map());
    assert_close(&found, &[wanted.clone(), wanted].concat(), 1e-6);
}

#[test]
fn edits_that_the_network_has_no_place_for_are_refused() {
    let artist = artist();
    let refused = |edits| artist.edits(edits).err();
    let three = vec![LayerEdit::default(); 3];
    let layers = Some(EditError::Layers {
        edits: 3,
        layers: 2,
    });
    assert_eq!(refused(three), layers);
    let beyond = LayerEdit {
        biases: vec![KeyBias {
            keys: vec![64],
            factor: 2.0,
            queries: None,
        }],
        ..LayerEdit::default()
    };
    assert!(refused(vec![LayerEdit::default(), beyond.clone()]).is_none());
    let place = EditError::Place {
        layer: 1,
        place: 64,
        last: 63,
    };
    assert_eq!(refused(vec![beyond]), Some(place));
}
