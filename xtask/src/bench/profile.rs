//! Where the time of one run on the GPU goes, and how fast each operation is at its work, as
//! `sagan bench --profile` tells it.

use saganscope_figures::Profile;

use super::{
    figures::{duration, task_name},
    markdown::aligned,
};

/// A row for each operation of each run. The share is that of the fastest matrix product on the
/// device, by Burn or (`pytorch`, in GFLOP/s) by PyTorch.
pub(crate) fn table(profiles: &[Profile], pytorch: Option<f64>) -> String {
    let heads = [
        "task",
        "conv_dim",
        "batch",
        "operation",
        "calls",
        "time",
        "of all",
        "GFLOP/s",
        "of a matrix product",
    ];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    let mut best = 0.0f64;
    for profile in profiles {
        let product = profile.matmul_gflops.max(pytorch.unwrap_or(0.0));
        best = best.max(product);
        rows.extend(profile.operations.iter().map(|operation| {
            vec![
                task_name(profile.task).to_owned(),
                profile.conv_dim.to_string(),
                profile.batch.to_string(),
                format!("`{}`", operation.name),
                operation.calls.to_string(),
                duration(operation.ms),
                percent(operation.ms / profile.device_ms),
                format!("{:.1}", operation.gflops),
                percent(operation.gflops / product),
            ]
        }));
    }
    let by = match pytorch {
        Some(rate) if rate >= best => "PyTorch, TF32 off",
        _ => "Burn",
    };
    format!(
        "{}\nOne run, each kernel timed by the device. The work is that of the formula, in f32; a \
         large matrix product (by {by}) does {best:.1} GFLOP/s here.\n",
        aligned(&rows)
    )
}

fn percent(part: f64) -> String {
    format!("{:.0} %", 100.0 * part)
}

#[cfg(test)]
mod tests {
    use saganscope_figures::{Engine, Operation, Task};

    use super::*;

    #[test]
    fn rates_are_told_as_shares_of_the_fastest_product() {
        let profile = Profile {
            engine: Engine::Ours,
            device: "a device".into(),
            task: Task::Train,
            conv_dim: 64,
            batch: 32,
            dispatches: 900,
            device_ms: 20.0,
            kernels: Vec::new(),
            operations: vec![Operation {
                name: "up".into(),
                calls: 16,
                dispatches: 24,
                ms: 5.0,
                gflops: 400.0,
            }],
            matmul_gflops: 500.0,
        };
        let profiles = [profile];
        let text = table(&profiles, Some(1000.0));
        let row: Vec<_> = text.lines().nth(2).unwrap_or("").split('|').collect();
        let row: Vec<_> = row.iter().map(|cell| cell.trim()).collect();
        let expected = [
            "train", "64", "32", "`up`", "16", "5.00 ms", "25 %", "400.0", "40 %",
        ];
        assert_eq!(row[1..10], expected, "{text}");
        assert!(text.contains("PyTorch, TF32 off) does 1000.0"));
        assert!(table(&profiles, None).contains("| 80 %"));
        assert!(table(&profiles, None).contains("Burn) does 500.0"));
    }
}
