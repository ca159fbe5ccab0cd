//! Letters and digits of five by seven dots: as many as a film's line of words takes.

/// Dots of a letter, across and down.
pub const WIDE: usize = 5;
/// See [`WIDE`].
pub const HIGH: usize = 7;

/// The dots of a letter, row by row; the highest of five bits is the left one. Nothing for what has
/// no letter here, a space among it.
pub fn dots(letter: char) -> Option<[u8; HIGH]> {
    Some(match letter {
        '0' => [0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e],
        '1' => [0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e],
        '2' => [0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f],
        '3' => [0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e],
        '4' => [0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02],
        '5' => [0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e],
        '6' => [0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e],
        '7' => [0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08],
        '8' => [0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e],
        '9' => [0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c],
        'e' => [0x00, 0x00, 0x0e, 0x11, 0x1f, 0x10, 0x0e],
        'p' => [0x00, 0x00, 0x1e, 0x11, 0x1e, 0x10, 0x10],
        's' => [0x00, 0x00, 0x0e, 0x10, 0x0e, 0x01, 0x1e],
        't' => [0x08, 0x08, 0x1c, 0x08, 0x08, 0x09, 0x06],
        _ => return None,
    })
}

/// Where the dots of a text are, from its left upper corner.
pub fn places(text: &str) -> impl Iterator<Item = [usize; 2]> + '_ {
    text.chars().enumerate().flat_map(|(at, letter)| {
        let rows = dots(letter).unwrap_or_default().into_iter().enumerate();
        rows.flat_map(move |(y, row)| {
            let set = (0..WIDE).filter(move |x| row >> (WIDE - 1 - x) & 1 == 1);
            set.map(move |x| [at * (WIDE + 1) + x, y])
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_digits_look_alike_and_none_is_wider_than_its_place() {
        let all: Vec<_> = ('0'..='9').chain("step".chars()).filter_map(dots).collect();
        assert_eq!(all.len(), 14);
        for (at, one) in all.iter().enumerate() {
            assert!(one.iter().all(|&row| row < 1 << WIDE));
            assert!(all[..at].iter().all(|other| other != one));
        }
    }

    #[test]
    fn a_text_goes_to_the_right() {
        let found: Vec<_> = places("1 1").collect();
        let (first, second) = found.split_at(found.len() / 2);
        let moved: Vec<_> = first.iter().map(|&[x, y]| [x + 12, y]).collect();
        assert_eq!(moved, second);
        // The foot of the one.
        assert!(
            [[1, 6], [2, 6], [3, 6]]
                .iter()
                .all(|dot| first.contains(dot))
        );
    }
}
