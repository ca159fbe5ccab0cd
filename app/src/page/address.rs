//! What is shown, as the query part of the page's address, so that a link shows the same.
//!
//! `seed`, `sample` (from 0), `x` and `y` (the pixel), `pinned=1`, `layer` (1, 2 or none) change
//! as one looks around. `device=cpu` or `gpu`, `count` (1 to 16) and `checkpoint` (a relative path) are
//! read when the page opens. What is missing or makes no sense takes its default.

use crate::protocol::DeviceChoice;

use super::pixel::Point;
use super::settings::{FIRST_SEED, MOST_SAMPLES, SHIPPED_CHECKPOINT, Settings};
use super::state::Query;

/// The layer whose map lies over the picture at first: the finer one.
const FIRST_OVERLAY: usize = 1;

/// What the address says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Read when the page opens.
    pub settings: Settings,
    /// The seed of the pictures.
    pub seed: u64,
    /// Which picture is shown large.
    pub sample: usize,
    /// Which layer lies over it, 0 for the coarser.
    pub overlay: Option<usize>,
    /// The pixel in question.
    pub query: Query,
}

impl Address {
    /// Reads an address through a function that gives the value of a name.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| get(name).and_then(|text| text.trim().parse::<u64>().ok());
        let small = |name: &str| number(name).and_then(|n| u32::try_from(n).ok());
        let pixel = small("x").zip(small("y")).map(|(x, y)| Point { x, y });
        let pinned = get("pinned").as_deref() == Some("1");
        Self {
            settings: Settings {
                device: match get("device").as_deref() {
                    Some("cpu") => DeviceChoice::Cpu,
                    Some("gpu") => DeviceChoice::Gpu,
                    _ => DeviceChoice::Auto,
                },
                count: small("count")
                    .filter(|n| (1..=MOST_SAMPLES).contains(n))
                    .unwrap_or(MOST_SAMPLES),
                checkpoint: get("checkpoint").unwrap_or_else(|| SHIPPED_CHECKPOINT.to_owned()),
            },
            seed: number("seed").unwrap_or(FIRST_SEED),
            sample: small("sample").unwrap_or(0) as usize,
            overlay: match get("layer").as_deref() {
                Some("1") => Some(0),
                Some("2") => Some(1),
                Some("none") => None,
                _ => Some(FIRST_OVERLAY),
            },
            query: match pixel {
                Some(pixel) if pinned => Query::Pinned(pixel),
                Some(pixel) => Query::Marked(pixel),
                None => Query::Unset,
            },
        }
    }

    /// The names and values that say the same, without the settings that have their defaults.
    pub fn write(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![
            ("seed", self.seed.to_string()),
            ("sample", self.sample.to_string()),
        ];
        if let Some(Point { x, y }) = self.query.pixel() {
            pairs.extend([("x", x.to_string()), ("y", y.to_string())]);
        }
        if self.query.pinned() {
            pairs.push(("pinned", "1".to_owned()));
        }
        pairs.push((
            "layer",
            self.overlay
                .map_or("none".to_owned(), |layer| (layer + 1).to_string()),
        ));
        match self.settings.device {
            DeviceChoice::Auto => {}
            DeviceChoice::Cpu => pairs.push(("device", "cpu".to_owned())),
            DeviceChoice::Gpu => pairs.push(("device", "gpu".to_owned())),
        }
        if self.settings.count != MOST_SAMPLES {
            pairs.push(("count", self.settings.count.to_string()));
        }
        if self.settings.checkpoint != SHIPPED_CHECKPOINT {
            pairs.push(("checkpoint", self.settings.checkpoint.clone()));
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(pairs: &[(&str, String)]) -> Address {
        Address::read(|name| {
            pairs
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, value)| value.clone())
        })
    }

    #[test]
    fn an_empty_address_has_the_defaults() {
        let address = read(&[]);
        assert_eq!(address.settings, Settings::default());
        assert_eq!(
            (address.seed, address.sample, address.overlay),
            (FIRST_SEED, 0, Some(1))
        );
        assert_eq!(address.query, Query::Unset);
    }

    #[test]
    fn nonsense_takes_its_default() {
        let address = read(&[
            ("seed", "-3".into()),
            ("sample", "many".into()),
            ("count", "17".into()),
            ("device", "quantum".into()),
            ("x", "5".into()),
            ("pinned", "1".into()),
        ]);
        assert_eq!(address, read(&[]));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            (seed, sample, count) in (any::<u64>(), 0usize..16, 1u32..=16),
            overlay in prop::option::of(0usize..2),
            (x, y, kind) in (0u32..64, 0u32..64, 0..3),
            device in prop::sample::select(vec![DeviceChoice::Auto, DeviceChoice::Cpu, DeviceChoice::Gpu]),
        ) {
            let query = match kind {
                0 => Query::Unset,
                1 => Query::Marked(Point { x, y }),
                _ => Query::Pinned(Point { x, y }),
            };
            let settings = Settings { device, count, checkpoint: "runs/a.safetensors".into() };
            let address = Address { settings, seed, sample, overlay, query };
            prop_assert_eq!(read(&address.write()), address);
        }
    }
}
