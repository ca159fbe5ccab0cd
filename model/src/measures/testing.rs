//! Maps and pictures for the tests of the measures.

use proptest::prelude::*;

use super::Map;

/// Maps of random queries and keys, from nearly uniform to nearly one key a row.
pub(super) fn some_map(side: usize) -> impl Strategy<Value = Map> {
    let values = move |span: f32| prop::collection::vec(-span..span, 2 * side * side);
    (values(3.0), values(3.0)).prop_map(move |(queries, keys)| {
        Map::of(side, &queries, &keys).expect("finite queries and keys make a map")
    })
}

/// A map that gives `weight(query, key)`, each row divided by its sum.
pub(super) fn map(side: usize, weight: impl Fn(usize, usize) -> f32) -> Map {
    let pixels = side * side;
    let weights = (0..pixels)
        .flat_map(|query| {
            let row: Vec<f32> = (0..pixels).map(|key| weight(query, key)).collect();
            let sum: f32 = row.iter().sum();
            row.into_iter().map(move |p| p / sum)
        })
        .collect();
    Map::new(side, weights).expect("normalised rows make a map")
}

/// A picture `[3, size, size]` that gives `colour(x, y)`.
pub(super) fn picture(size: usize, colour: impl Fn(usize, usize) -> [f32; 3]) -> Vec<f32> {
    let mut planar = vec![0f32; 3 * size * size];
    for y in 0..size {
        for x in 0..size {
            for (channel, value) in colour(x, y).into_iter().enumerate() {
                planar[(channel * size + y) * size + x] = value;
            }
        }
    }
    planar
}
