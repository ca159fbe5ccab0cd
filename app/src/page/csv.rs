//! One row of an attention map as a table that other programs read.

use super::pixel::Point;

/// The row as CSV: a header, then `x,y,weight` for every key in the order `y·side + x`. Weights
/// are written with the fewest digits that read back as the same 32-bit number.
pub fn row_csv(row: &[f32], side: u32) -> String {
    let mut text = String::from("x,y,weight\n");
    for (index, weight) in row.iter().enumerate() {
        let Point { x, y } = Point::of_index(index, side);
        text.push_str(&format!("{x},{y},{weight:e}\n"));
    }
    text
}

/// A file name that says whose row it is.
pub fn row_file_name(seed: u64, sample: usize, side: u32, pixel: Point) -> String {
    let Point { x, y } = pixel;
    format!("saganscope-seed{seed}-sample{sample}-layer{side}x{side}-pixel{x}-{y}.csv")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn weights_read_back_as_they_were() {
        let row = [0.1f32, 1.234_567_9e-30, 0.9, 0.0];
        let text = row_csv(&row, 2);
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
    fn the_name_tells_whose_row_it_is() {
        let name = row_file_name(7, 3, 16, Point { x: 22, y: 28 });
        assert_eq!(name, "saganscope-seed7-sample3-layer16x16-pixel22-28.csv");
    }
}
