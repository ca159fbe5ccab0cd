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
        let (words, _) = head.as_chunks::<8>();
        let [letters, numbers @ ..] = words else {
            return None;
        };
        let [number, note, file] = *numbers else {
            return None;
        };
        let [number, note, file] = [number, note, file].map(u64::from_le_bytes);
        let whole = note.checked_add(file)? == rest.len() as u64;
        if letters != LETTERS || !whole || seal(&[sealed]) != found {
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
