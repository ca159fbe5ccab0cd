//! A cell's partner: the place where the same information stands once more.
//!
//! It is known where all of a model's pictures are upright and mirrored about one vertical line, as
//! faces are. The cells are those of the measure *selectivity* of `sagan measure --mirror`: the
//! mirrored cell with those around it, 3×3, less at the border of the map; and none where the two
//! are so near each other that looking around would find them.

use super::lens::Direction;
use super::look::Look;
use super::pixel::Point;
use super::region::Region;

/// Partners this near, in cells, are none.
const NEAR: f32 = 3.0;

/// What a row puts on its cell's partner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Partner {
    /// The cells.
    pub cells: Region,
    /// The row's weight on them: 0 to 1.
    pub share: f64,
    /// How many times that of a row that looks everywhere alike.
    pub times: f64,
}

/// The partner's cells in a map of `side`², the mirror at `axis` of the width from the left.
pub fn cells(cell: Point, side: u32, axis: f32) -> Option<Region> {
    let x = 2.0 * axis * side as f32 - 1.0 - cell.x as f32;
    if (x - cell.x as f32).abs() <= NEAR {
        return None;
    }
    let x = x.round();
    if !(0.0..side as f32).contains(&x) {
        return None;
    }
    let partner = Point {
        x: x as u32,
        y: cell.y,
    };
    Some(Region::between(
        partner.moved(-1, -1, side),
        partner.moved(1, 1, side),
    ))
}

/// What a cell's row puts on its partner; nothing of a column, of a region, or where there is none.
pub fn partner(look: &Look, axis: f32) -> Option<Partner> {
    let question = look.question;
    if question.direction != Direction::From || question.region.is_some() {
        return None;
    }
    let cells = cells(question.cell, look.side, axis)?;
    let indices = cells.indices(look.side);
    let even = indices.clone().count() as f64 / look.cells() as f64;
    let share: f64 = indices.map(|cell| f64::from(look.weights[cell])).sum();
    Some(Partner {
        cells,
        share,
        times: share / even,
    })
}

#[cfg(test)]
mod tests {
    use super::super::lens::Lens;
    use super::super::look::Question;
    use super::super::map::Map;
    use super::super::map::tests::{map, some_map};
    use super::*;
    use proptest::prelude::*;

    fn asked(map: &Map, cell: Point, direction: Direction, lens: Lens) -> Look {
        let question = Question {
            cell,
            region: None,
            direction,
            lens,
        };
        Look::ask(map, question)
    }

    #[test]
    fn the_mirrored_cell_with_those_around_it_less_at_the_border() {
        let at = |x, y| cells(Point { x, y }, 32, 0.5);
        let region = |x, y, to_x, to_y| Region::between(Point { x, y }, Point { x: to_x, y: to_y });
        assert_eq!(at(11, 14), Some(region(19, 13, 21, 15)));
        assert_eq!(at(0, 0), Some(region(30, 0, 31, 1)), "in the corner");
        // 14 and 17 are three cells apart, 13 and 18 five.
        assert_eq!((at(14, 9), at(17, 9)), (None, None));
        assert!(at(13, 9).is_some() && at(18, 9).is_some());
        let aside = |x| cells(Point { x, y: 5 }, 32, 0.25);
        assert_eq!(aside(20), None, "its mirror image is outside");
        assert_eq!(aside(12), Some(region(2, 4, 4, 6)));
    }

    #[test]
    fn an_even_row_has_an_even_share_and_columns_have_none() {
        let even = map(8, 1, vec![0.0; 64], vec![0.0; 64]);
        let (corner, inside) = (Point { x: 0, y: 0 }, Point { x: 1, y: 4 });
        for (cell, count) in [(corner, 4.0), (inside, 9.0)] {
            let found = partner(&asked(&even, cell, Direction::From, Lens::LooksAt), 0.5);
            let found = found.map(|found| (found.share, found.times));
            let (share, times) = found.unwrap_or_default();
            assert!((share - count / 64.0).abs() < 1e-6 && (times - 1.0).abs() < 1e-5);
        }
        let column = asked(&even, inside, Direction::To, Lens::LooksAt);
        assert_eq!(partner(&column, 0.5), None);
    }

    proptest! {
        #[test]
        fn the_share_is_the_weight_on_nine_cells_whatever_the_lens(map in some_map(8, 2, 3.0), x in prop::sample::select(vec![1u32, 2, 5, 6]), y in 1u32..7) {
            let cell = Point { x, y };
            let row = map.row(cell.index(8));
            let mut wanted = 0.0;
            for (key, &weight) in row.iter().enumerate() {
                let (kx, ky) = (key as i32 % 8, key as i32 / 8);
                if (kx - (7 - x as i32)).abs() <= 1 && (ky - y as i32).abs() <= 1 {
                    wanted += f64::from(weight);
                }
            }
            for lens in [Lens::LooksAt, Lens::OnlyThis] {
                let found = partner(&asked(&map, cell, Direction::From, lens), 0.5);
                match found {
                    // Three and four are neighbours of the middle.
                    None => prop_assert!((7 - 2 * x as i32).abs() <= 3),
                    Some(found) => {
                        prop_assert!((found.share - wanted).abs() < 1e-9);
                        prop_assert!((found.times - wanted * 64.0 / 9.0).abs() < 1e-6);
                    }
                }
            }
        }
    }
}
