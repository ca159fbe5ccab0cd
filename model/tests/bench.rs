//! `sagan bench` on the GPU, as `cargo xtask bench` reads it; without an adapter these tests fail.

#![cfg(all(feature = "gpu", feature = "cli"))]
#![allow(clippy::unwrap_used)]

use std::process::Command;

use serde_json::Value;

/// What `sagan bench` with these arguments writes of one drawing.
fn bench(arguments: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("figures.json");
    let output = Command::new(env!("CARGO_BIN_EXE_sagan"))
        .args(["bench", "--device", "gpu", "--conv-dim", "16"])
        .args(["--batch", "4", "--train-batch", "0", "--json"])
        .arg(&file)
        .args(arguments)
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
    serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap()
}

#[test]
fn a_drawing_takes_fewer_dispatches_and_less_memory_than_burn_s_own() {
    let report = bench(&["--runs", "1"]);
    let [ours, stock] = report["figures"].as_array().unwrap().as_slice() else {
        panic!("{report}");
    };
    assert_eq!(
        (&ours["engine"], &stock["engine"]),
        (&"ours".into(), &"stock".into())
    );
    let less = |what: &str| {
        let [ours, stock] = [ours, stock].map(|figure| figure[what].as_u64().unwrap());
        assert!(0 < ours && ours < stock, "{what}: {ours}, {stock}");
    };
    less("dispatches");
    // Burn's attention keeps a map of 1024×1024, and several of its steps, for each picture.
    less("memory");
    less("reserved");
}

#[test]
fn a_profile_names_the_operations_and_their_rates() {
    let report = bench(&["--profile", "--ops", "ours"]);
    let profile = &report["profiles"][0];
    let names: Vec<_> = profile["operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| {
            assert!(operation["gflops"].as_f64().unwrap() > 0.0, "{operation}");
            (
                operation["name"].as_str().unwrap(),
                operation["calls"].as_u64().unwrap(),
            )
        })
        .collect();
    // Four stages, of which the first is a matrix product, and the last layer.
    for expected in [("attention", 2), ("up", 4)] {
        assert!(names.contains(&expected), "{names:?}");
    }
    assert!(profile["matmul_gflops"].as_f64().unwrap() > 0.0);
    let kernels = profile["kernels"].as_array().unwrap();
    let sum = |key: &str| {
        kernels
            .iter()
            .map(|kernel| kernel[key].as_f64().unwrap())
            .sum::<f64>()
    };
    assert_eq!(sum("dispatches"), profile["dispatches"].as_f64().unwrap());
    assert!((sum("ms") - profile["device_ms"].as_f64().unwrap()).abs() < 1e-6);
}
