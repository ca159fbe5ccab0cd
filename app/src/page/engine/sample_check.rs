//! Whether a sample is what its sizes say, and all of it numbers, before anything indexes into it or
//! looks for its largest value, where one that is no number would be passed over.

use thiserror::Error;

use crate::protocol::{AllRows, Reading, Sample, Verdict};

/// The largest picture or map that the page draws, in pixels a side.
const LARGEST: u32 = 1024;

/// What is wrong with an answer of the engine's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// Lengths and sizes disagree, so it cannot be read at all.
    #[error("{0}")]
    Malformed(String),
    /// It can be read, but the network came to numbers that are none.
    #[error("This cannot be shown: {0}; the network may have diverged in training.")]
    NotFinite(String),
}

/// Checks every length against the sizes that the sample states, and every value for being finite.
///
/// # Errors
/// What disagrees, in words.
pub fn check(sample: &Sample) -> Result<(), Fault> {
    let side = sample.size;
    if !(1..=LARGEST).contains(&side) || sample.rgba.len() != 4 * area(side) {
        return Err(Fault::Malformed(format!(
            "a picture of {side}×{side} came with {} bytes",
            sample.rgba.len()
        )));
    }
    sample.layers.iter().try_for_each(check_reading)
}

/// As [`check`], of what a discriminator says.
///
/// # Errors
/// What disagrees, in words.
pub fn check_verdict(verdict: &Verdict) -> Result<(), Fault> {
    check(&verdict.sample)?;
    let pixels = area(verdict.sample.size);
    if verdict.gradient.len() != pixels {
        return Err(Fault::Malformed(format!(
            "a gradient on {pixels} pixels came with {} numbers",
            verdict.gradient.len()
        )));
    }
    let finite = verdict.gradient.iter().all(|value| value.is_finite());
    if !(finite && verdict.score.is_finite()) {
        let what = "a discriminator's score or gradient is no finite number";
        return Err(Fault::NotFinite(what.into()));
    }
    Ok(())
}

fn check_reading(reading: &Reading) -> Result<(), Fault> {
    let Reading {
        side,
        dim,
        queries,
        keys,
        log_sum_exp,
        mean_row,
        all_rows,
        gamma,
        share,
        bits,
        values,
        input,
        output,
    } = reading;
    let fits = (1..=LARGEST).contains(side)
        && log_sum_exp.len() == area(*side)
        && mean_row.len() == area(*side)
        && queries.len() == area(*side) * *dim as usize
        && keys.len() == queries.len();
    if !fits {
        return Err(Fault::Malformed(format!(
            "an attention layer of {side}×{side} came with {} queries, {} keys, {} sums and a mean row of {}",
            queries.len(),
            keys.len(),
            log_sum_exp.len(),
            mean_row.len()
        )));
    }
    let whole = all_rows
        .as_ref()
        .is_none_or(|all| is_whole(all, area(*side)));
    if !whole {
        return Err(Fault::Malformed(format!(
            "what all rows of a {side}×{side} map say came cut short"
        )));
    }
    let asked = [bits, values, input, output].map(|part| part.as_deref().unwrap_or_default());
    let [bits, values, input, output] = asked;
    let contents = [values, input, output];
    let channels = values.len() / area(*side);
    let whole = contents
        .iter()
        .all(|part| part.is_empty() || part.len() == channels.max(1) * area(*side));
    if !whole {
        let [values, input, output] = contents.map(<[f32]>::len);
        return Err(Fault::Malformed(format!(
            "what a {side}×{side} layer fetches and makes came cut short: {values}, {input} and {output} numbers"
        )));
    }
    let parts: [(&str, &[f32]); 10] = [
        ("queries", queries),
        ("keys", keys),
        ("log-sum-exps", log_sum_exp),
        ("mean row", mean_row),
        ("γ", &[*gamma]),
        ("share", &[*share]),
        ("bits", bits),
        ("values", values),
        ("input", input),
        ("output", output),
    ];
    let strange = parts
        .into_iter()
        .find(|(_, part)| part.iter().any(|value| !value.is_finite()));
    match strange {
        None => Ok(()),
        Some((part, _)) => Err(Fault::NotFinite(format!(
            "an attention layer of {side}×{side} came with {part} that are not all finite numbers"
        ))),
    }
}

fn is_whole(all: &AllRows, cells: usize) -> bool {
    let one_a_cell = [&all.bits, &all.lookers, &all.distinct];
    one_a_cell.iter().all(|list| list.len() == cells)
        && all.displacement.len() == 2 * cells
        && all.components.len() == 3 * cells
}

fn area(side: u32) -> usize {
    side as usize * side as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Sample {
        let layer = Reading {
            side: 2,
            dim: 3,
            queries: vec![0.0; 12],
            keys: vec![0.0; 12],
            log_sum_exp: vec![0.0; 4],
            mean_row: vec![0.25; 4],
            ..Reading::default()
        };
        Sample {
            size: 4,
            rgba: vec![0; 64],
            layers: vec![layer],
        }
    }

    #[test]
    fn a_whole_sample_passes() {
        assert_eq!(check(&sample()), Ok(()));
    }

    #[test]
    fn a_verdict_has_a_number_a_pixel_and_all_are_numbers() {
        let verdict = || Verdict {
            score: 0.5,
            sample: sample(),
            gradient: vec![0.1; 16],
        };
        assert_eq!(check_verdict(&verdict()), Ok(()));
        let refused = |change: fn(&mut Verdict), words: &str| {
            let mut verdict = verdict();
            change(&mut verdict);
            let found = check_verdict(&verdict).map_err(|fault| fault.to_string());
            assert!(
                found.as_ref().is_err_and(|e| e.contains(words)),
                "{found:?}"
            );
        };
        refused(|verdict| verdict.score = f32::NAN, "no finite number");
        refused(
            |verdict| verdict.gradient[3] = f32::INFINITY,
            "no finite number",
        );
        refused(|verdict| verdict.gradient.truncate(15), "came with 15");
        refused(|verdict| verdict.sample.rgba.truncate(63), "63 bytes");
    }

    #[test]
    fn a_part_with_a_value_that_is_no_number_is_named() {
        let refused = |change: fn(&mut Reading), part: &str| {
            let mut sample = sample();
            change(&mut sample.layers[0]);
            let found = check(&sample);
            let named =
                |fault: &Fault| matches!(fault, Fault::NotFinite(what) if what.contains(part));
            assert!(found.as_ref().is_err_and(named), "{found:?}");
        };
        refused(|layer| layer.queries[5] = f32::NAN, "queries");
        refused(|layer| layer.keys[11] = f32::INFINITY, "keys");
        refused(|layer| layer.log_sum_exp[0] = f32::NAN, "log-sum-exps");
        refused(|layer| layer.mean_row[3] = f32::NAN, "mean row");
        refused(|layer| layer.gamma = f32::NEG_INFINITY, "γ");
        refused(|layer| layer.share = f32::NAN, "share");
        refused(|layer| layer.bits = Some(vec![f32::NAN; 4]), "bits");
        refused(|layer| layer.values = Some(vec![f32::NAN; 4]), "values");
        refused(|layer| layer.input = Some(vec![f32::NAN; 4]), "input");
        refused(
            |layer| layer.output = Some(vec![0.0, 0.0, 0.0, f32::NAN]),
            "output",
        );
    }

    fn malformed(sample: &Sample, words: &str) -> bool {
        let named = |fault: Fault| matches!(fault, Fault::Malformed(what) if what.contains(words));
        check(sample).is_err_and(named)
    }

    #[test]
    fn each_short_part_is_named() {
        let mut short = sample();
        short.rgba.pop();
        assert!(malformed(&short, "63 bytes"));

        let mut short = sample();
        short.layers[0].keys.pop();
        assert!(malformed(&short, "11 keys"));

        let mut short = sample();
        short.layers[0].mean_row.pop();
        assert!(malformed(&short, "a mean row of 3"));

        let mut short = sample();
        short.layers[0].all_rows = Some(AllRows {
            bits: vec![0.0; 4],
            displacement: vec![0.0; 8],
            components: vec![0.0; 11],
            held: [0.0; 3],
            lookers: vec![0.0; 4],
            distinct: vec![0.0; 4],
        });
        assert!(malformed(&short, "all rows of a 2×2"));
        if let Some(all) = &mut short.layers[0].all_rows {
            all.components.push(0.0);
        }
        assert_eq!(check(&short), Ok(()));

        let mut short = sample();
        short.layers[0].values = Some(vec![0.0; 8]);
        short.layers[0].input = Some(vec![0.0; 8]);
        assert_eq!(check(&short), Ok(()));
        short.layers[0].output = Some(vec![0.0; 7]);
        assert!(malformed(&short, "8, 8 and 7 numbers"));

        let mut empty = sample();
        empty.layers[0].side = 0;
        assert!(check(&empty).is_err());
    }
}
