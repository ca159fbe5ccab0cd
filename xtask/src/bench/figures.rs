//! What was measured, read from its files and in words.

use std::path::Path;

use saganscope_figures::{Engine, Figure, Place, Report, Task};

use crate::failure::Failure;

/// Engines in the order of the table's columns.
pub(crate) const ENGINES: [Engine; 5] = [
    Engine::Ours,
    Engine::Stock,
    Engine::Pytorch,
    Engine::Tfjs,
    Engine::Ort,
];

/// The column's head.
pub(crate) fn engine_name(engine: Engine) -> &'static str {
    match engine {
        Engine::Ours => "Saganscope",
        Engine::Stock => "Burn's own",
        Engine::Pytorch => "PyTorch",
        Engine::Tfjs => "TensorFlow.js",
        Engine::Ort => "ONNX Runtime Web",
    }
}

/// As the table says it.
pub(crate) fn task_name(task: Task) -> &'static str {
    match task {
        Task::Generate => "draw",
        Task::Train => "train",
    }
}

/// As the table says it.
pub(crate) fn place_name(place: Place) -> &'static str {
    match place {
        Place::Cpu => "CPU",
        Place::Gpu => "GPU",
        Place::Browser => "browser",
        Place::BrowserCpu => "browser's CPU",
    }
}

/// Reads what a measuring program or an earlier bench wrote.
///
/// # Errors
/// If the file is not there or is no report.
pub(crate) fn read(path: &Path) -> Result<Report, Failure> {
    let unreadable = |reason: String| Failure::Unreadable {
        path: path.to_path_buf(),
        reason,
    };
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))
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
    use saganscope_figures::Usage;

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
            appeared_ms: None,
            processor_ms: None,
            usage: Usage::default(),
        }
    }

    #[test]
    fn what_the_measuring_programs_write_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("figures.json");
        std::fs::write(
            &path,
            r#"{"figures": [{"place": "gpu", "engine": "stock", "device": "CPU", "task": "train", "conv_dim": 32,
                "batch": 4, "first_ms": 12.5, "median_ms": 10, "runs": 9, "dispatches": 20}],
                "matmul_gflops": 1.5}"#,
        )
        .unwrap();
        let report = read(&path).unwrap();
        assert_eq!(report.figures[0].place, Place::Gpu);
        assert_eq!(report.figures[0].engine, Engine::Stock);
        assert_eq!(report.figures[0].median_ms, 10.0);
        assert_eq!(report.figures[0].usage.dispatches, Some(20));
        assert_eq!(report.matmul_gflops, Some(1.5));

        std::fs::write(&path, "{\"figures\": [{}]}").unwrap();
        let failure = read(&path).unwrap_err();
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
