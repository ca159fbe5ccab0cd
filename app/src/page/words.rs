//! Numbers and readings as the page writes them.

use super::attention::lens::{Direction, Lens};
use super::attention::look::{Look, NO_LOSS, Question};
use super::attention::partner::Partner;
use super::attention::pixel::Point;
use super::attention::region::Region;

/// Bytes as megabytes with one decimal, or kilobytes below that, or gigabytes above.
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000_000 => format!("{} kB", count.div_ceil(1000)),
        1_000_000..10_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.1} GB", count as f64 / 1e9),
    }
}

/// A fraction as a percentage with about three significant digits.
pub fn percent(fraction: f64) -> String {
    format!("{} %", significant(100.0 * fraction))
}

/// A multiple of the uniform weight.
pub fn times(multiple: f64) -> String {
    format!("{}×", significant(multiple))
}

/// Where a region is.
pub fn region(region: Region) -> String {
    let (a, b) = (region.first(), region.last());
    let corners = format!("({}, {}) to ({}, {})", a.x, a.y, b.x, b.y);
    match region.form() {
        None => corners,
        Some(form) => format!(
            "of free form, {} of {side}×{side} cells within {corners}",
            form.count(),
            side = form.side()
        ),
    }
}

/// What a row puts on its partner: in parts of an even share, and of all its weight.
pub fn on_partner(partner: &Partner) -> String {
    format!("{} ({})", times(partner.times), percent(partner.share))
}

/// About three significant digits, never in scientific notation; what is below 0.005 says so.
pub fn significant(value: f64) -> String {
    match value.abs() {
        a if a >= 99.95 => format!("{value:.0}"),
        a if a >= 9.995 => format!("{value:.1}"),
        a if a >= 0.005 => format!("{value:.2}"),
        0.0 => "0".to_owned(),
        _ => "<0.01".to_owned(),
    }
}

/// γ: two decimals, or four where it is small, since 0 means "off" and 0.004 does not.
pub fn gamma(value: f32) -> String {
    if value == 0.0 || value.abs() >= 0.1 {
        format!("{value:.2}")
    } else {
        format!("{value:.4}")
    }
}

/// A value of a curve: as [`significant`], with a true minus sign, and small ones in full.
pub fn signed(value: f64) -> String {
    if !value.is_finite() {
        return "none".to_owned();
    }
    let text = match value.abs() {
        a if a < 0.1 => small(value.abs()),
        a => significant(a),
    };
    if value < 0.0 {
        format!("−{text}")
    } else {
        text
    }
}

/// How far something goes to one side or the other, with a true minus sign.
pub fn step(by: f32) -> String {
    match by {
        0.0 => "0".to_owned(),
        by => format!("{by:+.1}").replace('-', "−"),
    }
}

/// A long time, in the unit that suits.
pub fn long_duration(millis: f64) -> String {
    match millis / 1000.0 {
        s if s < 1.0 => "less than a second".to_owned(),
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5400.0 => format!("{:.0} minutes", s / 60.0),
        s => format!("{:.1} hours", s / 3600.0),
    }
}

/// Milliseconds in the unit that suits.
pub fn duration(millis: f64) -> String {
    match millis {
        m if m < 9.95 => format!("{m:.1} ms"),
        m if m < 1000.0 => format!("{m:.0} ms"),
        m => format!("{:.1} s", m / 1000.0),
    }
}

/// A distance along one axis, with the names of its two directions, the negative one first.
pub fn shift(pixels: f64, [back, forth]: [&str; 2]) -> String {
    let way = if pixels < 0.0 { back } else { forth };
    format!("{:.1} px {way}", pixels.abs())
}

/// A number as short as it can be told: for the ticks of a scale.
pub fn short(value: f64) -> String {
    match value {
        0.25 => "¼".to_owned(),
        v if v >= 9.95 || v.fract() == 0.0 => format!("{v:.0}"),
        v if v >= 0.1 => format!("{v:.1}"),
        v => small(v),
    }
}

/// Two significant digits, however small, down to a millionth.
pub fn small(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = (1.0 - value.abs().log10().floor()).clamp(0.0, 6.0) as usize;
    let text = format!("{value:.digits$}");
    match text.split_once('.') {
        Some((_, decimals)) if decimals.ends_with('0') => {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => text,
    }
}

/// What a row or a column means, in one sentence.
pub fn verdict(look: &Look) -> String {
    match look.question.lens {
        Lens::WouldLose => verdict_of_losses(look),
        Lens::LooksAt | Lens::OnlyThis | Lens::Everybody => verdict_of_weights(look).to_owned(),
    }
}

fn verdict_of_losses(look: &Look) -> String {
    let most = look
        .strongest
        .first()
        .map_or(0.0, |&cell| look.values[cell]);
    let all: f64 = look.values.iter().map(|&value| f64::from(value)).sum();
    let (most_words, mean) = (
        percent(f64::from(most) / 100.0),
        percent(all / 100.0 / look.cells() as f64),
    );
    let region = look.question.region.is_some();
    match (look.question.direction, most < NO_LOSS) {
        (Direction::From, true) => {
            "No single place matters here: without any one of them the layer's output is all but the same."
                .to_owned()
        }
        (Direction::From, false) => {
            let of = if region { "of the region" } else { "here" };
            format!("Without one place alone the layer's output {of} would change by up to {most_words}.")
        }
        (Direction::To, true) => {
            "Hardly missed: if nobody could look here, the layer's output would be all but the same."
                .to_owned()
        }
        (Direction::To, false) => format!(
            "If nobody could look here, the layer's output would change by up to {most_words}, {mean} on average over all places."
        ),
    }
}

fn verdict_of_weights(look: &Look) -> &'static str {
    let numbers = look.numbers;
    match look.question.direction {
        Direction::From if look.question.region.is_some() => {
            if numbers.bits.unwrap_or(0.0) < 0.1 {
                "The region looks where the whole picture looks."
            } else {
                "The region looks elsewhere than the whole picture does."
            }
        }
        Direction::From => {
            verdict_of_row(numbers.effective, look.cells(), numbers.bits.unwrap_or(0.0))
        }
        Direction::To if numbers.total > 4.0 => "A hub: much of all looking goes here.",
        Direction::To if numbers.total < 0.25 => "Hardly anybody looks here.",
        Direction::To if numbers.total > 1.5 => "Looked at more than most places are.",
        Direction::To if numbers.total < 0.67 => "Looked at less than most places are.",
        Direction::To => "Looked at about as much as others are.",
    }
}

fn verdict_of_row(effective: f64, n: usize, bits: f64) -> &'static str {
    if effective > 0.9 * n as f64 {
        "Nearly flat: looks everywhere alike."
    } else if bits < 0.1 {
        "A sink: every pixel looks at much the same cells."
    } else if bits < 0.5 {
        "Other pixels look at nearly the same cells."
    } else {
        "Other pixels look elsewhere."
    }
}

/// The cell that a look is brightest at, as pixels of a `size`² picture, as the end of a sentence that
/// begins with the pixel in question.
pub fn strongest(look: &Look, size: u32) -> String {
    let Question {
        lens, direction, ..
    } = look.question;
    let Some(&cell) = look.standing_out().first() else {
        let none = match (lens, direction) {
            (Lens::LooksAt, Direction::From) => " looks everywhere alike",
            (Lens::LooksAt, Direction::To) => " is looked at by no place in particular",
            (Lens::OnlyThis, Direction::From) => " looks where the others do",
            (Lens::OnlyThis, Direction::To) => " is looked at as others are",
            (Lens::WouldLose, Direction::From) => " would lose nothing without any one place",
            (Lens::WouldLose, Direction::To) => " would be missed nowhere",
            (Lens::Everybody, _) => "; all look everywhere alike",
        };
        return none.to_owned();
    };
    let at = cell_in_picture(Point::of_index(cell, look.side), look.side, size);
    match (lens, direction) {
        (Lens::LooksAt, Direction::From) => format!(" looks most at {at}"),
        (Lens::LooksAt, Direction::To) => format!(" is most looked at by {at}"),
        (Lens::OnlyThis, Direction::From) => format!(" looks at {at} more than others do"),
        (Lens::OnlyThis, Direction::To) => format!(" is looked at by {at} more than by others"),
        (Lens::WouldLose, Direction::From) => format!(" would lose most without {at}"),
        (Lens::WouldLose, Direction::To) => format!(" would be missed most by {at}"),
        (Lens::Everybody, _) => format!("; all look most at {at}"),
    }
}

/// A cell of a map as the pixels of the picture that it stands for: a map has fewer cells than the
/// picture has pixels, and whoever reads both must not take one for the other.
fn cell_in_picture(cell: Point, side: u32, size: u32) -> String {
    let edge = (size / side.max(1)).max(1);
    let along = |at: u32| match edge {
        1 => at.to_string(),
        _ => format!("{}–{}", at * edge, (at + 1) * edge - 1),
    };
    format!("({}, {})", along(cell.x), along(cell.y))
}

/// A look's two numbers that tell most, beside a small map.
pub fn brief(look: &Look) -> String {
    let numbers = look.numbers;
    let effective = significant(numbers.effective);
    match numbers.bits {
        Some(bits) => format!("{bits:.2} bits, {effective} cells"),
        None => format!("{} looked at", times(numbers.total)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::page::attention::map::tests::sink;

    const LOOKS_AT: Question = Question {
        cell: Point { x: 0, y: 0 },
        region: None,
        direction: Direction::From,
        lens: Lens::LooksAt,
    };

    #[test]
    fn numbers_are_short_and_in_plain_units() {
        assert_eq!(bytes(0), "0 kB");
        assert_eq!(bytes(2_049_000), "2.0 MB");
        assert_eq!(percent(0.1234), "12.3 %");
        assert_eq!(percent(0.000_01), "<0.01 %");
        assert_eq!(times(899.6), "900×");
        assert_eq!(times(0.0), "0×");
        assert_eq!(gamma(-0.8), "-0.80");
        assert_eq!(gamma(0.0041), "0.0041");
        assert_eq!(shift(-3.26, ["up", "down"]), "3.3 px up");
        assert_eq!(shift(12.0, ["up", "down"]), "12.0 px down");
        assert_eq!(duration(4.26), "4.3 ms");
        assert_eq!(duration(432.4), "432 ms");
        assert_eq!(duration(2345.0), "2.3 s");
        assert_eq!(
            [2.0, -0.5, -0.004, 0.0].map(signed),
            ["2.00", "−0.50", "−0.004", "0"]
        );
        assert_eq!(signed(f64::NAN), "none");
        assert_eq!(
            [400.0, 61_000.0, 400_000.0, 9_000_000.0].map(long_duration),
            ["less than a second", "61 s", "7 minutes", "2.5 hours"]
        );
    }

    #[test]
    fn ticks_are_as_short_as_they_can_be_told() {
        assert_eq!(
            [0.25, 1.0, 64.0, 11.6, 3.26, 0.02].map(short),
            ["¼", "1", "64", "12", "3.3", "0.02"]
        );
        assert_eq!(
            [0.0, 0.0625, 0.000_244_14, 1.0, -0.5].map(small),
            ["0", "0.062", "0.00024", "1", "-0.5"]
        );
        assert_eq!(small(1e-9), "0");
    }

    #[test]
    fn losses_are_told_by_their_largest_and_their_mean() {
        let told = |direction, values: &[f32]| {
            let look = Look {
                question: Question {
                    cell: Point { x: 0, y: 0 },
                    region: None,
                    direction,
                    lens: Lens::WouldLose,
                },
                side: 2,
                weights: vec![0.25; 4],
                values: values.to_vec(),
                strongest: vec![2],
                numbers: Look::ask(&sink(2, 0), LOOKS_AT).numbers,
            };
            verdict(&look)
        };
        let (row, column) = ([0.0, 1.0, 4.0, 3.0], [0.01, 0.0, 0.05, 0.0]);
        assert!(told(Direction::From, &row).contains("up to 4.00 %"));
        assert!(told(Direction::To, &row).contains("up to 4.00 %, 2.00 % on average"));
        assert!(told(Direction::From, &column).starts_with("No single place"));
        assert!(told(Direction::To, &column).starts_with("Hardly missed"));
    }

    #[test]
    fn the_brightest_cell_is_told_in_pixels_of_the_picture_and_only_where_there_is_one() {
        let mut look = Look::ask(&sink(4, 0), LOOKS_AT);
        assert_eq!(strongest(&look, 64), " looks most at (0–15, 0–15)");
        assert_eq!(strongest(&look, 4), " looks most at (0, 0)");
        assert_eq!(
            cell_in_picture(Point { x: 5, y: 7 }, 32, 64),
            "(10–11, 14–15)"
        );
        look.values = vec![1.0; 16];
        assert_eq!(strongest(&look, 64), " looks everywhere alike");
        assert!(look.standing_out().is_empty());
    }

    #[test]
    fn a_flat_row_is_not_called_a_sink() {
        assert!(verdict_of_row(250.0, 256, 0.0).starts_with("Nearly flat"));
        assert!(verdict_of_row(1.2, 256, 0.02).starts_with("A sink"));
        assert!(verdict_of_row(30.0, 256, 1.4).starts_with("Other pixels look elsewhere"));
    }
}
