//! GIF files: frames of one size, each with colours of its own, over and over. The `gif` crate writes
//! the file and `weezl` packs the pixels, in pieces: a whole frame at once would hold the page up.

use gif::{Encoder, EncodingError, Extension, Frame, Repeat};
use thiserror::Error;
use weezl::BitOrder;
use weezl::encode::Encoder as Lzw;

/// Bits of a place in a table of 256 colours.
const BITS: u8 = 8;

/// Bytes that the packed pixels may grow by at once.
const ROOM: usize = 1 << 12;

/// Why there is no file.
#[derive(Debug, Error)]
#[error("The animated picture could not be put together; try again.")]
pub struct Unwritten(#[from] EncodingError);

/// A file that is being written.
pub struct Gif {
    width: u16,
    height: u16,
    file: Encoder<Vec<u8>>,
}

/// A frame's pixels that are being packed, row after row.
pub struct Packing {
    lzw: Lzw,
    /// Behind the bits of a place, as the `gif` crate wants it.
    packed: Vec<u8>,
}

impl Gif {
    /// Of frames of this size, with a text that goes along unseen.
    ///
    /// # Errors
    /// If the `gif` crate does not take it.
    pub fn new(width: u16, height: u16, text: &str) -> Result<Self, Unwritten> {
        // No table for all frames.
        let mut file = Encoder::new(Vec::new(), width, height, &[])?;
        file.set_repeat(Repeat::Infinite)?;
        file.write_raw_extension(Extension::Comment.into(), &[text.as_bytes()])?;
        Ok(Self {
            width,
            height,
            file,
        })
    }

    /// Adds a frame that stays for so many hundredths of a second: its colours, at most 256, and
    /// its pixels.
    ///
    /// # Errors
    /// If there are more colours.
    pub fn add(
        &mut self,
        hundredths: u16,
        colours: &[[u8; 3]],
        pixels: Packing,
    ) -> Result<(), Unwritten> {
        let frame = Frame {
            delay: hundredths,
            width: self.width,
            height: self.height,
            palette: Some(colours.concat()),
            buffer: pixels.end().into(),
            // It stays where it is until the next one covers it.
            ..Frame::default()
        };
        Ok(self.file.write_lzw_pre_encoded_frame(&frame)?)
    }

    /// The whole file.
    ///
    /// # Errors
    /// If the `gif` crate does not end it.
    pub fn end(self) -> Result<Vec<u8>, Unwritten> {
        Ok(self.file.into_inner()?)
    }
}

impl Default for Packing {
    fn default() -> Self {
        Self {
            lzw: Lzw::new(BitOrder::Lsb, BITS),
            packed: vec![BITS],
        }
    }
}

impl Packing {
    /// Takes pixels in, each as the place of its colour in the table.
    pub fn push(&mut self, mut places: &[u8]) {
        while !places.is_empty() {
            let from = self.packed.len();
            self.packed.resize(from + ROOM, 0);
            let done = self.lzw.encode_bytes(places, &mut self.packed[from..]);
            self.packed.truncate(from + done.consumed_out);
            places = &places[done.consumed_in..];
        }
    }

    /// All that was taken in, packed.
    fn end(mut self) -> Vec<u8> {
        // Every byte is a place of 8 bits: there is none that could be refused.
        let _ = self.lzw.into_vec(&mut self.packed).encode_all(&[]);
        self.packed
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use gif::{DecodeOptions, Decoder, MemoryLimit};
    use proptest::prelude::*;

    /// The places that a frame of this size shows, read from a file of its own.
    pub(in super::super) fn unpacked(packing: Packing, [width, height]: [usize; 2]) -> Vec<u8> {
        let mut gif = Gif::new(width as u16, height as u16, "").unwrap();
        let grey: Vec<[u8; 3]> = (0..=255).map(|c| [c; 3]).collect();
        gif.add(1, &grey, packing).unwrap();
        let mut options = DecodeOptions::new();
        options.set_memory_limit(MemoryLimit::Unlimited);
        options.check_frame_consistency(true);
        options.check_lzw_end_code(true);
        let file = gif.end().unwrap();
        let mut decoder = options.read_info(file.as_slice()).unwrap();
        let frame = decoder.read_next_frame().unwrap().unwrap();
        frame.buffer.to_vec()
    }

    #[test]
    fn frames_text_and_times_come_back() {
        // Longer than a block of the format.
        let text = format!("https://example.org/?{}", "room=train&".repeat(40));
        let table = [[1, 2, 3], [200, 100, 50], [9, 8, 7]];
        let mut gif = Gif::new(3, 2, &text).unwrap();
        for (hundredths, place) in [(20, 1), (2500, 2)] {
            let mut packing = Packing::default();
            packing.push(&[0, 1, place, 1, 1, 0]);
            gif.add(hundredths, &table, packing).unwrap();
        }
        let file = gif.end().unwrap();
        let mut decoder = Decoder::new(file.as_slice()).unwrap();
        assert_eq!((decoder.width(), decoder.height()), (3, 2));
        for (hundredths, place) in [(20, 1), (2500, 2)] {
            let frame = decoder.read_next_frame().unwrap().unwrap();
            assert_eq!((frame.delay, frame.transparent), (hundredths, None));
            assert_eq!((frame.width, frame.height), (3, 2));
            let colours = frame.palette.as_ref().unwrap();
            assert_eq!(colours[..9], *table.concat());
            assert_eq!(*frame.buffer, [0, 1, place, 1, 1, 0]);
        }
        assert!(decoder.read_next_frame().unwrap().is_none());
        assert_eq!(decoder.repeat(), Repeat::Infinite);
        // The decoder passes a comment over; the specification has it in blocks of 255 behind 21 FE.
        let at = file.windows(2).position(|two| two == [0x21, 0xfe]).unwrap();
        assert_eq!(file[at + 2], 255);
        assert_eq!(file[at + 3..at + 258], text.as_bytes()[..255]);
        assert_eq!(usize::from(file[at + 258]), text.len() - 255);
    }

    #[test]
    fn more_colours_than_a_table_holds_are_refused_in_a_sentence() {
        let mut gif = Gif::new(1, 1, "").unwrap();
        let refused = gif.add(1, &[[0; 3]; 257], Packing::default()).unwrap_err();
        assert!(refused.to_string().ends_with('.'), "{refused}");
    }

    #[test]
    fn a_flat_picture_is_packed_small() {
        let mut packing = Packing::default();
        packing.push(&[7; 100_000]);
        let small = packing.end().len();
        assert!(small < 1000, "{small}");
    }

    #[test]
    fn what_is_longer_packed_than_taken_in_comes_back() {
        // No string comes twice for long: the table of strings fills, and the pixels outgrow the room
        // of a piece.
        let mut state = 1u32;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        let noise: Vec<u8> = noise.take(40_000).collect();
        let mut packing = Packing::default();
        packing.push(&noise);
        assert!(packing.packed.len() > noise.len());
        assert_eq!(unpacked(packing, [200, 200]), noise);
    }

    proptest! {
        #[test]
        fn all_comes_back_however_it_is_cut(
            places in prop::collection::vec(0u8..5, 1..3000),
            at in 1usize..3000,
        ) {
            let mut packing = Packing::default();
            places.chunks(at).for_each(|piece| packing.push(piece));
            prop_assert_eq!(unpacked(packing, [places.len(), 1]), places);
        }
    }
}
