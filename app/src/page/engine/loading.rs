//! How far the start-up is.

use crate::protocol::Stage;

/// A file that is downloaded at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The engine's wasm.
    Engine,
    /// The model's weights.
    Checkpoint,
}

/// How far a download is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes {
    /// Bytes so far.
    pub done: u64,
    /// Bytes in all, where the server tells.
    pub total: Option<u64>,
}

impl Bytes {
    /// The fraction that has come, from 0 to 1, where it is known.
    pub fn fraction(self) -> Option<f64> {
        self.total
            .filter(|&total| total > 0)
            .map(|total| (self.done as f64 / total as f64).min(1.0))
    }
}

/// How far the start-up is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loading {
    /// The engine's download.
    pub engine: Bytes,
    /// The checkpoint's download.
    pub checkpoint: Bytes,
    /// Whether the engine was there already, and only a model is on its way.
    pub only_model: bool,
    /// What the engine is doing, once it runs.
    pub stage: Option<Stage>,
}

impl Loading {
    /// Notes the bytes of a download.
    pub fn record(&mut self, part: Part, done: u64, total: Option<u64>) {
        let bytes = match part {
            Part::Engine => &mut self.engine,
            Part::Checkpoint => &mut self.checkpoint,
        };
        *bytes = Bytes { done, total };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_needs_a_total() {
        assert_eq!(
            Bytes {
                done: 5,
                total: None
            }
            .fraction(),
            None
        );
        assert_eq!(
            Bytes {
                done: 0,
                total: Some(0)
            }
            .fraction(),
            None
        );
        assert_eq!(
            Bytes {
                done: 5,
                total: Some(10)
            }
            .fraction(),
            Some(0.5)
        );
        // A server may state the size of what it compressed.
        assert_eq!(
            Bytes {
                done: 50,
                total: Some(10)
            }
            .fraction(),
            Some(1.0)
        );
    }
}
