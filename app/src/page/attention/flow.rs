//! How much two regions look at each other.

use super::map::Map;
use super::region::Region;

/// How much two regions of a map's cells look at each other. A cell that both hold counts in both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// From the first to the second.
    pub there: Part,
    /// From the second to the first.
    pub back: Part,
}

/// What part of a region's looking goes into another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// The mean over its cells of what they look at in the other: 0 to 1.
    pub share: f64,
    /// The same if every cell looked everywhere alike: the other's part of the map.
    pub even: f64,
}

impl Flow {
    /// Between two regions of a map.
    pub fn between(map: &Map, first: Region, second: Region) -> Self {
        Self {
            there: part(map, first, second),
            back: part(map, second, first),
        }
    }
}

impl Part {
    /// How many times an even share it is.
    pub fn times(self) -> f64 {
        self.share / self.even
    }
}

fn part(map: &Map, from: Region, to: Region) -> Part {
    let side = map.side();
    let [from, to] = [from, to].map(|region| region.clamped(side).indices(side));
    let (askers, asked) = (from.clone().count(), to.clone().count());
    let weights = from.flat_map(|query| to.clone().map(move |key| (query, key)));
    let whole: f64 = weights
        .map(|(query, key)| f64::from(map.weight(query, key)))
        .sum();
    Part {
        share: whole / askers as f64,
        even: asked as f64 / map.cells() as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::super::map::tests::{identity, sink, some_map};
    use super::super::pixel::Point;
    use super::*;
    use proptest::prelude::*;

    fn cells(a: usize, b: usize) -> Region {
        Region::between(Point::of_index(a, 4), Point::of_index(b, 4))
    }

    #[test]
    fn all_that_is_looked_at_in_a_sink_flows_one_way() {
        let (sink, corner) = (sink(4, 5), cells(10, 15));
        let flow = Flow::between(&sink, corner, cells(0, 5));
        assert!(
            flow.there.share > 0.99 && flow.back.share < 0.01,
            "{flow:?}"
        );
        assert_eq!(flow.there.even, 0.25);
        assert!((flow.there.times() - 4.0).abs() < 0.04);
        let own = Flow::between(&identity(4), corner, corner);
        assert!(own.there == own.back && own.there.share > 0.99);
    }

    proptest! {
        #[test]
        fn a_flow_is_the_mean_of_the_rows_parts(map in some_map(4, 3, 3.0), a in 0usize..16, b in 0usize..16, c in 0usize..16, d in 0usize..16) {
            let (first, second) = (cells(a, b), cells(c, d));
            let flow = Flow::between(&map, first, second);
            for (part, from, to) in [(flow.there, first, second), (flow.back, second, first)] {
                let parts = from.indices(4).map(|query| {
                    let row = map.row(query);
                    to.indices(4).map(|key| f64::from(row[key])).sum::<f64>()
                });
                let wanted = parts.sum::<f64>() / from.indices(4).count() as f64;
                prop_assert!((part.share - wanted).abs() < 1e-4, "{} is not {}", part.share, wanted);
                prop_assert_eq!(part.even, to.indices(4).count() as f64 / 16.0);
            }
        }
    }
}
