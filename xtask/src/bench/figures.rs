//! What was measured: one figure for each engine and case, as JSON and in words.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::profile::Profile;
use crate::failure::Failure;

/// Who ran the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Engine {
    /// Saganscope's operations.
    Ours,
    /// Burn's own operations.
    Stock,
    /// PyTorch, eager, f32.
    Pytorch,
    /// TensorFlow.js on WebGPU.
    Tfjs,
    /// ONNX Runtime Web on WebGPU.
    Ort,
}

impl Engine {
    /// In the order of the table's columns.
    pub(crate) const ALL: [Engine; 5] = [
        Engine::Ours,
        Engine::Stock,
        Engine::Pytorch,
        Engine::Tfjs,
        Engine::Ort,
    ];

    /// The column's head.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Engine::Ours => "Saganscope",
            Engine::Stock => "Burn's own",
            Engine::Pytorch => "PyTorch",
            Engine::Tfjs => "TensorFlow.js",
            Engine::Ort => "ONNX Runtime Web",
        }
    }
}

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Task {
    /// Pictures from latents, read back.
    Generate,
    /// One update of both networks.
    Train,
}

impl Task {
    /// As the table says it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Task::Generate => "draw",
            Task::Train => "train",
        }
    }
}

/// Where: times compare within one place only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    /// Natively on the processor's cores.
    #[default]
    Cpu,
    /// Natively on the graphics adapter.
    Gpu,
    /// In the browser, on WebGPU.
    Browser,
}

/// One engine on one case; times in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figure {
    /// Set by whoever ran the measurement.
    #[serde(default)]
    pub(crate) place: Place,
    pub(crate) engine: Engine,
    /// The device's own name.
    pub(crate) device: String,
    /// A processor plays the GPU.
    #[serde(default)]
    pub(crate) software: bool,
    pub(crate) task: Task,
    pub(crate) conv_dim: usize,
    pub(crate) batch: usize,
    /// With the compilation of kernels.
    pub(crate) first_ms: f64,
    pub(crate) median_ms: f64,
    /// How many runs the median is of.
    pub(crate) runs: usize,
    /// Kernels that one run launches, on a GPU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dispatches: Option<u64>,
    /// The most bytes that a run's tensors held at once, on a GPU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) memory: Option<u64>,
    /// The most bytes that the GPU had been asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reserved: Option<u64>,
}

/// What one run of the bench gives, and what `--json` writes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) figures: Vec<Figure>,
    /// Where the time of a run on the GPU goes.
    #[serde(default)]
    pub(crate) profiles: Vec<Profile>,
    /// A large product of f32 matrices by PyTorch on the GPU, in GFLOP/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) matmul_gflops: Option<f64>,
    /// What was not measured and why, and what was checked.
    #[serde(default)]
    pub(crate) notes: Vec<String>,
}

impl Report {
    /// Reads what a bench wrote.
    ///
    /// # Errors
    /// If the file is not there or is no report.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let unreadable = |reason: String| Failure::Unreadable {
            path: path.to_path_buf(),
            reason,
        };
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))
    }

    /// Takes in what a measuring program wrote.
    ///
    /// # Errors
    /// If the file is not there or is no report.
    pub(crate) fn add_file(&mut self, path: &Path, place: Place) -> Result<(), Failure> {
        let report = Self::read(path)?;
        let placed = report
            .figures
            .into_iter()
            .map(|figure| Figure { place, ..figure });
        self.figures.extend(placed);
        self.profiles.extend(report.profiles);
        self.matmul_gflops = report.matmul_gflops.or(self.matmul_gflops);
        self.notes.extend(report.notes);
        Ok(())
    }

    /// Whether a GPU that is none of software was measured.
    pub(crate) fn has_gpu(&self) -> bool {
        let ours = |f: &&Figure| f.place == Place::Gpu && f.engine == Engine::Ours;
        self.figures.iter().filter(ours).any(|f| !f.software)
    }

    /// The cases in the order of the table, each with its figures.
    pub(crate) fn cases(&self) -> Vec<Vec<&Figure>> {
        let key = |f: &Figure| (f.place, f.task, f.conv_dim, f.batch);
        let mut sorted: Vec<_> = self.figures.iter().collect();
        sorted.sort_by_key(|figure| (key(figure), figure.engine));
        let groups = sorted.chunk_by(|a, b| key(a) == key(b));
        groups.map(<[&Figure]>::to_vec).collect()
    }
}

/// How many times the time of ours the figure takes, where ours is among the case's figures.
pub(crate) fn ratio(figure: &Figure, case: &[&Figure]) -> Option<f64> {
    let ours = case.iter().find(|other| other.engine == Engine::Ours)?;
    (figure.engine != Engine::Ours && ours.median_ms > 0.0)
        .then(|| figure.median_ms / ours.median_ms)
}

/// Milliseconds in the unit that suits, three digits.
pub(crate) fn duration(millis: f64) -> String {
    match millis {
        m if m < 9.995 => format!("{m:.2} ms"),
        m if m < 99.95 => format!("{m:.1} ms"),
        m if m < 999.5 => format!("{m:.0} ms"),
        m if m < 9_995.0 => format!("{:.2} s", m / 1e3),
        m => format!("{:.1} s", m / 1e3),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    pub(crate) fn figure(engine: Engine, place: Place, batch: usize, median_ms: f64) -> Figure {
        Figure {
            place,
            engine,
            device: "a device".into(),
            software: false,
            task: Task::Generate,
            conv_dim: 16,
            batch,
            first_ms: 2.0 * median_ms,
            median_ms,
            runs: 3,
            dispatches: None,
            memory: None,
            reserved: None,
        }
    }

    #[test]
    fn what_the_measuring_programs_write_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("figures.json");
        std::fs::write(
            &path,
            r#"{"figures": [{"engine": "stock", "device": "CPU", "task": "train", "conv_dim": 32,
                "batch": 4, "first_ms": 12.5, "median_ms": 10, "runs": 9, "dispatches": 20}],
                "matmul_gflops": 1.5}"#,
        )
        .unwrap();
        let mut report = Report::default();
        report.add_file(&path, Place::Gpu).unwrap();
        assert_eq!(report.figures[0].place, Place::Gpu);
        assert_eq!(report.figures[0].engine, Engine::Stock);
        assert_eq!(report.figures[0].median_ms, 10.0);
        assert_eq!(report.figures[0].dispatches, Some(20));
        assert_eq!(report.matmul_gflops, Some(1.5));

        std::fs::write(&path, "{\"figures\": [{}]}").unwrap();
        let failure = report.add_file(&path, Place::Cpu).unwrap_err();
        assert!(failure.to_string().contains("figures.json"), "{failure}");
    }

    #[test]
    fn ratios_are_within_one_place() {
        let mut report = Report::default();
        report.figures.extend([
            figure(Engine::Stock, Place::Cpu, 1, 30.0),
            figure(Engine::Stock, Place::Gpu, 1, 50.0),
            figure(Engine::Ours, Place::Cpu, 1, 10.0),
        ]);
        let cases = report.cases();
        assert_eq!(cases.len(), 2);
        assert_eq!(cases[0][0].engine, Engine::Ours);
        assert_eq!(ratio(cases[0][1], &cases[0]), Some(3.0));
        assert_eq!(ratio(cases[0][0], &cases[0]), None);
        assert_eq!(ratio(cases[1][0], &cases[1]), None);
    }

    #[test]
    fn software_and_other_engines_make_no_gpu() {
        let mut report = Report::default();
        report.figures.extend([
            figure(Engine::Ours, Place::Cpu, 1, 1.0),
            figure(Engine::Pytorch, Place::Gpu, 1, 1.0),
            Figure {
                software: true,
                ..figure(Engine::Ours, Place::Gpu, 1, 1.0)
            },
        ]);
        assert!(!report.has_gpu());
        report
            .figures
            .push(figure(Engine::Ours, Place::Gpu, 1, 1.0));
        assert!(report.has_gpu());
    }

    #[test]
    fn durations_have_three_digits() {
        assert_eq!(duration(1.0714), "1.07 ms");
        assert_eq!(duration(36.49), "36.5 ms");
        assert_eq!(duration(217.8), "218 ms");
        assert_eq!(duration(2012.6), "2.01 s");
        assert_eq!(duration(23_040.0), "23.0 s");
    }
}
