//! What was changed in the network, in words.

use crate::page::words;
use crate::protocol::{KeyBias, LayerEdit, MapEdit};

/// What was changed, a layer each from the coarsest; nothing where nothing was.
pub fn changes(edits: &[LayerEdit]) -> Option<String> {
    let layers = edits.iter().enumerate().filter_map(|(layer, edit)| {
        let parts = in_layer(edit);
        let words = format!("layer {}: {}", layer + 1, parts.join(", "));
        (!parts.is_empty()).then_some(words)
    });
    let layers: Vec<String> = layers.collect();
    (!layers.is_empty()).then(|| format!("Changed: {}.", layers.join("; ")))
}

fn in_layer(LayerEdit { gamma, map, biases }: &LayerEdit) -> Vec<String> {
    let gamma = (*gamma != 1.0).then(|| format!("γ times {}", words::gamma(*gamma)));
    let map = match map {
        MapEdit::Own => None,
        MapEdit::Uniform => Some("uniform rows".to_owned()),
        MapEdit::MeanRow => Some("the mean row for every pixel".to_owned()),
        MapEdit::Shuffled { seed } => Some(format!("rows shuffled (seed {seed})")),
        MapEdit::Patch { seed, index } => Some(format!("the map of sample {index} of seed {seed}")),
    };
    let biases = biases.iter().map(bias);
    gamma.into_iter().chain(map).chain(biases).collect()
}

fn bias(
    KeyBias {
        keys,
        factor,
        queries,
    }: &KeyBias,
) -> String {
    let cells = match keys.len() {
        1 => "1 key".to_owned(),
        count => format!("{count} keys"),
    };
    let done = match factor {
        0.0 => format!("{cells} masked"),
        factor => format!(
            "{cells} of {} times the weight",
            words::small(f64::from(*factor))
        ),
    };
    match queries.as_ref().map(Vec::len) {
        None => done,
        Some(1) => format!("{done} for 1 pixel's cell"),
        Some(count) => format!("{done} for {count} cells"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_told_and_an_untouched_layer_is_not() {
        let bias = |keys: Vec<u32>, factor, queries| KeyBias {
            keys,
            factor,
            queries,
        };
        let second = LayerEdit {
            gamma: 0.0,
            map: MapEdit::Shuffled { seed: 7 },
            biases: vec![
                bias(vec![3, 4], 0.0, None),
                bias(vec![5], 4.0, Some(vec![9])),
            ],
        };
        assert_eq!(changes(&[]), None);
        assert_eq!(changes(&[LayerEdit::default()]), None);
        assert_eq!(
            changes(&[LayerEdit::default(), second]).as_deref(),
            Some(
                "Changed: layer 2: γ times 0.00, rows shuffled (seed 7), 2 keys masked, 1 key of 4 times the weight for 1 pixel's cell."
            )
        );
    }
}
