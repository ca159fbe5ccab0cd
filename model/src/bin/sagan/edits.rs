//! Changes in attention layers on the command line.

use std::str::FromStr;

use clap::Args;
use saganscope_model::edits::{KeyBias, LayerEdit, MapEdit};

/// What to change in the generator's attention layers while it draws. Layers count from 1, the
/// coarsest; the places of a map are y·side + x.
#[derive(Args, Clone, Debug)]
pub(crate) struct Edits {
    /// Factor on γ of attention layer 1; 0 switches it off.
    #[arg(long, value_name = "FACTOR", allow_negative_numbers = true)]
    gamma1: Option<f32>,
    /// Likewise of layer 2.
    #[arg(long, value_name = "FACTOR", allow_negative_numbers = true)]
    gamma2: Option<f32>,
    /// Likewise of layer 3.
    #[arg(long, value_name = "FACTOR", allow_negative_numbers = true)]
    gamma3: Option<f32>,
    /// Make all rows of a layer's map uniform.
    #[arg(long, value_name = "LAYER")]
    uniform: Vec<usize>,
    /// Give all pixels of a layer the mean of its rows.
    #[arg(long, value_name = "LAYER")]
    mean_row: Vec<usize>,
    /// Give every pixel of a layer the row of some other one.
    #[arg(long, value_name = "LAYER:SEED", value_parser = numbers::<2>)]
    shuffle: Vec<[u64; 2]>,
    /// Give a layer the map of another picture: its seed, and its number in it.
    #[arg(long, value_name = "LAYER:SEED:PICTURE", value_parser = numbers::<3>)]
    patch: Vec<[u64; 3]>,
    /// Let nothing of a layer look at these places, as in `2:17,18`.
    #[arg(long, value_name = "LAYER:PLACES", value_parser = mask)]
    mask: Vec<Bias>,
    /// Multiply the weight of these places in a layer, as in `2:4.5:17,18`.
    #[arg(long, value_name = "LAYER:FACTOR:PLACES", value_parser = weigh)]
    weigh: Vec<Bias>,
}

/// Of a layer.
#[derive(Clone, Debug, PartialEq)]
struct Bias {
    layer: usize,
    bias: KeyBias,
}

impl Edits {
    /// One a layer, as far as there is something to change.
    ///
    /// # Errors
    /// Where a layer's map is to be made of two things, or a layer is named that cannot be.
    pub(crate) fn read(&self) -> Result<Vec<LayerEdit>, String> {
        let mut edits = Vec::new();
        for (layer, gamma) in [self.gamma1, self.gamma2, self.gamma3].iter().enumerate() {
            if let Some(gamma) = gamma {
                at(&mut edits, layer + 1)?.gamma = *gamma;
            }
        }
        let mut maps = Vec::new();
        maps.extend(self.uniform.iter().map(|&layer| (layer, MapEdit::Uniform)));
        maps.extend(self.mean_row.iter().map(|&layer| (layer, MapEdit::MeanRow)));
        for &[layer, seed] in &self.shuffle {
            maps.push((layer as usize, MapEdit::Shuffled { seed }));
        }
        for &[layer, seed, index] in &self.patch {
            maps.push((layer as usize, MapEdit::Patch { seed, index }));
        }
        for (layer, map) in maps {
            let edit = at(&mut edits, layer)?;
            if edit.map != MapEdit::Own {
                return Err(format!(
                    "Attention layer {layer} is given two maps; name one of --uniform, --mean-row, --shuffle and --patch for it."
                ));
            }
            edit.map = map;
        }
        for Bias { layer, bias } in self.mask.iter().chain(&self.weigh) {
            at(&mut edits, *layer)?.biases.push(bias.clone());
        }
        Ok(edits)
    }
}

/// The edit of a layer, from 1.
fn at(edits: &mut Vec<LayerEdit>, layer: usize) -> Result<&mut LayerEdit, String> {
    // No network has more; which ones this network has is told later.
    if !(1..=8).contains(&layer) {
        return Err(format!(
            "Attention layer {layer} is to be changed; layers count from 1, and there are never more than 8."
        ));
    }
    if edits.len() < layer {
        edits.resize(layer, LayerEdit::default());
    }
    Ok(&mut edits[layer - 1])
}

fn number<T: FromStr>(text: &str, what: &str) -> Result<T, String> {
    let found = text.trim().parse();
    found.map_err(|_| format!("'{text}' is no {what}"))
}

fn numbers<const N: usize>(text: &str) -> Result<[u64; N], String> {
    let parts: Result<Vec<u64>, _> = text.split(':').map(|part| number(part, "number")).collect();
    let parts = parts?;
    let count = parts.len();
    parts
        .try_into()
        .map_err(|_| format!("it must be {N} numbers with colons between them, not {count}"))
}

fn mask(text: &str) -> Result<Bias, String> {
    let (layer, places) = text
        .split_once(':')
        .ok_or("it must be a layer, a colon and places, as in 2:17,18")?;
    bias(layer, 0.0, places)
}

fn weigh(text: &str) -> Result<Bias, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let [layer, factor, places] = parts[..] else {
        return Err("it must be a layer, a factor and places, as in 2:4.5:17,18".into());
    };
    bias(layer, number(factor, "factor")?, places)
}

fn bias(layer: &str, factor: f32, places: &str) -> Result<Bias, String> {
    let keys: Result<_, _> = places
        .split(',')
        .map(|place| number(place, "place"))
        .collect();
    Ok(Bias {
        layer: number(layer, "layer")?,
        bias: KeyBias {
            keys: keys?,
            factor,
            queries: None,
        },
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        edits: Edits,
    }

    fn read(line: &str) -> Result<Vec<LayerEdit>, String> {
        let words = ["generate"].into_iter().chain(line.split_whitespace());
        let line = Line::try_parse_from(words).map_err(|error| error.to_string())?;
        line.edits.read()
    }

    fn places(keys: &[usize], factor: f32) -> KeyBias {
        KeyBias {
            keys: keys.to_vec(),
            factor,
            queries: None,
        }
    }

    #[test]
    fn nothing_said_changes_nothing() {
        assert_eq!(read(""), Ok(Vec::new()));
    }

    #[test]
    fn each_option_reaches_its_layer() {
        let wanted = vec![
            LayerEdit {
                gamma: 0.0,
                map: MapEdit::Shuffled { seed: 9 },
                biases: Vec::new(),
            },
            LayerEdit {
                gamma: -1.5,
                map: MapEdit::Patch { seed: 3, index: 7 },
                biases: vec![places(&[17, 18], 0.0), places(&[4], 2.5)],
            },
        ];
        let line =
            "--gamma1 0 --gamma2 -1.5 --shuffle 1:9 --patch 2:3:7 --mask 2:17,18 --weigh 2:2.5:4";
        assert_eq!(read(line), Ok(wanted));
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        let told = |line: &str, says: &str| {
            let error = read(line).expect_err(line);
            assert!(error.contains(says), "{error}");
        };
        told("--uniform 1 --mean-row 1", "two maps");
        told("--uniform 0", "layers count from 1");
        told("--mask 17", "a layer, a colon and places");
        told("--mask 2:x", "'x' is no place");
        told("--weigh 2:17", "a layer, a factor and places");
        told("--patch 1:2", "3 numbers with colons between them, not 2");
    }
}
