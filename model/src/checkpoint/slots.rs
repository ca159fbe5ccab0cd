//! Two copies of a run that are written in turn: a write that is cut short spoils the older one, and
//! the newer one is still whole.
//!
//! A slot holds, little-endian: the eight letters `SAGANRUN`, its number (u64), the lengths of a note
//! and of a file (u64 each), the note, the file, and SHA-256 of all of that.

use sha2::{Digest, Sha256};

const LETTERS: &[u8; 8] = b"SAGANRUN";
const HEAD: usize = 32;
const SEAL: usize = 32;

/// What a whole slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot<'a> {
    /// Counts the writes: the larger is the newer.
    pub number: u64,
    /// What was noted of the run besides its file.
    pub note: &'a str,
    /// The run's file.
    pub file: &'a [u8],
}

/// What a slot says of itself before its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label<'a> {
    /// Counts the writes: the larger is the newer.
    pub number: u64,
    /// What was noted of the run besides its file.
    pub note: &'a str,
    /// The length of the run's file.
    pub file: u64,
}

impl<'a> Label<'a> {
    /// Reads the first bytes of a slot that is `length` bytes long in all: quick, and enough to
    /// notice a write that was cut short, but not a changed byte. `None` if the slot is not as long
    /// as it says, or its note goes beyond these bytes.
    pub fn read(start: &'a [u8], length: u64) -> Option<Self> {
        let (head, rest) = start.split_at_checked(HEAD)?;
        let [number, note, file] = numbers(head)?;
        let whole = note.checked_add(file)?.checked_add((HEAD + SEAL) as u64)?;
        if whole != length {
            return None;
        }
        let (note, _) = rest.split_at_checked(usize::try_from(note).ok()?)?;
        Some(Self {
            number,
            note: std::str::from_utf8(note).ok()?,
            file,
        })
    }
}

impl<'a> Slot<'a> {
    /// What is written before the file, and what after it: the file itself is not copied.
    pub fn frame(&self) -> (Vec<u8>, Vec<u8>) {
        let Self { number, note, file } = *self;
        let lengths = [number, note.len() as u64, file.len() as u64];
        let mut head = LETTERS.to_vec();
        head.extend(lengths.into_iter().flat_map(u64::to_le_bytes));
        head.extend_from_slice(note.as_bytes());
        let seal = seal(&[&head, file]);
        (head, seal)
    }

    /// What a slot's bytes hold; `None` if they are not all there, or not as they were written.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (sealed, found) = bytes.split_at_checked(bytes.len().checked_sub(SEAL)?)?;
        let (head, rest) = sealed.split_at_checked(HEAD)?;
        let [number, note, file] = numbers(head)?;
        let whole = note.checked_add(file)? == rest.len() as u64;
        if !whole || seal(&[sealed]) != found {
            return None;
        }
        let (note, file) = rest.split_at_checked(usize::try_from(note).ok()?)?;
        Some(Self {
            number,
            note: std::str::from_utf8(note).ok()?,
            file,
        })
    }
}

/// The newest whole one of these slots, and its place.
pub fn newest(slots: &[Vec<u8>]) -> Option<(usize, Slot<'_>)> {
    let read = slots.iter().map(|bytes| Slot::read(bytes));
    let whole = read
        .enumerate()
        .filter_map(|(place, slot)| Some((place, slot?)));
    whole.max_by_key(|(_, slot)| slot.number)
}

/// What a slot's head holds behind its letters.
fn numbers(head: &[u8]) -> Option<[u64; 3]> {
    let (words, _) = head.as_chunks::<8>();
    let [letters, number, note, file] = *words else {
        return None;
    };
    (&letters == LETTERS).then(|| [number, note, file].map(u64::from_le_bytes))
}

fn seal(parts: &[&[u8]]) -> Vec<u8> {
    let mut digest = Sha256::new();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    fn written(number: u64, file: &[u8]) -> Vec<u8> {
        let slot = Slot {
            number,
            note: "{\"of\":\"twins\"}",
            file,
        };
        let (head, seal) = slot.frame();
        [&head, file, &seal].concat()
    }

    #[test]
    fn the_newer_whole_slot_counts() {
        let slots = [written(7, b"older"), written(8, b"newer, and longer")];
        let (place, slot) = newest(&slots).unwrap();
        assert_eq!((place, slot.number), (1, 8));
        assert_eq!(slot.file, b"newer, and longer");
        assert_eq!(slot.note, "{\"of\":\"twins\"}");
        assert_eq!(newest(&[Vec::new(), Vec::new()]), None);
    }

    #[test]
    fn a_write_cut_short_anywhere_leaves_the_slot_before_it() {
        let (older, newer) = (written(1, b"older"), written(2, &[9; 200]));
        for length in 0..newer.len() {
            let slots = [newer[..length].to_vec(), older.clone()];
            let (place, slot) = newest(&slots).unwrap();
            assert_eq!((place, slot.file), (1, b"older".as_slice()), "{length}");
        }
        // A shorter file over a longer one, cut short, ends in what was there before.
        let long = written(3, &[5; 300]);
        for length in 0..newer.len() {
            let mixed = [&newer[..length], &long[length..]].concat();
            // Slots begin alike, so the first bytes change nothing.
            let untouched = mixed == long;
            let (place, _) = newest(&[mixed, older.clone()]).unwrap();
            assert_eq!(place == 0, untouched, "{length}");
            assert_eq!(untouched, length <= 8, "{length}");
        }
    }

    #[test]
    fn a_label_tells_what_the_slot_holds_and_whether_all_of_it_is_there() {
        let bytes = written(7, &[9; 200]);
        let length = bytes.len() as u64;
        let slot = Slot::read(&bytes).unwrap();
        let label = Label::read(&bytes[..64], length).unwrap();
        assert_eq!(
            (label.number, label.note, label.file),
            (7, slot.note, slot.file.len() as u64)
        );
        for cut in 0..length {
            assert_eq!(Label::read(&bytes[..64.min(cut as usize)], cut), None);
        }
        // The note is not all there.
        assert_eq!(Label::read(&bytes[..HEAD + 3], length), None);
    }

    /// Saves as the browser's storage does them: the older slot is emptied, then written from its
    /// start, and may be cut short at any byte.
    #[test]
    fn of_saves_that_are_cut_short_at_random_none_before_the_last_whole_one_comes_back() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut below = |most: usize| random.random_range(0..=most);
        let mut slots = [Vec::new(), Vec::new()];
        let (mut kept, mut cut) = (None, 0);
        for step in 1..=300_u64 {
            let found = newest(&slots).map(|(place, slot)| (place, slot.number));
            let (place, number) = found.map_or((0, 1), |(place, number)| (1 - place, number + 1));
            let file = vec![step as u8; 1 + below(400)];
            let mut bytes = written(number, &[&step.to_le_bytes(), &file[..]].concat());
            let whole = below(2) == 0;
            if whole {
                kept = Some(step);
            } else {
                bytes.truncate(below(bytes.len() - 1));
                cut += 1;
            }
            slots[place] = bytes;
            let back = newest(&slots).map(|(_, slot)| {
                let (step, _) = slot.file.as_chunks::<8>();
                u64::from_le_bytes(step[0])
            });
            assert_eq!(back, kept, "after save {step}");
        }
        assert!(cut > 100, "{cut}");
    }

    proptest! {
        #[test]
        fn a_changed_byte_is_noticed(at in 0usize..100, by in 1u8..) {
            let mut bytes = written(1, &[3; 100]);
            let at = at * bytes.len() / 100;
            bytes[at] ^= by;
            prop_assert_eq!(Slot::read(&bytes), None);
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut bytes = bytes;
            if bytes.len() > 8 {
                bytes[..8].copy_from_slice(LETTERS);
            }
            prop_assert_eq!(Slot::read(&bytes), None);
        }
    }
}
