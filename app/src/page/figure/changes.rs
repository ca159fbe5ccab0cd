//! What was changed while a picture was drawn, in words.

use crate::page::view::changes::{Anew, Changes};
use crate::page::words;
use crate::protocol::{Along, KeyBias, LayerEdit, MapEdit, Moves, Nudge, Toward};

/// What was changed, the latent vector first, then a layer each from the coarsest; nothing where
/// nothing was.
pub fn changes(edits: &Changes) -> Option<String> {
    let layers = edits.layers.iter().enumerate().filter_map(|(layer, edit)| {
        let parts = in_layer(edit);
        let words = format!("layer {}: {}", layer + 1, parts.join(", "));
        (!parts.is_empty()).then_some(words)
    });
    let noise = edits.noise.as_ref().map(noise);
    let all: Vec<String> = moves(&edits.moves)
        .into_iter()
        .chain(noise)
        .chain(layers)
        .collect();
    (!all.is_empty()).then(|| format!("Changed: {}.", all.join("; ")))
}

/// Where the latent vector was moved.
fn moves(moves: &Moves) -> Vec<String> {
    let toward = moves.toward.map(|Toward { picture, part }| {
        let part = words::percent(f64::from(part));
        format!("{part} of the way to sample {picture}")
    });
    let scale = (moves.scale != 1.0).then(|| {
        let scale = words::small(f64::from(moves.scale));
        format!("latent vector times {scale}")
    });
    let nudges = moves.nudges.iter().map(|&Nudge { along, by }| {
        let by = words::step(by);
        match along {
            Along::Number(number) => format!("number {} of the vector {by}", number + 1),
            Along::Direction(direction) => format!("direction {} {by}", direction + 1),
        }
    });
    toward.into_iter().chain(scale).chain(nudges).collect()
}

fn noise(Anew { seed, region }: &Anew) -> String {
    let place = region.map(|region| {
        let (a, b) = (region.first(), region.last());
        format!(" at ({}, {}) to ({}, {})", a.x, a.y, b.x, b.y)
    });
    format!(
        "noise drawn anew from seed {seed}{}",
        place.unwrap_or_default()
    )
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
    use crate::page::attention::pixel::Point;
    use crate::page::attention::region::Region;
    use crate::page::view::changes::Move;

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
        let of_layers = |layers| changes(&Changes::of_layers(layers));
        assert_eq!(of_layers(vec![]), None);
        assert_eq!(of_layers(vec![LayerEdit::default()]), None);
        assert_eq!(
            of_layers(vec![LayerEdit::default(), second]).as_deref(),
            Some(
                "Changed: layer 2: γ times 0.00, rows shuffled (seed 7), 2 keys masked, 1 key of 4 times the weight for 1 pixel's cell."
            )
        );
    }

    #[test]
    fn moves_of_the_latent_vector_and_of_noise_are_told() {
        let mut edits = Changes::default();
        let noise = Anew {
            seed: 7,
            region: Some(Region::between(Point { x: 1, y: 2 }, Point { x: 3, y: 4 })),
        };
        for one in [
            Move::Toward(Some(5)),
            Move::Scale(0.7),
            Move::Nudge(Along::Direction(0), 2.5),
            Move::Nudge(Along::Number(16), -1.0),
            Move::Noise(Some(noise)),
        ] {
            edits.make(one);
        }
        let told = changes(&edits).unwrap_or_default();
        for part in [
            "50.0 % of the way to sample 5",
            "latent vector times 0.7",
            "direction 1 +2.5",
            "number 17 of the vector −1.0",
            "noise drawn anew from seed 7 at (1, 2) to (3, 4)",
        ] {
            assert!(told.contains(part), "{told}: {part}");
        }
    }
}
