//! Texts in a PNG file (PNG specification, third edition, section 11.3.3): the browser encodes the
//! picture, and these chunks are put behind its header.

use crc::{CRC_32_ISO_HDLC, Crc, NoTable};

/// What every PNG begins with.
pub const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

/// The header's chunk: length, type, 13 bytes and a checksum.
const HEADER: usize = 25;

/// Length and type in front of a chunk's data, and the checksum behind it.
const AROUND: usize = 12;

/// Chunks are few; the checksum needs no table.
const CHECKSUM: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// The same picture with these texts, each a keyword (1 to 79 characters of Latin-1) and what it
/// says; nothing if it is no PNG.
pub fn with_texts(png: &[u8], texts: &[(&str, &str)]) -> Option<Vec<u8>> {
    let begin = SIGNATURE.len() + HEADER;
    if !png.starts_with(SIGNATURE) || png.len() < begin {
        return None;
    }
    let (head, rest) = png.split_at(begin);
    let mut file = head.to_vec();
    for (keyword, text) in texts {
        // No compression, no language, no translated keyword.
        let data = [keyword.as_bytes(), &[0; 5], text.as_bytes()].concat();
        file.extend(chunk(b"iTXt", &data));
    }
    file.extend(rest);
    Some(file)
}

/// What a PNG says under this keyword, if anything: in an `iTXt` that is not compressed, or a `tEXt`,
/// which some programs make of it.
pub fn text(png: &[u8], keyword: &str) -> Option<String> {
    let mut rest = png.strip_prefix(SIGNATURE.as_slice())?;
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let data = after.get(4..length.checked_add(4)?)?;
        let named = data
            .strip_prefix(keyword.as_bytes())
            .and_then(|after| after.strip_prefix(&[0]));
        let text = match (&after[..4], named) {
            (b"tEXt", Some(text)) => Some(text),
            (b"iTXt", Some(text)) => plain(text),
            _ => None,
        };
        if let Some(text) = text {
            return String::from_utf8(text.to_vec()).ok();
        }
        rest = rest.get(length.checked_add(AROUND)?..)?;
    }
    None
}

/// The text of an `iTXt` behind its keyword, if it is not compressed.
fn plain(data: &[u8]) -> Option<&[u8]> {
    let after = data.strip_prefix(&[0, 0])?;
    let mut parts = after.splitn(3, |&byte| byte == 0);
    parts.nth(2)
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut digest = CHECKSUM.digest();
    digest.update(kind);
    digest.update(data);
    [
        &(data.len() as u32).to_be_bytes(),
        &kind[..],
        data,
        &digest.finalize().to_be_bytes(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    /// A PNG of one pixel.
    fn one_pixel() -> Vec<u8> {
        let mut png = SIGNATURE.to_vec();
        png.extend(chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]));
        // zlib, stored: one row of one grey pixel.
        let data = [0x78, 1, 1, 2, 0, 0xfd, 0xff, 0, 77, 0, 79, 0, 78];
        png.extend(chunk(b"IDAT", &data));
        png.extend(chunk(b"IEND", &[]));
        png
    }

    #[test]
    fn the_checksum_is_pngs() {
        // From the specification's own example: the end of every file.
        assert_eq!(chunk(b"IEND", &[]), b"\0\0\0\0IEND\xae\x42\x60\x82");
    }

    #[test]
    fn what_is_put_in_is_found_and_the_picture_stays() {
        let png = one_pixel();
        let texts = [("Saganscope", "https://a.b/?x=1"), ("Description", "γ × …")];
        let with = with_texts(&png, &texts).unwrap();
        assert_eq!(&with[..33], &png[..33]);
        assert_eq!(&with[with.len() - (png.len() - 33)..], &png[33..]);
        for (keyword, wanted) in texts {
            assert_eq!(text(&with, keyword).as_deref(), Some(wanted));
        }
        assert_eq!(text(&with, "Sagan"), None, "a keyword is a whole word");
        assert_eq!(text(&png, "Saganscope"), None);
        assert_eq!(with_texts(b"GIF89a", &texts), None);
        assert_eq!(with_texts(SIGNATURE, &texts), None);
    }

    #[test]
    fn a_text_of_the_older_kind_is_found_too() {
        let mut png = one_pixel();
        let old = chunk(b"tEXt", b"Saganscope\0https://a.b/");
        png.splice(33..33, old);
        assert_eq!(text(&png, "Saganscope").as_deref(), Some("https://a.b/"));
    }

    proptest! {
        #[test]
        fn damaged_files_say_nothing_and_harm_nothing(at in 8usize..80, byte: u8, end in 0usize..120) {
            let mut png = with_texts(&one_pixel(), &[("Saganscope", "https://a.b/?x=1")]).unwrap();
            let at = at.min(png.len() - 1);
            png[at] = byte;
            png.truncate(end.max(8));
            let _ = text(&png, "Saganscope");
            let _ = with_texts(&png, &[("a", "b")]);
        }
    }
}
