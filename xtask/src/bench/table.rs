//! The report as Markdown tables, which read in a terminal too.

use saganscope_figures::{Engine, Figure, OptionsCost, Place, Report};

use super::{
    figures::{ENGINES, duration, engine_name, place_name, ratio, task_name},
    markdown::aligned,
    profile,
};

/// A row for each case, a column for each engine that measured anything; then what was measured
/// elsewhere, on a real GPU.
pub(crate) fn table(report: &Report, gpu: Option<&Report>) -> String {
    let engines = |told: fn(&&Figure) -> bool| -> Vec<Engine> {
        let told: Vec<_> = report.figures.iter().filter(told).collect();
        let mut engines = ENGINES.to_vec();
        engines.retain(|&engine| told.iter().any(|figure| figure.engine == engine));
        engines
    };
    let all = engines(|_| true);
    let mut rows = vec![head(&all)];
    rows.extend(report.cases().iter().map(|case| row(case, &all, cell)));
    let mut text = aligned(&rows);
    text.push_str(
        "\nThe median call, the first call in brackets, and how many times Saganscope's median the \
         others take. A call draws from latents or does one training step, and ends when its result \
         is in main memory. Natively the first call compiles the kernels.\n",
    );
    for place in PLACES {
        if let Some(names) = devices(report, place) {
            text.push_str(&format!("{}: {names}.\n", place_name(place)));
        }
    }
    let appeared = engines(|figure| figure.appeared_ms.is_some());
    if !appeared.is_empty() {
        let mut rows = vec![head(&appeared)];
        let mut cases = report.cases();
        cases.retain(|case| case.iter().any(|figure| figure.appeared_ms.is_some()));
        rows.extend(cases.iter().map(|case| row(case, &appeared, appearance)));
        text.push_str(&format!("\n{}{APPEARANCE}", aligned(&rows)));
    }
    let timed = engines(|figure| figure.processor_ms.is_some());
    if !timed.is_empty() {
        let mut rows = vec![head(&timed)];
        let mut cases = report.cases();
        cases.retain(|case| case.iter().any(|figure| figure.processor_ms.is_some()));
        rows.extend(cases.iter().map(|case| row(case, &timed, processor)));
        text.push_str(&format!("\n{}{PROCESSOR}", aligned(&rows)));
    }
    if !report.options.is_empty() {
        text.push_str(&format!("\n{}", options(&report.options)));
    }
    if let Some(usage) = usage(report) {
        text.push_str(&format!("\n{usage}"));
    }
    if !report.profiles.is_empty() {
        let rates = profile::table(&report.profiles, report.matmul_gflops);
        text.push_str(&format!("\n{rates}"));
    }
    if gpu.is_none() && !report.has_gpu() {
        text.push_str(NO_GPU);
    }
    if !report.notes.is_empty() {
        text.push('\n');
    }
    for note in &report.notes {
        text.push_str(note);
        text.push('\n');
    }
    if let Some(gpu) = gpu.filter(|_| !report.has_gpu()) {
        text.push_str(&format!(
            "\n## A real GPU\n\n{ELSEWHERE}\n{}",
            table(gpu, None)
        ));
    }
    text
}

const PLACES: [Place; 4] = [Place::Cpu, Place::Gpu, Place::Browser, Place::BrowserCpu];

const APPEARANCE: &str = "\nIn the browser, from navigation with an empty cache to the first picture \
                          on a canvas: loading the engine and the weights from this machine, \
                          compiling, drawing. Saganscope compiles its kernels as the page opens, \
                          the others in their first call; here all of it counts.\n";

const PROCESSOR: &str = "\nProcessor time of one picture, one thread, and how many times Saganscope's \
                         the others take. The engine's worker draws without the page around it; the \
                         engines take turns, and the least of their rounds counts, so that what \
                         else the machine does hardly does.\n";

const NO_GPU: &str = "\nA real GPU: not filled, none was at hand. `cargo xtask bench --pytorch \
                      --docs` on a machine that has one fills it: the table then has its rows at \
                      conv_dim 64, batch 64 beside PyTorch's.\n";

const ELSEWHERE: &str = "Measured on another machine by `cargo xtask bench --gpu-only --pytorch --json \
                         docs/bench-gpu.json`.\n";

/// Dispatches and memory of one run on the GPU, where somebody told them.
fn usage(report: &Report) -> Option<String> {
    let heads = [
        "task",
        "conv_dim",
        "batch",
        "engine",
        "dispatches",
        "peak memory",
        "reserved",
    ];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    let told =
        |figure: &&Figure| figure.usage.dispatches.is_some() || figure.usage.memory.is_some();
    let cases = report.cases();
    let on_gpu = cases.iter().flatten().filter(|f| f.place == Place::Gpu);
    rows.extend(on_gpu.copied().filter(told).map(|figure| {
        vec![
            task_name(figure.task).to_owned(),
            figure.conv_dim.to_string(),
            figure.batch.to_string(),
            engine_name(figure.engine).to_owned(),
            figure
                .usage
                .dispatches
                .map_or("–".into(), |n| n.to_string()),
            megabytes(figure.usage.memory),
            megabytes(figure.usage.reserved),
        ]
    }));
    (rows.len() > 1).then(|| {
        aligned(&rows)
            + "\nOf one run on the GPU: kernels launched, the most that tensors held at once, and \
               what the driver had been asked for by then.\n"
    })
}

fn megabytes(bytes: Option<u64>) -> String {
    bytes.map_or("–".into(), |bytes| {
        format!("{:.1} MB", bytes as f64 / 1e6)
    })
}

fn head(engines: &[Engine]) -> Vec<String> {
    let fixed = ["where", "task", "conv_dim", "batch"].map(str::to_owned);
    let names = engines.iter().map(|&engine| engine_name(engine).to_owned());
    fixed.into_iter().chain(names).collect()
}

fn row(
    case: &[&Figure],
    engines: &[Engine],
    cell: fn(&Figure, &[&Figure]) -> String,
) -> Vec<String> {
    let first = case[0];
    let mut cells = vec![
        place_name(first.place).to_owned(),
        task_name(first.task).to_owned(),
        first.conv_dim.to_string(),
        first.batch.to_string(),
    ];
    cells.extend(engines.iter().map(|&engine| {
        let figure = case.iter().find(|figure| figure.engine == engine);
        figure.map_or_else(|| "–".to_owned(), |figure| cell(figure, case))
    }));
    cells
}

fn cell(figure: &Figure, case: &[&Figure]) -> String {
    let times = format!(
        "{} ({})",
        duration(figure.median_ms),
        duration(figure.first_ms)
    );
    match ratio(figure, case) {
        Some(ratio) => format!("{times} {ratio:.2}×"),
        None => times,
    }
}

fn appearance(figure: &Figure, _: &[&Figure]) -> String {
    figure.appeared_ms.map_or_else(|| "–".to_owned(), duration)
}

fn processor(figure: &Figure, case: &[&Figure]) -> String {
    let Some(millis) = figure.processor_ms else {
        return "–".to_owned();
    };
    let ours = case.iter().find(|other| other.engine == Engine::Ours);
    match ours.and_then(|ours| ours.processor_ms) {
        Some(ours) if figure.engine != Engine::Ours && ours > 0.0 => {
            format!("{} {:.2}×", duration(millis), millis / ours)
        }
        _ => duration(millis),
    }
}

/// What the shipped models' options cost.
fn options(costs: &[OptionsCost]) -> String {
    let heads = [
        "where",
        "task",
        "conv_dim",
        "batch",
        "plain",
        "with options",
        "ratio",
    ];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    rows.extend(costs.iter().map(|cost| {
        vec![
            place_name(cost.place).to_owned(),
            task_name(cost.task).to_owned(),
            cost.conv_dim.to_string(),
            cost.batch.to_string(),
            duration(cost.plain_ms),
            duration(cost.options_ms),
            format!("{:.2}×", cost.ratio()),
        ]
    }));
    aligned(&rows)
        + "\nThe plain networks, and the same with the options of the shipped faces, in turn; the \
           median call of each.\n"
}

fn devices(report: &Report, place: Place) -> Option<String> {
    let here = report.figures.iter().filter(|f| f.place == place);
    let mut names: Vec<_> = here.map(|figure| figure.device.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| names.join("; "))
}

#[cfg(test)]
mod tests {
    use saganscope_figures::{Task, Usage};

    use super::*;
    use crate::bench::figures::tests::figure;

    #[test]
    fn every_case_is_a_row_and_absent_engines_have_no_column() {
        let report = Report {
            figures: vec![
                figure(Engine::Ours, Place::Cpu, 1, 10.0),
                figure(Engine::Stock, Place::Cpu, 1, 25.0),
                figure(Engine::Ours, Place::Browser, 4, 80.0),
            ],
            notes: vec!["PyTorch is not here.".into()],
            ..Report::default()
        };
        let text = table(&report, None);
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[0].contains("Saganscope") && !lines[0].contains("PyTorch"));
        assert!(
            lines[2].contains("10.0 ms (20.0 ms)") && lines[2].contains("25.0 ms (50.0 ms) 2.50×")
        );
        assert!(lines[3].contains("browser") && lines[3].contains('–'));
        let widths: Vec<_> = lines[..4].iter().map(|l| l.chars().count()).collect();
        assert!(widths.iter().all(|&w| w == widths[0]), "{text}");
        assert!(text.ends_with("PyTorch is not here.\n"));
        assert!(text.contains("A real GPU: not filled"));
    }

    #[test]
    fn the_gpu_s_dispatches_and_memory_have_a_table() {
        let mut report = Report::default();
        report.figures.extend([
            Figure {
                usage: Usage {
                    dispatches: Some(2127),
                    memory: Some(65_300_000),
                    reserved: Some(78_200_000),
                },
                ..figure(Engine::Ours, Place::Gpu, 16, 10.0)
            },
            Figure {
                usage: Usage {
                    memory: Some(90_000_000),
                    ..Usage::default()
                },
                ..figure(Engine::Pytorch, Place::Gpu, 16, 12.0)
            },
            figure(Engine::Ours, Place::Cpu, 16, 40.0),
        ]);
        let text = table(&report, None);
        let rows: Vec<_> = text.lines().filter(|line| line.contains("MB")).collect();
        assert_eq!(rows.len(), 2, "{text}");
        assert!(rows[0].contains("| 2127 ") && rows[0].contains("| 65.3 MB"));
        assert!(rows[1].contains("PyTorch") && rows[1].contains("| 90.0 MB"));
        assert!(!text.contains("not filled"), "{text}");
    }

    #[test]
    fn what_a_real_gpu_did_elsewhere_stands_at_the_end() {
        let figures = |device: &str, place, median_ms| Report {
            figures: vec![Figure {
                device: device.into(),
                ..figure(Engine::Ours, place, 16, median_ms)
            }],
            ..Report::default()
        };
        let here = figures("two cores", Place::Cpu, 10.0);
        let elsewhere = figures("a large card", Place::Gpu, 0.5);
        let text = table(&here, Some(&elsewhere));
        let [before, after] = text.split("## A real GPU").collect::<Vec<_>>()[..] else {
            panic!("{text}");
        };
        assert!(before.contains("two cores") && !before.contains("not filled"));
        assert!(after.contains("a large card") && after.contains("0.50 ms"));
        // A machine that has one needs no other's.
        assert!(!table(&elsewhere, Some(&elsewhere)).contains("## A real GPU"));
    }

    #[test]
    fn first_pictures_in_the_browser_have_a_table() {
        let mut report = Report::default();
        let shown = |engine, appeared_ms| Figure {
            appeared_ms: Some(appeared_ms),
            ..figure(engine, Place::BrowserCpu, 1, 5.0)
        };
        report.figures.extend([
            shown(Engine::Ours, 640.0),
            shown(Engine::Ort, 810.0),
            figure(Engine::Stock, Place::Cpu, 1, 30.0),
        ]);
        let text = table(&report, None);
        let rows: Vec<_> = text
            .lines()
            .filter(|line| line.contains("640 ms"))
            .collect();
        let [row] = rows.as_slice() else {
            panic!("{text}");
        };
        assert!(row.contains("browser's CPU") && row.contains("810 ms"));
        assert!(text.contains("from navigation with an empty cache"));
        report.figures.truncate(0);
        assert!(!table(&report, None).contains("navigation"));
    }

    #[test]
    fn processor_times_in_the_browser_have_a_table() {
        let timed = |engine, processor_ms| Figure {
            processor_ms: Some(processor_ms),
            ..figure(engine, Place::BrowserCpu, 1, 500.0)
        };
        let mut report = Report::default();
        report.figures.extend([
            timed(Engine::Ours, 8.0),
            timed(Engine::Ort, 14.0),
            figure(Engine::Stock, Place::Cpu, 1, 30.0),
        ]);
        let text = table(&report, None);
        let rows: Vec<_> = text.lines().filter(|l| l.contains("8.00 ms")).collect();
        let [row] = rows.as_slice() else {
            panic!("{text}");
        };
        assert!(row.ends_with("| 14.0 ms 1.75×    |"), "{row}");
        report.figures.truncate(0);
        assert!(!table(&report, None).contains("Processor time"));
    }

    #[test]
    fn what_options_cost_has_a_table() {
        let report = Report {
            options: vec![OptionsCost {
                place: Place::Cpu,
                device: "a device".into(),
                task: Task::Train,
                conv_dim: 32,
                batch: 24,
                plain_ms: 200.0,
                options_ms: 250.0,
                runs: 5,
            }],
            ..Report::default()
        };
        let text = table(&report, None);
        let row = text.lines().find(|line| line.contains("1.25×"));
        assert!(row.is_some_and(|row| row.contains("| 250 ms")), "{text}");
        assert!(!table(&Report::default(), None).contains("with options"));
    }
}
