//! Whether a sample is what its sizes say, before anything indexes into it.

use crate::protocol::{AllRows, Reading, Sample};

/// The largest picture or map that the page draws, in pixels a side.
const LARGEST: u32 = 1024;

/// Checks every length against the sizes that the sample states.
///
/// # Errors
/// What disagrees, in words.
pub fn check(sample: &Sample) -> Result<(), String> {
    let side = sample.size;
    if !(1..=LARGEST).contains(&side) || sample.rgba.len() != 4 * area(side) {
        return Err(format!(
            "a picture of {side}×{side} came with {} bytes",
            sample.rgba.len()
        ));
    }
    sample.layers.iter().try_for_each(check_reading)
}

fn check_reading(reading: &Reading) -> Result<(), String> {
    let Reading {
        side,
        dim,
        queries,
        keys,
        log_sum_exp,
        mean_row,
        all_rows,
        ..
    } = reading;
    let fits = (1..=LARGEST).contains(side)
        && log_sum_exp.len() == area(*side)
        && mean_row.len() == area(*side)
        && queries.len() == area(*side) * *dim as usize
        && keys.len() == queries.len();
    let whole = all_rows
        .as_ref()
        .is_none_or(|all| is_whole(all, area(*side)));
    if fits && whole {
        Ok(())
    } else if fits {
        Err(format!(
            "what all rows of a {side}×{side} map say came cut short"
        ))
    } else {
        Err(format!(
            "an attention layer of {side}×{side} came with {} queries, {} keys, {} sums and a mean row of {}",
            queries.len(),
            keys.len(),
            log_sum_exp.len(),
            mean_row.len()
        ))
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
    fn each_short_part_is_named() {
        let mut short = sample();
        short.rgba.pop();
        assert!(check(&short).is_err_and(|e| e.contains("63 bytes")));

        let mut short = sample();
        short.layers[0].keys.pop();
        assert!(check(&short).is_err_and(|e| e.contains("11 keys")));

        let mut short = sample();
        short.layers[0].mean_row.pop();
        assert!(check(&short).is_err_and(|e| e.contains("a mean row of 3")));

        let mut short = sample();
        short.layers[0].all_rows = Some(AllRows {
            bits: vec![0.0; 4],
            displacement: vec![0.0; 8],
            components: vec![0.0; 11],
            held: [0.0; 3],
            lookers: vec![0.0; 4],
            distinct: vec![0.0; 4],
        });
        assert!(check(&short).is_err_and(|e| e.contains("all rows of a 2×2")));
        if let Some(all) = &mut short.layers[0].all_rows {
            all.components.push(0.0);
        }
        assert_eq!(check(&short), Ok(()));

        let mut empty = sample();
        empty.layers[0].side = 0;
        assert!(check(&empty).is_err());
    }
}
