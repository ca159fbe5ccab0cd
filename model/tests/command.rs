//! `sagan` as a user runs it: what it writes, and what it says of bad input.
#![allow(clippy::unwrap_used)]

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use burn::tensor::Device;
use pollster::block_on;
use saganscope_distance::absolute;
use saganscope_model::{
    checkpoint::{Checkpoint, Precision, read_pytorch, read_tensors, write_tensors},
    config::SaganConfig,
    data::{Pictures, World, batch},
    host::{HostTensor, HostTensors},
    picture::to_rgba,
    train::{Record, Trainer},
};

fn sagan(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sagan"))
        .args(arguments)
        .output()
        .unwrap()
}

fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/golden/c16")
        .join(file)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What a run ships, drawn on the CPU.
fn export(run: &Path, out: &Path, more: &[&str]) -> Output {
    let files = ["--checkpoint", text(run), "--out", text(out)];
    sagan(&[&["export", "--device", "cpu"][..], &files, more].concat())
}

/// The command must end with code 2, say this in one line, and write nothing.
fn refuses(arguments: &[&str], out: &Path, says: &str) {
    let output = sagan(arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains(says), "{message:?} does not say {says:?}");
    let lines = message
        .lines()
        .filter(|line| !line.starts_with("Running on"))
        .count();
    assert_eq!(lines, 1, "{message}");
    assert!(!out.exists(), "something was written");
}

#[test]
fn a_run_whose_rates_have_fallen_goes_on_only_with_new_ones() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let train = |more: &[&str]| {
        let tiny = ["train", "--size", "32", "--conv-dim", "8", "--batch", "2"];
        sagan(&[&tiny[..], &["--device", "cpu", "--out", text(&run)], more].concat())
    };
    assert!(
        train(&["--steps", "2", "--cool-down", "1"])
            .status
            .success()
    );
    let latest = run.join("latest.safetensors");
    let read = || Checkpoint::from_bytes(&std::fs::read(&latest).unwrap()).unwrap();
    let weights = || {
        let mut tensors = read().tensors;
        tensors.retain(|name, _| name.starts_with("generator."));
        tensors
    };
    let before = weights();
    assert!(!before.is_empty());

    let still = train(&["--resume", "--steps", "3"]);
    let message = String::from_utf8(still.stderr).unwrap();
    assert_eq!(still.status.code(), Some(2), "{message}");
    assert!(message.contains("fell to zero at step 2"), "{message}");
    assert!(message.contains("add --cool-down"), "{message}");
    assert_eq!(weights(), before, "nothing is changed");

    let again = ["--resume", "--steps", "4", "--cool-down", "3", "--g-rate"];
    assert!(train(&[&again[..], &["0.001"]].concat()).status.success());
    assert_ne!(weights(), before, "it learns again");
    let training = read().header.training.unwrap();
    assert_eq!(training.generator.rate, 0.001);
    assert_eq!(
        training.discriminator.rate, 0.0004,
        "what is not given stays"
    );
    assert_eq!(training.rate_factor(4), 0.0);
    assert_eq!(training.rate_factor(3), 1.0);
}

#[test]
fn a_tiny_run_trains_resumes_and_draws() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let train = |steps: &str, more: &[&str]| {
        let mut arguments = vec![
            "train",
            "--size",
            "32",
            "--conv-dim",
            "8",
            "--batch",
            "2",
            "--device",
            "cpu",
        ];
        arguments.extend(["--out", text(&run), "--steps", steps]);
        arguments.extend(more);
        sagan(&arguments)
    };
    assert!(train("2", &[]).status.success());
    let latest = run.join("latest.safetensors");
    assert!(latest.is_file());
    assert!(run.join("samples-000002.png").is_file());
    let again = train("2", &[]);
    assert_eq!(again.status.code(), Some(2), "a run is not overwritten");
    // What was read of the run before is still there after more steps.
    let read = || Record::of(&Checkpoint::from_bytes(&std::fs::read(&latest).unwrap()).unwrap());
    let before = read();
    assert!(train("3", &["--resume"]).status.success());
    let Record {
        history, snapshots, ..
    } = read();
    let first = before.snapshots.checkpoint(0).unwrap().tensors;
    assert_eq!(snapshots.checkpoint(0).unwrap().tensors, first);
    let steps: Vec<_> = history.points().iter().map(|point| point.step).collect();
    assert_eq!(steps, [2, 3]);
    let values = history.points().iter();
    assert!(
        values
            .clone()
            .all(|point| point.millis > 0.0 && point.gammas.len() == 2)
    );
    assert!(
        values
            .clone()
            .all(|point| point.real.is_finite() && point.fake.is_finite())
    );

    let inspected = sagan(&["inspect", text(&latest)]);
    let printed = String::from_utf8(inspected.stdout).unwrap();
    assert!(
        printed.contains("step 3") && printed.contains("conv_dim 8"),
        "{printed}"
    );
    assert!(
        printed.contains("generator.attention.1.query.weight"),
        "{printed}"
    );

    let (out, raw) = (
        folder.path().join("pictures"),
        folder.path().join("raw.safetensors"),
    );
    let small = folder.path().join("small.safetensors");
    let exported = export(&latest, &small, &["--statistics", "2"]);
    assert!(exported.status.success());
    assert!(small.metadata().unwrap().len() < latest.metadata().unwrap().len() / 4);
    let of_step =
        |step: &str, out: &Path| export(&latest, out, &["--step", step, "--statistics", "2"]);
    let first = folder.path().join("first.safetensors");
    let earlier = of_step("0", &first);
    assert!(earlier.status.success(), "{earlier:?}");
    let weights = |file: &Path| {
        let tensors = read_tensors(&std::fs::read(file).unwrap()).unwrap();
        tensors["generator.last_weight"].values.clone()
    };
    assert_ne!(weights(&first), weights(&small));
    let none = of_step("1000", &folder.path().join("none.safetensors"));
    assert!(!none.status.success());
    let told = String::from_utf8_lossy(&none.stderr).into_owned();
    assert!(
        told.contains("no snapshot after step 1000; there are those after steps 0, "),
        "{told}"
    );
    let drawn = sagan(&[
        "generate",
        "--checkpoint",
        text(&small),
        "--seed",
        "3",
        "--count",
        "2",
        "--out",
        text(&out),
        "--raw",
        text(&raw),
        "--device",
        "cpu",
    ]);
    assert!(
        drawn.status.success(),
        "{}",
        String::from_utf8_lossy(&drawn.stderr)
    );
    for file in ["sample-000.png", "sample-001.png", "grid.png"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    let tensors = read_tensors(&std::fs::read(&raw).unwrap()).unwrap();
    assert_eq!(tensors["image"].shape, [2, 3, 32, 32]);
    assert_eq!(tensors["attention1"].shape, [2, 64, 64]);
    assert_eq!(tensors["attention2"].shape, [2, 256, 256]);
    let rows = tensors["attention2"].values.chunks_exact(256);
    let sums: Vec<f32> = rows.map(|row| row.iter().sum()).collect();
    absolute(&sums, &[1.0f32; 2 * 256]).within(1e-5, "sums of rows");
    let measured = sagan(&[
        "measure",
        "--checkpoint",
        text(&small),
        "--count",
        "2",
        "--device",
        "cpu",
    ]);
    assert!(
        String::from_utf8(measured.stdout)
            .unwrap()
            .contains("specificity")
    );
}

#[test]
fn a_run_goes_on_with_the_pictures_that_it_learned_from() {
    let folder = tempfile::tempdir().unwrap();
    let train = |out: &str, more: &[&str]| {
        let out = folder.path().join(out);
        let mut arguments = vec!["train", "--size", "32", "--conv-dim", "8", "--batch", "2"];
        arguments.extend(["--device", "cpu", "--out", text(&out)]);
        arguments.extend(more);
        assert!(sagan(&arguments).status.success());
        let file = std::fs::read(out.join("latest.safetensors")).unwrap();
        Checkpoint::from_bytes(&file).unwrap().tensors
    };
    let whole = train("whole", &["--data", "rosettes", "--steps", "2"]);
    train("parts", &["--data", "rosettes", "--steps", "1"]);
    assert_eq!(train("parts", &["--resume", "--steps", "2"]), whole);
    train("other", &["--data", "rosettes", "--steps", "1"]);
    let other = ["--resume", "--steps", "2", "--data", "twins"];
    assert_ne!(
        train("other", &other),
        whole,
        "what is asked for comes first"
    );
}

/// Its options are the run's settings, its pictures those of the seed, and its grid the pictures
/// that the seed names.
#[test]
fn the_command_trains_as_the_library_does() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let mut arguments = vec!["train", "--size", "32", "--conv-dim", "8", "--z-dim", "9"];
    arguments.extend([
        "--batch", "2", "--steps", "2", "--seed", "7", "--device", "cpu",
    ]);
    arguments.extend(["--g-rate", "3e-4", "--d-rate", "7e-4", "--out", text(&run)]);
    assert!(sagan(&arguments).status.success());
    let latest = run.join("latest.safetensors");
    let trained = Checkpoint::from_bytes(&std::fs::read(&latest).unwrap()).unwrap();

    let settings = trained.header.training.clone().unwrap();
    assert_eq!((settings.batch, settings.seed), (2, 7));
    let rates = [settings.generator.rate, settings.discriminator.rate];
    assert_eq!(rates, [3e-4, 7e-4]);
    let config = SaganConfig::sized(32, 8, 9);
    let mut trainer = Trainer::new(config, settings, &Device::flex());
    let world = World::named("plain-butterflies", 7).unwrap();
    for step in 0..2 {
        trainer.train_step(batch(&world, step, 2, 32));
    }
    let whole = block_on(trainer.checkpoint()).unwrap();
    assert_eq!(trained.header, whole.header);
    assert_eq!(trained.tensors, whole.tensors);
    let record = Record::of(&trained);
    assert!(record.snapshots.steps().eq([0]));
    let told = record.history.points().iter().map(|point| point.step);
    assert!(told.eq([2]));
    let inside = record.vitals.points();
    assert_eq!(inside.len(), 1);
    assert_eq!(inside[0].0, 2);

    let out = folder.path().join("pictures");
    let mut arguments = vec!["generate", "--checkpoint", text(&latest), "--seed", "7"];
    arguments.extend(["--count", "32", "--device", "cpu", "--out", text(&out)]);
    assert!(sagan(&arguments).status.success());
    let [grid, drawn] = [run.join("samples-000002.png"), out.join("grid.png")];
    assert!(std::fs::read(grid).unwrap() == std::fs::read(drawn).unwrap());
}

#[test]
fn a_run_begins_with_networks_of_pytorch() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let (g, d) = (golden("G.pth"), golden("D.pth"));
    let begin = |generator: &Path, discriminator: &Path, out: &Path, more: &[&str]| {
        let mut arguments = vec!["train", "--generator", text(generator)];
        arguments.extend(["--discriminator", text(discriminator)]);
        arguments.extend(["--batch", "2", "--device", "cpu", "--out", text(out)]);
        arguments.extend(more);
        sagan(&arguments)
    };
    assert!(begin(&g, &d, &run, &["--steps", "0"]).status.success());
    let latest = run.join("latest.safetensors");
    let written = Checkpoint::from_bytes(&std::fs::read(&latest).unwrap()).unwrap();
    assert_eq!(written.header.step(), Some(0));
    assert_eq!(written.header.config, SaganConfig::new(16, 100));
    for (network, of) in [
        ("generator", "generator"),
        ("discriminator", "discriminator"),
        ("average", "generator"),
    ] {
        let file = if of == "generator" { &g } else { &d };
        let given = read_pytorch(std::fs::read(file).unwrap()).unwrap().tensors;
        for (name, tensor) in &given {
            let name = name.replace(of, network);
            assert_eq!(&written.tensors[&name], tensor, "{name}");
        }
        let count = written
            .tensors
            .keys()
            .filter(|name| name.starts_with(network))
            .count();
        assert_eq!(count, given.len(), "{network}");
    }

    // It goes on like any run, and its file gives both networks to another.
    let resumed = [
        "train",
        "--resume",
        "--steps",
        "1",
        "--device",
        "cpu",
        "--out",
        text(&run),
    ];
    assert!(sagan(&resumed).status.success());
    let next = folder.path().join("next");
    assert!(
        begin(&latest, &latest, &next, &["--steps", "0"])
            .status
            .success()
    );

    let refused = folder.path().join("refused");
    let refuses = |generator: &Path, discriminator: &Path, more: &[&str], says: &str| {
        let output = begin(generator, discriminator, &refused, more);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(says), "{message:?} does not say {says:?}");
        assert!(!refused.exists(), "something was written");
    };
    refuses(
        &d,
        &g,
        &["--steps", "0"],
        "D.pth: The file holds no generator",
    );
    refuses(
        &g,
        &d,
        &["--steps", "0", "--conv-dim", "32"],
        "cannot be used with",
    );
    let small = folder.path().join("small");
    let arguments = [
        "train",
        "--size",
        "32",
        "--conv-dim",
        "8",
        "--batch",
        "2",
        "--steps",
        "0",
        "--device",
        "cpu",
        "--out",
        text(&small),
    ];
    assert!(sagan(&arguments).status.success());
    refuses(
        &g,
        &small.join("latest.safetensors"),
        &["--steps", "0"],
        "do not belong together",
    );
}

#[test]
fn bad_input_gets_one_sentence_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let generate = |checkpoint: &Path, says: &str| {
        let arguments = [
            "generate",
            "--checkpoint",
            text(checkpoint),
            "--out",
            text(&out),
            "--device",
            "cpu",
        ];
        refuses(&arguments, &out, says);
    };
    generate(&folder.path().join("absent.safetensors"), "cannot be read");

    let noise = folder.path().join("noise.safetensors");
    std::fs::write(&noise, b"this is no checkpoint at all").unwrap();
    generate(&noise, "not a safetensors file");

    let foreign = folder.path().join("foreign.safetensors");
    let tensor = HostTensor {
        shape: vec![2],
        values: vec![1.0, 2.0],
    };
    let tensors = HostTensors::from([("a".to_string(), tensor)]);
    let bytes = write_tensors(&tensors, Precision::F32, None).unwrap();
    std::fs::write(&foreign, &bytes).unwrap();
    generate(&foreign, "no Saganscope checkpoint");

    let short = folder.path().join("short.safetensors");
    std::fs::write(&short, &bytes[..bytes.len() - 1]).unwrap();
    generate(&short, "cut short");

    let pickle = folder.path().join("broken.pth");
    std::fs::write(&pickle, b"PK\x03\x04 but then nothing").unwrap();
    generate(&pickle, "PyTorch");
    generate(&golden("D.pth"), "discriminator");
    generate(&golden("forward.safetensors"), "no Saganscope checkpoint");
}

/// Rates that no training survives: a step with numbers beyond all bounds comes soon, and is not
/// saved over the one before it.
#[test]
fn a_diverged_step_does_not_replace_a_good_one() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let train = |steps: &str, more: &[&str]| {
        let mut arguments = vec!["train", "--size", "32", "--conv-dim", "8", "--batch", "2"];
        arguments.extend(["--device", "cpu", "--save-every", "1", "--steps", steps]);
        arguments.extend(["--out", text(&run)]);
        arguments.extend(more);
        sagan(&arguments)
    };
    // Beyond the range of the numbers, the first update already is; or a loss of a later step.
    for rate in ["1e39", "1e30"] {
        let _ = std::fs::remove_dir_all(&run);
        assert!(train("0", &["--g-rate", rate]).status.success());
        check_diverged(train("9", &["--resume"]), &run);
    }
}

fn check_diverged(output: Output, run: &Path) {
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    let latest = run.join("latest.safetensors");
    let kept = Checkpoint::from_bytes(&std::fs::read(&latest).unwrap()).unwrap();
    let step = kept.header.step().unwrap();
    for part in [
        format!("diverged at step {}", step + 1),
        format!("keeps step {step}"),
        "lower learning rates".to_string(),
    ] {
        assert!(message.contains(&part), "{message:?} does not say {part:?}");
    }
    assert!(sagan(&["inspect", text(&latest)]).status.success());
    let left = std::fs::read_dir(run).unwrap().map(|entry| entry.unwrap());
    let mut left: Vec<_> = left.map(|entry| entry.file_name()).collect();
    left.sort();
    assert_eq!(left, ["data.txt", "latest.safetensors", "log.csv"]);
}

/// The stream before PyTorch 1.6 has no checksums: its numbers can be changed in place.
#[test]
fn a_pytorch_file_with_a_value_that_is_no_number_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let bytes = std::fs::read(golden("G_legacy.pth")).unwrap();
    let tensors = read_pytorch(std::fs::read(golden("G.pth")).unwrap())
        .unwrap()
        .tensors;
    let first: Vec<u8> = tensors["generator.stages.1.weight"].values[..8]
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let places: Vec<_> = (0..bytes.len() - first.len())
        .filter(|&place| bytes[place..].starts_with(&first))
        .collect();
    assert_eq!(places.len(), 1, "the numbers of that tensor");
    for bad in [f32::NAN, f32::INFINITY] {
        let mut changed = bytes.clone();
        changed[places[0]..places[0] + 4].copy_from_slice(&bad.to_le_bytes());
        let file = folder.path().join("damaged.pth");
        std::fs::write(&file, &changed).unwrap();
        let arguments = ["generate", "--checkpoint", text(&file), "--device", "cpu"];
        let arguments = [&arguments[..], &["--out", text(&out)]].concat();
        refuses(
            &arguments,
            &out,
            "'l2.0.module.weight_bar' holds a value that is not a finite number",
        );
    }
}

#[test]
fn latents_must_fit() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let checkpoint = golden("G.pth");
    let latents = folder.path().join("z.safetensors");
    let with = |name: &str, shape: [usize; 2], says: &str| {
        let tensor = HostTensor {
            shape: shape.to_vec(),
            values: vec![0.0; shape[0] * shape[1]],
        };
        let tensors = HostTensors::from([(name.to_string(), tensor)]);
        std::fs::write(
            &latents,
            write_tensors(&tensors, Precision::F32, None).unwrap(),
        )
        .unwrap();
        let arguments = [
            "generate",
            "--checkpoint",
            text(&checkpoint),
            "--latents",
            text(&latents),
            "--out",
            text(&out),
            "--device",
            "cpu",
        ];
        refuses(&arguments, &out, says);
    };
    with("latent", [2, 100], "no tensor 'z'");
    with("z", [2, 99], "needs [N, 100]");
}

#[test]
fn impossible_networks_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let train = |option: &str, value: &str, says: &str| {
        refuses(
            &[
                "train",
                option,
                value,
                "--steps",
                "1",
                "--out",
                text(&out),
                "--device",
                "cpu",
            ],
            &out,
            says,
        );
    };
    train("--size", "48", "must be 32, 64 or 128");
    train("--conv-dim", "20", "multiple of 8");
    train("--data", "/nonexistent-folder", "/nonexistent-folder");
    train(
        "--data",
        "twinz",
        "neither a world nor a folder called twinz",
    );
}

#[test]
fn pictures_of_a_world_are_what_a_run_learns_from() {
    let folder = tempfile::tempdir().unwrap();
    let (out, sheet) = (folder.path().join("twins"), folder.path().join("sheet.png"));
    let drawn = sagan(&[
        "pictures",
        "twins",
        "--count",
        "3",
        "--size",
        "32",
        "--seed",
        "5",
        "--out",
        text(&out),
        "--sheet",
        text(&sheet),
    ]);
    assert!(drawn.status.success());
    let world = World::named("twins", 5).unwrap();
    let mut picture = vec![0.0; 3 * 32 * 32];
    for index in 0..3 {
        let file = image::open(out.join(format!("{index:06}.png"))).unwrap();
        world.draw(index, 32, &mut picture);
        assert_eq!(file.to_rgba8().into_raw(), to_rgba(&picture));
    }
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 3);
    assert_eq!(image::image_dimensions(&sheet).unwrap(), (3 * 33 - 1, 32));

    let none = folder.path().join("none");
    let asks = |more: &[&str], says: &str| {
        let mut arguments = vec!["pictures", "--out", text(&none)];
        arguments.extend(more);
        refuses(&arguments, &none, says);
    };
    asks(&["twinz"], "take one of butterflies, ");
    asks(&["twins", "--count", "0"], "at least 1");
    asks(&["twins", "--size", "0"], "from 1 to");
}

#[test]
fn a_discriminator_is_a_second_file_and_knows_its_generator() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let train = |out: &Path, more: &[&str]| {
        let small = ["--batch", "2", "--device", "cpu", "--steps", "1"];
        let arguments = [&["train", "--out", text(out)][..], &small, more].concat();
        sagan(&arguments)
    };
    let options = [
        "--energy",
        "centred",
        "--place",
        "--query-width",
        "4",
        "--noise",
        "8:2:left",
        "--minibatch-deviation",
        "--equal-phase-sums",
        "--g-attention",
        "8",
        "--d-attention",
        "none",
    ];
    for (run, seed) in [("one", "1"), ("two", "2")] {
        let shape = ["--size", "32", "--conv-dim", "8", "--seed", seed];
        let trained = train(&at(run), &[&shape[..], &options].concat());
        assert!(trained.status.success(), "{trained:?}");
        let discriminator = at(&format!("{run}-discriminator.safetensors"));
        let exported = export(
            &at(run).join("latest.safetensors"),
            &at(&format!("{run}.safetensors")),
            &["--discriminator", text(&discriminator), "--statistics", "1"],
        );
        assert!(exported.status.success(), "{exported:?}");
    }
    let (g, d) = (at("one.safetensors"), at("one-discriminator.safetensors"));
    let header = Checkpoint::from_bytes(&std::fs::read(&d).unwrap())
        .unwrap()
        .header;
    assert_eq!(header.config.generator_attention, [8]);
    assert!(header.config.discriminator_attention.is_empty());
    let pair =
        |g: &Path, d: &Path| ["--generator", text(g), "--discriminator", text(d)].map(String::from);
    let own = pair(&g, &d);
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let going_on = train(&at("on"), &own);
    assert!(going_on.status.success(), "{going_on:?}");
    let foreign = pair(&at("two.safetensors"), &d);
    let mut arguments = vec!["train", "--steps", "1"];
    arguments.extend(foreign.iter().map(String::as_str));
    let out = at("refused");
    arguments.extend(["--out", text(&out)]);
    refuses(&arguments, &out, "belongs to another generator");
}

#[test]
fn a_checkpoint_is_known_by_its_first_bytes() {
    let folder = tempfile::tempdir().unwrap();
    for (file, name) in [("G.pth", "zip"), ("G_legacy.pth", "stream.safetensors")] {
        let renamed = folder.path().join(name);
        std::fs::copy(golden(file), &renamed).unwrap();
        let output = sagan(&["inspect", text(&renamed)]);
        assert!(output.status.success(), "{output:?}");
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(printed.contains("conv_dim 16"), "{printed}");
    }
}
