//! All that was measured, as a table and as JSON.

use std::fmt;

use serde::Serialize;

use super::{layers::LayerFigures, real::RealFigures, symmetry::Symmetry};

#[derive(Serialize)]
pub(super) struct Report {
    pub(super) checkpoint: String,
    /// Width and height of a picture.
    pub(super) size: usize,
    pub(super) seed: u64,
    /// Pictures measured.
    pub(super) count: usize,
    /// The mirror's axis, in parts of the width.
    pub(super) mirror: Option<f32>,
    /// Where real pictures come from.
    pub(super) data: Option<String>,
    pub(super) generator: Vec<LayerFigures>,
    /// Of as many real pictures.
    pub(super) discriminator: Option<Vec<LayerFigures>>,
    pub(super) symmetry: Option<Symmetry>,
    pub(super) real: Option<RealFigures>,
}

/// Width of the names in a table, and of a column of values.
const NAMES: usize = 40;
const VALUES: usize = 12;

fn line(f: &mut fmt::Formatter<'_>, name: &str, value: &str) -> fmt::Result {
    writeln!(f, "{name:NAMES$}{value:>VALUES$}")
}

/// One line of a table: what is told, and a value a layer.
type Row = (&'static str, fn(&LayerFigures, usize) -> Option<String>);

const ROWS: &[Row] = &[
    ("γ", |layer, _| Some(format!("{:.4}", layer.gamma))),
    ("‖γ·o‖/‖x‖", |layer, _| rounded(layer.share, 3)),
    ("‖γ(o − mean v)‖/‖x‖", |layer, _| {
        rounded(layer.own_share, 3)
    }),
    ("specificity, bits", |layer, _| {
        rounded(Some(layer.map.specificity), 2)
    }),
    ("effective pixels of a row", |layer, _| {
        rounded(Some(layer.map.effective_pixels), 1)
    }),
    ("self-weight", |layer, _| {
        rounded(Some(layer.map.self_weight), 3)
    }),
    ("mean distance, pixels of the picture", |layer, size| {
        let cell = (size / layer.side) as f64;
        rounded(Some(layer.map.distance * cell), 1)
    }),
    ("border ratio of the mean row", |layer, _| {
        rounded(Some(layer.map.border), 2)
    }),
    ("phase ratio of the mean row", |layer, _| {
        rounded(Some(layer.map.phase), 2)
    }),
    ("top key of the mean row", |layer, _| {
        Some(percent(layer.map.top_key))
    }),
    ("  in the worst picture", |layer, _| {
        Some(percent(layer.worst_top_key))
    }),
    ("partner selectivity", |layer, _| {
        rounded(layer.partner?.selectivity, 2)
    }),
    ("  of a false partner", |layer, _| {
        rounded(layer.partner?.control, 2)
    }),
    ("partner × uniform, figure", |layer, _| {
        rounded(layer.partner?.figure_times_uniform, 2)
    }),
    ("  all pixels", |layer, _| {
        rounded(layer.partner?.all_times_uniform, 2)
    }),
    ("  figure pixels asked", |layer, _| {
        Some(layer.partner?.queries.to_string())
    }),
];

fn rounded(value: Option<f64>, digits: usize) -> Option<String> {
    value.map(|value| format!("{value:.digits$}"))
}

fn percent(part: f64) -> String {
    format!("{:.1} %", 100.0 * part)
}

impl Report {
    pub(super) fn to_json(&self) -> Vec<u8> {
        let mut json =
            serde_json::to_vec_pretty(self).expect("a report of numbers and names is JSON");
        json.push(b'\n');
        json
    }

    fn table(
        &self,
        f: &mut fmt::Formatter<'_>,
        title: &str,
        layers: &[LayerFigures],
    ) -> fmt::Result {
        write!(f, "{title:NAMES$}")?;
        for layer in layers {
            write!(f, "{:>VALUES$}", format!("{0}×{0}", layer.side))?;
        }
        writeln!(f)?;
        for (name, value) in ROWS {
            let values: Vec<_> = layers.iter().map(|layer| value(layer, self.size)).collect();
            if values.iter().all(Option::is_none) {
                continue;
            }
            write!(f, "{name:NAMES$}")?;
            for value in values {
                write!(f, "{:>VALUES$}", value.unwrap_or("–".into()))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.count;
        let title = format!("Generator, {count} pictures of seed {}", self.seed);
        self.table(f, &title, &self.generator)?;
        if let Some(layers) = &self.discriminator {
            writeln!(f)?;
            self.table(f, &format!("Discriminator, {count} real pictures"), layers)?;
        }
        if let Some(symmetry) = &self.symmetry {
            writeln!(f, "\nSymmetry error of the pictures")?;
            for (name, error) in [
                ("  as drawn", symmetry.as_drawn),
                ("  attention off", symmetry.attention_off),
                ("  mean row only", symmetry.mean_row),
                ("  rows shuffled", symmetry.shuffled),
            ] {
                line(f, name, &format!("{error:.4}"))?;
            }
        }
        if let Some(real) = &self.real {
            let nearest = &real.nearest;
            let both = |drawn: f64, real: f64| format!("{drawn:.3} ({real:.3})");
            let number = real.pictures;
            writeln!(
                f,
                "\n{number} pictures and as many real ones (two sets of real ones)"
            )?;
            line(
                f,
                "Fréchet distance",
                &both(real.frechet, real.frechet_of_real),
            )?;
            line(f, "diversity", &both(real.diversity, 1.0))?;
            line(
                f,
                "nearest real picture, mean",
                &both(nearest.mean, nearest.mean_of_real),
            )?;
            line(
                f,
                "  the closest",
                &both(nearest.closest, nearest.closest_of_real),
            )?;
            writeln!(
                f,
                "Drawn picture {} comes closest, to real picture {}. Distances in a small space of \
                 our own:\nnot comparable with published FID.",
                nearest.drawn, nearest.real
            )?;
        }
        Ok(())
    }
}
