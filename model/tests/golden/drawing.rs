//! Forward passes: pictures, maps and scores.

use burn::tensor::Device;
use saganscope_distance::{absolute, scaled};
use saganscope_model::{
    generator::Mode, host::HostTensors, inference::Artist, judging::Judge, latents::Inputs,
    minibatch_deviation::Deviation,
};

use crate::case::{Case, upload, values};

/// In single precision nothing here is off by more.
const NEAR: f64 = 1e-4;

/// Row `row` of each picture's map, `[B, N, N]` → B rows.
fn rows(maps: &[f32], batch: usize, row: usize) -> Vec<f32> {
    let pixels = (maps.len() / batch).isqrt();
    maps.chunks_exact(pixels * pixels)
        .flat_map(|map| map[row * pixels..(row + 1) * pixels].to_vec())
        .collect()
}

fn column_sums(maps: &[f32], batch: usize) -> Vec<f64> {
    let pixels = (maps.len() / batch).isqrt();
    let column = |map: &[f32], c: usize| {
        map.iter()
            .skip(c)
            .step_by(pixels)
            .map(|&p| f64::from(p))
            .sum()
    };
    maps.chunks_exact(pixels * pixels)
        .flat_map(|map| (0..pixels).map(move |c| column(map, c)))
        .collect()
}

fn check_eval(golden: &HostTensors, image: &[f32], map1: &[f32], map2: &[f32]) {
    let is = |what: &str, found: &[f32]| {
        absolute(found, &golden[what].values).within(NEAR, what);
    };
    is("eval.image", image);
    is("eval.attention1", &map1[..256 * 256]);
    is("eval.attention1.row_100", &rows(map1, 3, 100));
    is("eval.attention2.row_0", &rows(map2, 3, 0));
    is("eval.attention2.row_500", &rows(map2, 3, 500));
    // Sums of 1024 weights, up to hundreds.
    let wanted = &golden["eval.attention2.column_sum"].values;
    scaled(&column_sums(map2, 3), wanted).within(NEAR, "column sums");
}

pub(crate) fn evaluation_mode(case: &Case, device: &Device) {
    let golden = case.numbers("forward.safetensors");
    let generator = case.generator(device);
    let unfolded = generator.forward(upload::<2>(&golden["z"], device), Mode::Eval);
    check_eval(
        &golden,
        &values(unfolded.image),
        &values(unfolded.attention[0].map()),
        &values(unfolded.attention[1].map()),
    );

    let artist = Artist::new(&case.network("G.pth"), device).unwrap();
    let z = golden["z"].values.clone();
    let drawn = artist.draw(Inputs::of_latents(&artist.config, z, 0));
    let [layer1, layer2] = &drawn.layers[..] else {
        panic!("{} layers", drawn.layers.len());
    };
    check_eval(
        &golden,
        &values(drawn.image),
        &values(layer1.state.map()),
        &values(layer2.state.map()),
    );
}

pub(crate) fn training_mode(case: &Case, device: &Device) {
    let golden = case.numbers("forward.safetensors");
    let generator = case.generator(device);
    let out = generator.forward(upload::<2>(&golden["z"], device), Mode::Train);
    let is = |what: &str, found: &[f32]| {
        absolute(found, &golden[what].values).within(NEAR, what);
    };
    is("train.image", &values(out.image));
    let (map1, map2) = (
        values(out.attention[0].map()),
        values(out.attention[1].map()),
    );
    is("train.attention1.row_100", &rows(&map1, 3, 100));
    is("train.attention2.row_500", &rows(&map2, 3, 500));
}

pub(crate) fn scores(case: &Case, device: &Device) {
    let golden = case.numbers("forward.safetensors");
    let discriminator = case.discriminator(device);
    let judged = discriminator.forward(upload(&golden["pictures"], device), Deviation::OfBatch);
    let is = |what: &str, found: &[f32]| {
        absolute(found, &golden[what].values).within(NEAR, what);
    };
    let judge = Judge::new(&case.network("D.pth"), device).unwrap();
    let exam = judge.examine(upload(&golden["pictures"], device));
    is("score", &values(exam.score));
    // From the coarsest here, and from the finest there.
    for (layer, what) in exam.layers.iter().rev().zip(["1", "2"]) {
        is(
            &format!("discriminator.attention{what}"),
            &values(layer.state.map()),
        );
    }
    is("score", &values(judged.score));
    is(
        "discriminator.attention1",
        &values(judged.attention[0].map()),
    );
    is(
        "discriminator.attention2",
        &values(judged.attention[1].map()),
    );
}
