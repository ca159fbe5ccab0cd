//! What an attention map is worth, in numbers.

/// Figures of one map, a picture's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapFigures {
    /// Entropy of the mean row minus the mean entropy of the rows, in bits; 0 = every pixel
    /// looks at the same place (a *sink*), log2 N at most.
    pub specificity: f64,
    /// exp of the mean entropy of the rows: how many pixels a row spreads over, 1 to N.
    pub effective_pixels: f64,
    /// The largest entry of the mean row: the share of all looks that one key gets.
    pub largest_key: f64,
}

impl MapFigures {
    /// Of a map `[pixels, pixels]`, row-major, whose rows sum to one.
    pub fn new(map: &[f32], pixels: usize) -> Self {
        let mut mean = vec![0f64; pixels];
        let mut rows = 0.0;
        for row in map.chunks_exact(pixels) {
            rows += entropy(row.iter().map(|&p| f64::from(p)));
            for (mean, &p) in mean.iter_mut().zip(row) {
                *mean += f64::from(p) / pixels as f64;
            }
        }
        let rows = rows / pixels as f64;
        Self {
            specificity: (entropy(mean.iter().copied()) - rows) / std::f64::consts::LN_2,
            effective_pixels: rows.exp(),
            largest_key: mean.iter().copied().fold(0.0, f64::max),
        }
    }
}

/// −Σ p ln p, in nats.
fn entropy(row: impl Iterator<Item = f64>) -> f64 {
    row.filter(|&p| p > 0.0).map(|p| -p * p.ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_has_no_specificity_and_the_identity_has_all() {
        let sink: Vec<f32> = (0..16)
            .map(|i| if i % 4 == 2 { 1.0 } else { 0.0 })
            .collect();
        let figures = MapFigures::new(&sink, 4);
        assert!(figures.specificity.abs() < 1e-9);
        assert!((figures.largest_key - 1.0).abs() < 1e-9);

        let identity: Vec<f32> = (0..16)
            .map(|i| if i % 5 == 0 { 1.0 } else { 0.0 })
            .collect();
        let figures = MapFigures::new(&identity, 4);
        assert!((figures.specificity - 2.0).abs() < 1e-9);
        assert!((figures.effective_pixels - 1.0).abs() < 1e-9);

        let uniform = [0.25f32; 16];
        let figures = MapFigures::new(&uniform, 4);
        assert!(figures.specificity.abs() < 1e-9);
        assert!((figures.effective_pixels - 4.0).abs() < 1e-9);
    }
}
