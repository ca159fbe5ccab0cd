//! What a GPU does in one drawing or one training step, and for `--profile`, how long that takes it.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use burn::tensor::{Device, Distribution, Tensor};
use pollster::block_on;
use saganscope_figures::{Engine, Kernel, Operation, Profile, Report};
use saganscope_model::host::read;
use saganscope_shaders::{
    largest_tensor,
    watch::{self, Launch},
};

use super::{arguments::Arguments, contestant::Contestant, options, turns::millis};
use crate::{device::Opened, files::Error};

/// Kernels with a smaller share of the time are summed up in one line.
const LEAST_SHARE: f64 = 0.005;

/// How long a GPU works before its kernels are timed.
const WARM_UP: Duration = Duration::from_millis(500);

/// Profiles every case with each of the wanted operations.
pub(super) fn all(
    arguments: &Arguments,
    opened: &Opened,
    report: &mut Report,
) -> Result<(), Error> {
    let device = opened.fresh()?;
    if largest_tensor(&device).is_none() {
        return Err(Error::Usage(
            "--profile asks a GPU for its times; run with --device gpu.".into(),
        ));
    }
    let options = arguments
        .options_of
        .as_deref()
        .map(options::of)
        .transpose()?;
    let engines = match options {
        Some(_) => &[Engine::Ours][..],
        None => arguments.ops.engines(),
    };
    let matmul_gflops = matmul_gflops(&device)?;
    for case in arguments.cases() {
        for &engine in engines {
            let config = match &options {
                Some(options) => options::with(options, case.conv_dim),
                None => case.plain(),
            };
            let Some(mut contestant) = Contestant::new(engine, case, config, opened)? else {
                continue;
            };
            // Compiles; Adam's first step is not like the others; and an idle GPU's clock is low.
            let begun = Instant::now();
            while begun.elapsed() < WARM_UP {
                contestant.run()?;
            }
            let mut outcome = Ok(());
            let launches = watch::timed(|| outcome = contestant.run().map(drop));
            outcome?;
            if launches.iter().any(|launch| launch.time.is_none()) {
                return Err(Error::Usage(format!(
                    "{} does not tell how long its kernels take, so there is no profile.",
                    opened.name
                )));
            }
            let (kernels, operations) = sum_up(&launches);
            let profile = Profile {
                engine,
                device: opened.name.clone(),
                task: case.task,
                conv_dim: case.conv_dim,
                batch: case.batch,
                dispatches: launches.len(),
                device_ms: kernels.iter().map(|kernel| kernel.ms).sum(),
                kernels,
                operations,
                matmul_gflops,
            };
            print(&profile);
            report.profiles.push(profile);
        }
    }
    Ok(())
}

fn sum_up(launches: &[Launch]) -> (Vec<Kernel>, Vec<Operation>) {
    let mut kernels = BTreeMap::<&str, (usize, Duration)>::new();
    let mut operations = BTreeMap::<&str, (usize, Duration, BTreeMap<u32, u64>)>::new();
    for launch in launches {
        let time = launch.time.unwrap_or_default();
        let kernel = kernels.entry(&launch.kernel).or_default();
        kernel.0 += 1;
        kernel.1 += time;
        if let Some(operation) = launch.operation {
            let sum = operations.entry(operation.name).or_default();
            sum.0 += 1;
            sum.1 += time;
            sum.2.insert(operation.call, operation.flops);
        }
    }
    let mut kernels: Vec<_> = kernels
        .into_iter()
        .map(|(name, (dispatches, time))| Kernel {
            name: name.to_owned(),
            dispatches,
            ms: millis(time),
        })
        .collect();
    kernels.sort_by(|a, b| b.ms.total_cmp(&a.ms));
    let operations = operations
        .into_iter()
        .map(|(name, (dispatches, time, flops))| Operation {
            name: name.to_owned(),
            calls: flops.len(),
            dispatches,
            ms: millis(time),
            gflops: flops.values().sum::<u64>() as f64 / time.as_secs_f64().max(1e-12) / 1e9,
        })
        .collect();
    (kernels, operations)
}

/// For a terminal.
fn print(profile: &Profile) {
    println!(
        "\n{:?}, conv_dim {}, batch {}, {:?}: {} dispatches, {:.2} ms on the device",
        profile.task,
        profile.conv_dim,
        profile.batch,
        profile.engine,
        profile.dispatches,
        profile.device_ms
    );
    println!("{:>10} {:>7} {:>11}  kernel", "ms", "share", "dispatches");
    let share = |ms: f64| 100.0 * ms / profile.device_ms.max(1e-12);
    let line = |ms: f64, dispatches: usize, name: &str| {
        println!("{ms:>10.3} {:>6.1}% {dispatches:>11}  {name}", share(ms));
    };
    let (long, short): (Vec<_>, Vec<_>) = profile
        .kernels
        .iter()
        .partition(|kernel| kernel.ms >= LEAST_SHARE * profile.device_ms);
    for kernel in long {
        line(kernel.ms, kernel.dispatches, &kernel.name);
    }
    if !short.is_empty() {
        let dispatches = short.iter().map(|kernel| kernel.dispatches).sum();
        let ms = short.iter().map(|kernel| kernel.ms).sum();
        line(ms, dispatches, &format!("{} others", short.len()));
    }
    if profile.operations.is_empty() {
        return;
    }
    println!(
        "\n{:<20} {:>5} {:>11} {:>10} {:>9} {:>8}  (matrix product: {:.1} GFLOP/s)",
        "operation", "calls", "dispatches", "ms", "GFLOP/s", "share", profile.matmul_gflops
    );
    for operation in &profile.operations {
        println!(
            "{:<20} {:>5} {:>11} {:>10.3} {:>9.1} {:>7.1}%",
            operation.name,
            operation.calls,
            operation.dispatches,
            operation.ms,
            operation.gflops,
            100.0 * operation.gflops / profile.matmul_gflops.max(1e-12)
        );
    }
}

/// GFLOP/s of a large product of f32 matrices: the best over sizes that fit the device, up to one
/// that takes a quarter of a second.
fn matmul_gflops(device: &Device) -> Result<f64, Error> {
    let mut best = 0.0f64;
    for log in 9..=13 {
        let side = 1usize << log;
        let bytes = (side * side * size_of::<f32>()) as u64;
        if largest_tensor(device).is_some_and(|limit| bytes > limit) {
            break;
        }
        let random = || Tensor::<2>::random([side, side], Distribution::Default, device);
        let (a, b) = (random(), random());
        let time = |products: u32| {
            let start = Instant::now();
            let mut last = a.clone();
            for _ in 0..products {
                last = a.clone().matmul(b.clone());
            }
            block_on(read(last.slice([0..1, 0..1])))?;
            Ok::<_, Error>(start.elapsed().as_secs_f64() / f64::from(products))
        };
        // Compiles.
        time(1)?;
        let once = time(1)?;
        // A queue of them, where the way there and back would count.
        let products = (0.05 / once).clamp(1.0, 20.0) as u32;
        let mut fastest = once;
        for _ in 0..3 {
            fastest = fastest.min(time(products)?);
        }
        best = best.max(2.0 * (side as f64).powi(3) / fastest / 1e9);
        if once > 0.25 {
            break;
        }
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use saganscope_shaders::watch;

    use super::*;

    fn launch(kernel: &str, operation: Option<(&'static str, u32)>, millis: u64) -> Launch {
        Launch {
            kernel: kernel.into(),
            operation: operation.map(|(name, call)| watch::Operation {
                name,
                call,
                flops: 3_000_000,
            }),
            time: Some(Duration::from_millis(millis)),
        }
    }

    #[test]
    fn all_launches_of_a_call_do_its_work_once() {
        let launches = [
            launch("up", Some(("up", 1)), 1),
            launch("weight_grad", Some(("weight_grad", 2)), 3),
            launch("sum_splits", Some(("weight_grad", 2)), 1),
            launch("weight_grad", Some(("weight_grad", 3)), 2),
            launch("sum_splits", None, 7),
        ];
        let (kernels, operations) = sum_up(&launches);
        let names: Vec<_> = kernels.iter().map(|kernel| kernel.name.as_str()).collect();
        assert_eq!(names, ["sum_splits", "weight_grad", "up"]);
        assert_eq!((kernels[0].dispatches, kernels[0].ms), (2, 8.0));
        let [up, grad] = operations.as_slice() else {
            panic!("{operations:?}");
        };
        assert_eq!((up.calls, up.dispatches), (1, 1));
        assert!((up.gflops - 3.0).abs() < 1e-9);
        assert_eq!((grad.calls, grad.dispatches, grad.ms), (2, 3, 6.0));
        assert!((grad.gflops - 1.0).abs() < 1e-9);
    }
}
