//! Arrows from a cell to those that it looks at most, as in the paper's Figure 1, as SVG paths.

use super::lens::{Direction, Lens};
use super::look::Look;
use super::pixel::Point;

/// How many arrows a look has at most.
pub const MOST_ARROWS: usize = 3;

/// The arrows of a look in a `size`² picture, each with its rank from 0, the strongest: from the
/// pixel to the cells that it looks at most, or to it from those that look at it most. What
/// everybody looks at has none, nor has a cell that does not stand out, or one so near that no arrow
/// would be seen.
pub fn arrows(pixel: Point, look: &Look, size: u32) -> Vec<(usize, String)> {
    if look.question.lens == Lens::Everybody {
        return Vec::new();
    }
    let edge = f64::from(size) / f64::from(look.side);
    let pin = middle(pixel, 1.0);
    look.standing_out()
        .iter()
        .take(MOST_ARROWS)
        .enumerate()
        .filter_map(|(rank, &cell)| {
            let at = middle(Point::of_index(cell, look.side), edge);
            let (from, to) = match look.question.direction {
                Direction::From => (pin, at),
                Direction::To => (at, pin),
            };
            Some((rank, arrow(from, to, f64::from(size) / 64.0)?))
        })
        .collect()
}

/// The middle of a cell of this edge, in pixels of the picture.
fn middle(cell: Point, edge: f64) -> (f64, f64) {
    (
        (f64::from(cell.x) + 0.5) * edge,
        (f64::from(cell.y) + 0.5) * edge,
    )
}

/// A line with two barbs, as an SVG path; none where the two places are all but one. `unit` is the
/// length of a pixel of a picture of 64.
fn arrow(from: (f64, f64), to: (f64, f64), unit: f64) -> Option<String> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    if length < 2.0 * unit {
        return None;
    }
    let (ux, uy) = (dx / length, dy / length);
    let barb = |side: f64| {
        let (along, across) = (1.5 * unit, 0.9 * unit * side);
        let x = to.0 - along * ux - across * uy;
        let y = to.1 - along * uy + across * ux;
        format!("M{x:.2} {y:.2}L{:.2} {:.2}", to.0, to.1)
    };
    Some(format!(
        "M{:.2} {:.2}L{:.2} {:.2}{}{}",
        from.0 + 1.2 * unit * ux,
        from.1 + 1.2 * unit * uy,
        to.0,
        to.1,
        barb(1.0),
        barb(-1.0)
    ))
}

#[cfg(test)]
mod tests {
    use super::super::look::Question;
    use super::super::map::tests::sink;
    use super::*;

    #[test]
    fn an_arrow_ends_where_it_points_and_is_left_out_where_it_has_no_length() {
        let path = arrow((0.0, 0.0), (10.0, 0.0), 1.0).unwrap_or_default();
        assert!(
            path.starts_with("M1.20 0.00L10.00 0.00M8.50 0.90L10.00 0.00"),
            "{path}"
        );
        assert_eq!(arrow((5.0, 5.0), (5.5, 5.0), 1.0), None);
    }

    #[test]
    fn arrows_lead_to_the_strongest_cells_or_come_from_them() {
        let paths = |at, direction, lens| {
            let pixel = Point { x: at, y: at };
            let question = Question {
                cell: pixel.cell(64, 4),
                region: None,
                direction,
                lens,
            };
            arrows(pixel, &Look::ask(&sink(4, 0), question), 64)
        };
        // The sink is the cell at the top left, whose middle is (8, 8).
        let from = paths(60, Direction::From, Lens::LooksAt);
        assert_eq!((from.len(), from[0].0), (1, 0), "no other cell stands out");
        assert!(from[0].1.contains("L8.00 8.00"), "{from:?}");
        // All ends of arrows to the pixel are at the pixel.
        let to = paths(4, Direction::To, Lens::LooksAt);
        assert!(!to.is_empty() && to.iter().all(|(_, path)| path.ends_with("L4.50 4.50")));
        assert_eq!(
            paths(60, Direction::To, Lens::LooksAt),
            [],
            "nobody looks there"
        );
        assert_eq!(paths(60, Direction::From, Lens::Everybody), []);
    }
}
