//! One row or column of an attention map as a table that other programs read.

use super::lens::{Direction, Lens};
use super::look::Look;
use super::pixel::Point;
use super::region::Region;

/// What a look shows as CSV: its weights, and where that is what is looked at, how many percent of
/// the layer's output would be lost.
pub fn csv(look: &Look) -> String {
    let weights = weights_csv(&look.weights, look.side);
    if look.question.lens != Lens::WouldLose {
        return weights;
    }
    let lost = look.values.iter().map(|value| format!("{value:e}"));
    let column = std::iter::once("percent_lost".to_owned()).chain(lost);
    let lines = weights.lines().zip(column);
    lines
        .map(|(line, value)| format!("{line},{value}\n"))
        .collect()
}

/// The weights as CSV: a header, then `x,y,weight` for every cell in the order `y·side + x`. They
/// are written with the fewest digits that read back as the same 32-bit number.
fn weights_csv(row: &[f32], side: u32) -> String {
    let mut text = String::from("x,y,weight\n");
    for (index, weight) in row.iter().enumerate() {
        let Point { x, y } = Point::of_index(index, side);
        text.push_str(&format!("{x},{y},{weight:e}\n"));
    }
    text
}

/// A file name that says whose row or column it is: a pixel's, or that of several cells.
pub fn file_name(
    seed: u64,
    sample: usize,
    side: u32,
    direction: Direction,
    pixel: Point,
    cells: Option<Region>,
) -> String {
    let of = match cells {
        None => format!("pixel{}-{}", pixel.x, pixel.y),
        Some(region) => {
            let (a, b) = (region.first(), region.last());
            let free = if region.form().is_some() { "free-" } else { "" };
            format!("{free}cells{}-{}-to-{}-{}", a.x, a.y, b.x, b.y)
        }
    };
    let column = match direction {
        Direction::From => "",
        Direction::To => "-column",
    };
    format!("saganscope-seed{seed}-sample{sample}-layer{side}x{side}{column}-{of}.csv")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::look::Question;
    use super::super::map::tests::{sink, with_contents};
    use super::*;

    #[test]
    fn weights_read_back_as_they_were() {
        let row = [0.1f32, 1.234_567_9e-30, 0.9, 0.0];
        let text = weights_csv(&row, 2);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "x,y,weight");
        assert!(lines[3].starts_with("0,1,"), "{}", lines[3]);
        let read: Vec<f32> = lines[1..]
            .iter()
            .map(|l| l.rsplit(',').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(read, row);
    }

    #[test]
    fn losses_stand_beside_the_weights() {
        let values: Vec<f32> = (0..8).map(|i| i as f32).collect();
        let map = with_contents(sink(2, 1), 1.0, values.clone(), values);
        let ask = |lens| {
            let question = Question {
                cell: Point { x: 0, y: 0 },
                region: None,
                direction: Direction::From,
                lens,
            };
            Look::ask(&map, question)
        };
        let (look, plain) = (ask(Lens::WouldLose), csv(&ask(Lens::LooksAt)));
        let text = csv(&look);
        assert!(text.starts_with("x,y,weight,percent_lost\n") && plain.starts_with("x,y,weight\n"));
        let line = text.lines().nth(2).unwrap();
        let (weight, lost) = line.rsplit_once(',').unwrap();
        assert_eq!(plain.lines().nth(2), Some(weight));
        assert_eq!(lost.parse(), Ok(look.values[1]));
        assert!(look.values[1] > 1.0, "{look:?}");
    }

    #[test]
    fn the_name_tells_whose_row_it_is() {
        let name = |direction| file_name(7, 3, 16, direction, Point { x: 22, y: 28 }, None);
        assert_eq!(
            name(Direction::From),
            "saganscope-seed7-sample3-layer16x16-pixel22-28.csv"
        );
        let cells = Region::between(Point { x: 5, y: 6 }, Point { x: 1, y: 2 });
        let of_cells = file_name(7, 3, 16, Direction::From, cells.middle(), Some(cells));
        assert!(
            of_cells.ends_with("layer16x16-cells1-2-to-5-6.csv"),
            "{of_cells}"
        );
        assert_eq!(
            name(Direction::To),
            "saganscope-seed7-sample3-layer16x16-column-pixel22-28.csv"
        );
    }
}
