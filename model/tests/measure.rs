//! `sagan measure` as a user runs it: its figures against the maps and pictures that
//! `sagan generate --raw` writes, and what it says of bad input.
#![allow(clippy::unwrap_used)]

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use saganscope_model::checkpoint::read_tensors;
use serde_json::Value;

const SIZE: usize = 32;
const COUNT: usize = 3;

fn sagan(arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_sagan"))
        .args(arguments)
        .args(["--device", "cpu"])
        .output();
    output.unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A run of a few steps, so that γ is not zero.
fn run(folder: &Path) -> PathBuf {
    let run = folder.join("run");
    let mut arguments = vec!["train", "--size", "32", "--conv-dim", "8", "--z-dim", "8"];
    arguments.extend(["--batch", "4", "--steps", "3", "--g-rate", "0.01"]);
    arguments.extend(["--data", "upright-butterflies", "--out", text(&run)]);
    let trained = sagan(&arguments);
    let says = String::from_utf8_lossy(&trained.stderr);
    assert!(trained.status.success(), "{says}");
    run.join("latest.safetensors")
}

fn number(value: &Value) -> f64 {
    let number = value.as_f64();
    number.unwrap_or_else(|| panic!("{value} is no number"))
}

fn close(found: &Value, expected: f64, what: &str) {
    let found = number(found);
    let bound = 1e-4 * (1.0 + expected.abs());
    assert!(
        (found - expected).abs() < bound,
        "{what}: {found}, not {expected}"
    );
}

#[test]
fn figures_are_those_of_the_maps_and_pictures_that_are_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = run(folder.path());
    let [json, figure, pictures, raw] =
        ["m.json", "m.png", "pictures", "raw.safetensors"].map(|name| folder.path().join(name));
    let count = COUNT.to_string();
    let mut arguments = vec!["measure", "--checkpoint", text(&checkpoint)];
    arguments.extend(["--count", &count, "--seed", "5", "--mirror", "0.5"]);
    arguments.extend(["--data", "upright-butterflies", "--compare", "6"]);
    arguments.extend(["--json", text(&json), "--figure", text(&figure)]);
    arguments.extend(["--pixels", "3,4;20,9"]);
    let measured = sagan(&arguments);
    let says = String::from_utf8_lossy(&measured.stderr);
    assert!(measured.status.success(), "{says}");
    let table = String::from_utf8(measured.stdout).unwrap();
    for line in [
        "specificity",
        "partner selectivity",
        "Symmetry error",
        "not comparable with published FID",
        "Discriminator, 3 real pictures",
    ] {
        assert!(table.contains(line), "no {line:?} in\n{table}");
    }

    let mut arguments = vec!["generate", "--checkpoint", text(&checkpoint)];
    arguments.extend(["--count", &count, "--seed", "5", "--out", text(&pictures)]);
    arguments.extend(["--raw", text(&raw)]);
    assert!(sagan(&arguments).status.success());
    let drawn = read_tensors(&std::fs::read(&raw).unwrap()).unwrap();
    let report: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();

    let layers = report["generator"].as_array().unwrap();
    assert_eq!(layers.len(), 2);
    for (layer, (name, side)) in layers.iter().zip([("attention1", 8), ("attention2", 16)]) {
        assert_eq!(layer["side"], side);
        assert!(number(&layer["gamma"]) != 0.0, "γ has not moved");
        assert!(number(&layer["share"]) > 0.0);
        assert!(number(&layer["own_share"]) > 0.0);
        let pixels = side * side;
        let maps = drawn[name].values.chunks_exact(pixels * pixels);
        let (mut bits, mut self_weight, mut border) = (0.0, 0.0, 0.0);
        for map in maps {
            let a = |i: usize, j: usize| f64::from(map[i * pixels + j]);
            let n = pixels as f64;
            for j in 0..pixels {
                let mean = (0..pixels).map(|i| a(i, j)).sum::<f64>() / n;
                for i in 0..pixels {
                    bits += a(i, j) * (a(i, j) / mean).log2() / n;
                }
                self_weight += a(j, j) / n;
                let (x, y) = (j % side, j / side);
                if x.min(y) == 0 || x.max(y) == side - 1 {
                    border += mean * n / (4.0 * (side as f64 - 1.0));
                }
            }
        }
        let pictures = COUNT as f64;
        close(&layer["map"]["specificity"], bits / pictures, "bits");
        close(&layer["map"]["self_weight"], self_weight / pictures, "self");
        close(&layer["map"]["border"], border / pictures, "border");
    }

    let image = &drawn["image"].values;
    let mirrored = image
        .chunks_exact(SIZE)
        .flat_map(|row| row.iter().rev().copied());
    let apart = image.iter().zip(mirrored);
    let error = apart.map(|(a, b)| f64::from((a - b).abs())).sum::<f64>() / image.len() as f64;
    close(&report["symmetry"]["as_drawn"], error, "symmetry");
    for edited in ["attention_off", "mean_row", "shuffled"] {
        let other = number(&report["symmetry"][edited]);
        assert!(other > 0.0 && other != error, "{edited}: {other}");
    }

    let judged = report["discriminator"].as_array().unwrap();
    let sides: Vec<_> = judged.iter().map(|layer| layer["side"].as_u64()).collect();
    assert_eq!(sides, [Some(8), Some(4)]);
    let queries = number(&judged[0]["partner"]["queries"]);
    assert!(queries > 0.0, "no figure pixel was asked");
    // A network of three steps draws no butterflies.
    let real = &report["real"];
    assert_eq!(real["pictures"], 6);
    assert!(number(&real["frechet"]) > number(&real["frechet_of_real"]));

    // Three pictures beside each other, two lines of five panels of 192 pixels.
    let png = std::fs::read(&figure).unwrap();
    let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    let across = 5 * 196 - 4;
    assert_eq!(
        [side(16), side(20)],
        [3 * (across + 24) + 24, 2 * 196 - 4 + 48]
    );
}

#[test]
fn bad_input_gets_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = run(folder.path());
    let figure = folder.path().join("m.png");
    let refuses = |arguments: &[&str], says: &str| {
        let mut all = vec!["measure", "--checkpoint", text(&checkpoint)];
        all.extend(arguments);
        let output = sagan(&all);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(says), "{message:?} does not say {says:?}");
        assert!(!figure.exists(), "something was written");
    };
    let path = text(&figure);
    refuses(&["--count", "0"], "--count must be at least 1");
    refuses(&["--mirror", "1.5"], "between 0 and 1");
    refuses(&["--figure", path, "--pixels", "3,32"], "3,32");
    refuses(&["--figure", path, "--pixels", "3;4"], "not x,y");
    refuses(&["--data", "unicorns"], "unicorns");
}
