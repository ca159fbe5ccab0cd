//! GIF files (GIF89a specification): frames of one size, each with colours of its own, over and over.

use super::lzw::Lzw;

/// The longest piece of data that goes without a new length.
const PIECE: usize = 255;

/// A file that is being written.
#[derive(Debug)]
pub struct Gif {
    width: u16,
    height: u16,
    bytes: Vec<u8>,
}

impl Gif {
    /// Of frames of this size, with a text that goes along unseen.
    pub fn new(width: u16, height: u16, text: &str) -> Self {
        let mut bytes = b"GIF89a".to_vec();
        for length in [width, height] {
            bytes.extend(length.to_le_bytes());
        }
        // Eight bits a colour, no table for all frames, no background, square pixels.
        bytes.extend([0x70, 0, 0]);
        // Over and over again, as every browser understands it.
        bytes.extend([0x21, 0xff, 11]);
        bytes.extend(b"NETSCAPE2.0\x03\x01\x00\x00\x00");
        bytes.extend([0x21, 0xfe]);
        pieces(&mut bytes, text.as_bytes());
        Self {
            width,
            height,
            bytes,
        }
    }

    /// Adds a frame that stays for so many hundredths of a second: its colours, at most 256, and
    /// its pixels.
    pub fn add(&mut self, hundredths: u16, colours: &[[u8; 3]], pixels: Lzw) {
        let bytes = &mut self.bytes;
        // It stays where it is until the next one covers it.
        bytes.extend([0x21, 0xf9, 4, 0x04]);
        bytes.extend(hundredths.to_le_bytes());
        bytes.extend([0, 0]);
        bytes.push(0x2c);
        for number in [0, 0, self.width, self.height] {
            bytes.extend(number.to_le_bytes());
        }
        // A table of 2⁸ colours of its own.
        bytes.push(0x87);
        bytes.extend(colours.iter().chain(&[[0; 3]; 256]).take(256).flatten());
        bytes.push(8);
        pieces(bytes, &pixels.end());
    }

    /// The whole file.
    pub fn end(mut self) -> Vec<u8> {
        self.bytes.push(0x3b);
        self.bytes
    }
}

/// Data in pieces, each behind its length, and an empty one at the end.
fn pieces(bytes: &mut Vec<u8>, data: &[u8]) {
    for piece in data.chunks(PIECE) {
        bytes.push(piece.len() as u8);
        bytes.extend(piece);
    }
    bytes.push(0);
}

#[cfg(test)]
mod tests {
    use super::super::lzw::tests::unpacked;
    use super::*;

    #[test]
    fn frames_text_and_times_stand_where_the_specification_has_them() {
        let mut gif = Gif::new(3, 2, "https://example.org/?room=train");
        for (hundredths, colour) in [(20, 1u8), (250, 0)] {
            let mut lzw = Lzw::default();
            lzw.push([0, 1, colour, 1, 1, 0]);
            gif.add(hundredths, &[[1, 2, 3], [200, 100, 50]], lzw);
        }
        let file = gif.end();
        assert_eq!(&file[..10], b"GIF89a\x03\x00\x02\x00");
        let text = b"\x21\xfe\x1fhttps://example.org/?room=train\x00";
        assert_eq!(file[32..32 + text.len()], text[..]);
        let mut rest = &file[32 + text.len()..];
        for (hundredths, colour) in [(20u8, 1u8), (250, 0)] {
            assert_eq!(rest[..8], [0x21, 0xf9, 4, 4, hundredths, 0, 0, 0]);
            assert_eq!(rest[8..18], [0x2c, 0, 0, 0, 0, 3, 0, 2, 0, 0x87]);
            assert_eq!(rest[18..24], [1, 2, 3, 200, 100, 50]);
            assert_eq!(rest[18 + 768], 8);
            let length = usize::from(rest[787]);
            assert_eq!(unpacked(&rest[788..788 + length]), [0, 1, colour, 1, 1, 0]);
            assert_eq!(rest[788 + length], 0);
            rest = &rest[789 + length..];
        }
        assert_eq!(rest, [0x3b]);
    }

    #[test]
    fn long_data_goes_in_pieces() {
        let mut bytes = Vec::new();
        pieces(&mut bytes, &[7; 600]);
        assert_eq!(
            (bytes.len(), bytes[0], bytes[256], bytes[512]),
            (604, 255, 255, 90)
        );
        assert_eq!(bytes[603], 0);
    }
}
