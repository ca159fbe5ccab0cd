//! How the address names what is changed.
//!
//! Each layer has its number, from 1 for the coarsest, behind the name:
//!
//! | name | values |
//! |---|---|
//! | `g1` | the factor on γ, from 0 to 2 |
//! | `a1` | `uniform`, `mean`, `shuffled.7` with a seed, or `sample.3.7`: the map of picture 7 of seed 3 |
//! | `k1` | keys made heavier or lighter: `0*17.20-23` masks key 17 and keys 20 to 23, `4*5` multiplies the weight of key 5 by four, `0*17*33` does it for query 33 alone; joined by `_` |

use crate::protocol::{KeyBias, LayerEdit, MapEdit};

use super::edits::MOST_GAMMA;
use super::query::Query;

/// The names, by layer.
const GAMMAS: [&str; 8] = ["g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8"];
const MAPS: [&str; 8] = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"];
const KEYS: [&str; 8] = ["k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8"];

/// The largest factor on a key, and 1 over the smallest but 0.
const MOST_FACTOR: f32 = 1e6;

/// More pictures of a seed are not told apart.
const MOST_PICTURES: u32 = 1 << 20;

/// The most places that a layer has, and so a range names.
const MOST_PLACES: u32 = 1 << 14;

/// What the address says of changes, a layer each; what makes no sense changes nothing.
pub fn read(query: &Query) -> Vec<LayerEdit> {
    let mut layers: Vec<LayerEdit> = (0..GAMMAS.len())
        .map(|layer| LayerEdit {
            gamma: query.value(GAMMAS[layer], read_gamma).unwrap_or(1.0),
            map: query.value(MAPS[layer], read_map).unwrap_or_default(),
            biases: query.value(KEYS[layer], read_biases).unwrap_or_default(),
        })
        .collect();
    let last = layers
        .iter()
        .rposition(|edit| *edit != LayerEdit::default());
    layers.truncate(last.map_or(0, |last| last + 1));
    layers
}

/// The names and values that say the same.
pub fn write(layers: &[LayerEdit]) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    for (layer, LayerEdit { gamma, map, biases }) in layers.iter().enumerate().take(GAMMAS.len()) {
        if *gamma != 1.0 {
            pairs.push((GAMMAS[layer], gamma.to_string()));
        }
        match map {
            MapEdit::Uniform => pairs.push((MAPS[layer], "uniform".to_owned())),
            MapEdit::MeanRow => pairs.push((MAPS[layer], "mean".to_owned())),
            MapEdit::Shuffled { seed } => pairs.push((MAPS[layer], format!("shuffled.{seed}"))),
            MapEdit::Patch { seed, index } => {
                pairs.push((MAPS[layer], format!("sample.{seed}.{index}")));
            }
            MapEdit::Own => {}
        }
        if !biases.is_empty() {
            let texts: Vec<String> = biases.iter().map(write_bias).collect();
            pairs.push((KEYS[layer], texts.join("_")));
        }
    }
    pairs
}

fn read_gamma(text: &str) -> Option<f32> {
    let factor = text.parse().ok()?;
    (0.0..=MOST_GAMMA).contains(&factor).then_some(factor)
}

fn read_map(text: &str) -> Option<MapEdit> {
    match text.split_once('.') {
        None if text == "uniform" => Some(MapEdit::Uniform),
        None if text == "mean" => Some(MapEdit::MeanRow),
        Some(("shuffled", seed)) => seed.parse().ok().map(|seed| MapEdit::Shuffled { seed }),
        Some(("sample", picture)) => {
            let (seed, index) = picture.split_once('.')?;
            let (seed, index) = (seed.parse().ok()?, index.parse().ok()?);
            (index < MOST_PICTURES).then_some(MapEdit::Patch { seed, index })
        }
        _ => None,
    }
}

/// All of them, or nothing where one makes no sense.
fn read_biases(text: &str) -> Option<Vec<KeyBias>> {
    text.split('_').map(read_bias).collect()
}

fn read_bias(text: &str) -> Option<KeyBias> {
    let mut parts = text.split('*');
    let factor: f32 = parts.next()?.parse().ok()?;
    let sensible = factor == 0.0 || (1.0 / MOST_FACTOR..=MOST_FACTOR).contains(&factor);
    let keys = read_places(parts.next()?)?;
    let queries = match parts.next() {
        None => None,
        Some(queries) => Some(read_places(queries)?),
    };
    (sensible && parts.next().is_none()).then_some(KeyBias {
        keys,
        factor,
        queries,
    })
}

fn read_places(text: &str) -> Option<Vec<u32>> {
    let mut places = Vec::new();
    for part in text.split('.') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        if first > last || last >= MOST_PLACES {
            return None;
        }
        places.extend(first..=last);
    }
    places.sort_unstable();
    places.dedup();
    Some(places)
}

fn write_bias(bias: &KeyBias) -> String {
    let (factor, keys) = (bias.factor, write_places(&bias.keys));
    match &bias.queries {
        None => format!("{factor}*{keys}"),
        Some(queries) => format!("{factor}*{keys}*{}", write_places(queries)),
    }
}

/// Ascending places, neighbours as ranges.
fn write_places(places: &[u32]) -> String {
    let runs = places.chunk_by(|a, b| a + 1 == *b);
    let texts: Vec<String> = runs
        .map(|run| match run {
            [first, .., last] => format!("{first}-{last}"),
            run => run.iter().map(u32::to_string).collect(),
        })
        .collect();
    texts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn query(pairs: &[(&'static str, String)]) -> Query {
        let owned = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        Query::new(owned)
    }

    fn back(pairs: &[(&'static str, String)]) -> Vec<LayerEdit> {
        read(&query(pairs))
    }

    #[test]
    fn each_name_reaches_its_layer() {
        let pairs = [
            ("g2", "0.5".to_owned()),
            ("a1", "mean".to_owned()),
            ("k2", "0*17.20-22_4*5*33".to_owned()),
        ];
        let layers = back(&pairs);
        assert_eq!(layers.len(), 2);
        assert_eq!((layers[0].gamma, layers[0].map), (1.0, MapEdit::MeanRow));
        assert_eq!(layers[1].gamma, 0.5);
        assert_eq!(layers[1].biases[0].keys, [17, 20, 21, 22]);
        assert_eq!(layers[1].biases[1].queries, Some(vec![33]));
        let mut written = write(&layers);
        written.sort_unstable();
        assert_eq!(
            written,
            [pairs[1].clone(), pairs[0].clone(), pairs[2].clone()]
        );
    }

    #[test]
    fn nonsense_changes_nothing() {
        for (name, value) in [
            ("g1", "NaN"),
            ("g1", "-1"),
            ("g1", "2.5"),
            ("a1", "Uniform"),
            ("a1", "shuffled"),
            ("a1", "shuffled.x"),
            ("a1", "sample.3"),
            ("a1", "sample.3.-1"),
            ("a1", "sample.3.4294967295"),
            ("k1", "0"),
            ("k1", "0*"),
            ("k1", "-1*3"),
            ("k1", "inf*3"),
            ("k1", "0*3-1"),
            ("k1", "0*1-99999999"),
            ("k1", "0*3*4*5"),
            ("k1", "0*3_x"),
            ("g9", "0"),
        ] {
            let query = query(&[(name, value.to_owned())]);
            assert!(read(&query).is_empty(), "{name}={value}");
            assert_eq!(query.left_over(), [format!("{name}={value}")]);
        }
    }

    fn some_places() -> impl Strategy<Value = Vec<u32>> {
        let set = prop::collection::btree_set(0u32..64, 1..20);
        set.prop_map(|set| set.into_iter().collect())
    }

    fn some_bias() -> impl Strategy<Value = KeyBias> {
        let factor = prop::sample::select(vec![0.0, 0.5, 2.0, 4.0]);
        (factor, some_places(), prop::option::of(some_places())).prop_map(
            |(factor, keys, queries)| KeyBias {
                keys,
                factor,
                queries,
            },
        )
    }

    fn some_edit() -> impl Strategy<Value = LayerEdit> {
        let map = prop_oneof![
            Just(MapEdit::Own),
            Just(MapEdit::Uniform),
            Just(MapEdit::MeanRow),
            any::<u64>().prop_map(|seed| MapEdit::Shuffled { seed }),
            (any::<u64>(), 0u32..1000).prop_map(|(seed, index)| MapEdit::Patch { seed, index }),
        ];
        (0.0f32..=2.0, map, prop::collection::vec(some_bias(), 0..3))
            .prop_map(|(gamma, map, biases)| LayerEdit { gamma, map, biases })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(mut layers in prop::collection::vec(some_edit(), 0..4)) {
            while layers.last() == Some(&LayerEdit::default()) {
                layers.pop();
            }
            prop_assert_eq!(back(&write(&layers)), layers);
        }
    }
}
