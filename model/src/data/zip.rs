//! What a zip file holds: its directory, read from the file's end, and where each file begins. Whoever
//! has the zip reads parts of it, in the browser and in the command, so that it need not be in memory.
//!
//! Source: PKWARE's APPNOTE 6.3.10, sections 4.3.7 (local header), 4.3.12 (directory) and 4.3.16
//! (its end). Zip64, encryption and methods other than stored and deflated are told, not read.

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use thiserror::Error;

/// The largest file that is unpacked, in bytes.
pub const LARGEST: u64 = 100_000_000;

/// How much of a zip's end is read to find its directory: the record there and the longest comment.
pub const END: u64 = 22 + 65_535;

/// The length of a local header before its name.
pub const LOCAL: u64 = 30;

/// The longest directory that is read, in bytes.
const LONGEST_DIRECTORY: u64 = 64 << 20;

/// What is wrong with a zip, as a part of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ZipError {
    /// No directory where one should end.
    #[error("is no zip, or was cut short")]
    NotAZip,
    /// Numbers that do not fit an ordinary zip.
    #[error("is a zip of more than 4 GB or 65 535 files; pack the pictures into several")]
    TooLarge,
    /// The directory does not hold what its end promises.
    #[error("has a damaged directory")]
    Damaged,
}

/// Where a zip's directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directory {
    /// Where it begins in the file.
    pub at: u64,
    /// Its length in bytes.
    pub length: u64,
    /// How many files it lists.
    entries: usize,
    /// Bytes before the zip itself, as in archives that unpack themselves.
    before: u64,
}

/// A file in a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path.
    pub name: String,
    /// Where its local header begins in the zip.
    pub at: u64,
    /// Its length in the zip.
    pub packed: u64,
    /// Its length.
    pub size: u64,
    /// Whether it is deflated, rather than stored as it is.
    pub deflated: bool,
    /// Why it cannot be read, if so, as a part of a sentence.
    pub trouble: Option<String>,
}

impl Directory {
    /// Finds the directory of a zip of `length` bytes, of which these are the last: at least [`END`],
    /// or all.
    ///
    /// # Errors
    /// [`ZipError::NotAZip`] and [`ZipError::TooLarge`].
    pub fn find(end: &[u8], length: u64) -> Result<Self, ZipError> {
        const RECORD: &[u8] = b"PK\x05\x06";
        // A comment may look like a record: only one that ends where the file does is meant.
        let starts = (0..end.len().saturating_sub(21)).rev();
        let at = starts
            .filter(|&at| end[at..].starts_with(RECORD))
            .find(|&at| at + 22 + usize::from(u16_at(end, at + 20)) == end.len())
            .ok_or(ZipError::NotAZip)?;
        let entries = usize::from(u16_at(end, at + 10));
        let [own, start] = [12, 16].map(|place| u64::from(u32_at(end, at + place)));
        if entries == 0xffff || own == 0xffff_ffff || start == 0xffff_ffff {
            return Err(ZipError::TooLarge);
        }
        let record = length
            .checked_sub((end.len() - at) as u64)
            .ok_or(ZipError::Damaged)?;
        let found = record.checked_sub(own).ok_or(ZipError::Damaged)?;
        let before = found.checked_sub(start).ok_or(ZipError::Damaged)?;
        if own > LONGEST_DIRECTORY {
            return Err(ZipError::TooLarge);
        }
        Ok(Self {
            at: found,
            length: own,
            entries,
            before,
        })
    }

    /// The files that it lists, folders and what systems leave behind in them aside.
    ///
    /// # Errors
    /// [`ZipError::Damaged`].
    pub fn entries(&self, directory: &[u8]) -> Result<Vec<Entry>, ZipError> {
        let mut rest = directory;
        let mut entries = Vec::new();
        for _ in 0..self.entries {
            let (head, after) = rest.split_at_checked(46).ok_or(ZipError::Damaged)?;
            if !head.starts_with(b"PK\x01\x02") {
                return Err(ZipError::Damaged);
            }
            let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(head, at)));
            let (name, after) = after.split_at_checked(name).ok_or(ZipError::Damaged)?;
            rest = after.get(extra + comment..).ok_or(ZipError::Damaged)?;
            let name = String::from_utf8_lossy(name).into_owned();
            if name.ends_with('/') || is_litter(&name) {
                continue;
            }
            let method = u16_at(head, 10);
            let [packed, size, at] = [20, 24, 42].map(|place| u64::from(u32_at(head, place)));
            let trouble = if u16_at(head, 8) & 1 == 1 {
                Some("is encrypted".to_string())
            } else if !matches!(method, 0 | 8) {
                Some(format!(
                    "is packed in a way that is not read (method {method})"
                ))
            } else if [packed, size, at].contains(&0xffff_ffff) {
                Some("lies beyond 4 GB of the zip".to_string())
            } else {
                None
            };
            entries.push(Entry {
                name,
                at: at + self.before,
                packed,
                size,
                deflated: method == 8,
                trouble,
            });
        }
        Ok(entries)
    }
}

impl Entry {
    /// Where the file's data begin in the zip, by the [`LOCAL`] first bytes of its local header.
    pub fn data(&self, header: &[u8]) -> Option<u64> {
        if header.len() < LOCAL as usize || !header.starts_with(b"PK\x03\x04") {
            return None;
        }
        let [name, extra] = [26, 28].map(|at| u64::from(u16_at(header, at)));
        Some(self.at + LOCAL + name + extra)
    }

    /// Why it is not read, if so, as a part of a sentence.
    ///
    /// # Errors
    /// Where it is of a kind that is not read, or too large.
    pub fn check(&self) -> Result<(), String> {
        match &self.trouble {
            Some(trouble) => Err(trouble.clone()),
            None if self.size.max(self.packed) > LARGEST => {
                Err(format!("is larger than {} MB", LARGEST / 1_000_000))
            }
            None => Ok(()),
        }
    }

    /// The file, of these bytes of the zip. No more of it is inflated than the zip says that there is.
    ///
    /// # Errors
    /// What is wrong with it, as a part of a sentence.
    pub fn unpack(&self, packed: Vec<u8>) -> Result<Vec<u8>, String> {
        const OTHER: &str = "is of another size than the zip says";
        let unpacked = if self.deflated {
            decompress_to_vec_with_limit(&packed, self.size as usize).map_err(|error| {
                if error.status == TINFLStatus::HasMoreOutput {
                    OTHER
                } else {
                    "cannot be unpacked"
                }
            })?
        } else {
            packed
        };
        if unpacked.len() as u64 != self.size {
            return Err(OTHER.into());
        }
        Ok(unpacked)
    }
}

/// Whether a path is of what systems leave behind in folders, rather than of a visitor's own file.
pub fn is_litter(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.starts_with('.')
        || path.starts_with("__MACOSX/")
        || ["thumbs.db", "desktop.ini"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
}

/// Little-endian, as all numbers in a zip. Callers have looked that it is there.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    /// A zip with these files, stored as they are, or as the number of a method says.
    pub(crate) fn packed(files: &[(&str, u16, &[u8])], comment: &[u8]) -> Vec<u8> {
        let (mut zip, mut directory) = (Vec::new(), Vec::new());
        for (name, method, data) in files {
            let at = zip.len() as u32;
            let lengths = [data.len() as u32; 2].map(u32::to_le_bytes).concat();
            let name_length = (name.len() as u16).to_le_bytes();
            let method = method.to_le_bytes();
            zip.extend([b"PK\x03\x04\x14\0\0\0", &method[..], &[0; 8], &lengths].concat());
            // The local header's extra field has a length of its own.
            zip.extend([&name_length[..], &[3, 0], name.as_bytes(), &[7; 3], data].concat());
            directory.extend([b"PK\x01\x02\x14\0\x14\0\0\0", &method[..], &[0; 8]].concat());
            directory.extend([&lengths[..], &name_length, &[2, 0, 1, 0], &[0; 8]].concat());
            directory.extend([&at.to_le_bytes()[..], name.as_bytes(), &[9; 3]].concat());
        }
        let count = (files.len() as u16).to_le_bytes();
        let places = [directory.len() as u32, zip.len() as u32];
        let places = places.map(u32::to_le_bytes).concat();
        let length = (comment.len() as u16).to_le_bytes();
        let end = [
            b"PK\x05\x06\0\0\0\0",
            &count[..],
            &count,
            &places,
            &length,
            comment,
        ];
        [zip, directory, end.concat()].concat()
    }

    fn listed(zip: &[u8]) -> Result<Vec<Entry>, ZipError> {
        let found = Directory::find(zip, zip.len() as u64)?;
        let (at, length) = (found.at as usize, found.length as usize);
        found.entries(zip.get(at..at + length).ok_or(ZipError::Damaged)?)
    }

    #[test]
    fn files_are_found_where_they_are() {
        let files: [(&str, u16, &[u8]); 3] = [
            ("a/one.png", 0, b"first"),
            ("a/", 0, b""),
            ("two.jpg", 8, b"second, longer"),
        ];
        for (before, comment) in [
            (0, &b""[..]),
            (0, b"a PK\x05\x06 comment, longer than a record"),
            (9, b""),
        ] {
            let zip = [vec![1; before], packed(&files, comment)].concat();
            let entries = listed(&zip).unwrap();
            let names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
            assert_eq!(names, ["a/one.png", "two.jpg"]);
            for (entry, data) in entries.iter().zip([&b"first"[..], b"second, longer"]) {
                let header = &zip[entry.at as usize..][..LOCAL as usize];
                let start = entry.data(header).unwrap() as usize;
                assert_eq!(&zip[start..start + entry.packed as usize], data);
                assert_eq!(entry.trouble, None);
            }
            assert_eq!([0, 1].map(|i| entries[i].deflated), [false, true]);
        }
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let zip = packed(&[("a.png", 12, b"x")], b"");
        let trouble = listed(&zip).unwrap()[0].trouble.clone().unwrap();
        assert!(trouble.contains("method 12"), "{trouble}");
        let mut secret = packed(&[("a.png", 0, b"x")], b"");
        let at = secret
            .windows(4)
            .position(|four| four == b"PK\x01\x02")
            .unwrap();
        secret[at + 8] |= 1;
        let trouble = listed(&secret).unwrap()[0].trouble.clone();
        assert_eq!(trouble.as_deref(), Some("is encrypted"));
        secret[at] = b'X';
        assert_eq!(listed(&secret), Err(ZipError::Damaged));
        let whole = packed(&[("a.png", 0, b"picture")], b"");
        for length in 0..whole.len() {
            assert_eq!(listed(&whole[..length]), Err(ZipError::NotAZip), "{length}");
        }
        let mut huge = whole.clone();
        let end = huge.len() - 22;
        huge[end + 10..end + 12].fill(0xff);
        assert_eq!(listed(&huge), Err(ZipError::TooLarge));
    }

    #[test]
    fn what_systems_leave_behind_is_no_picture() {
        for litter in ["a/.DS_Store", "__MACOSX/a/one.png", "Thumbs.db", "._x.png"] {
            assert!(is_litter(litter), "{litter}");
        }
        for own in ["one.png", "a.b/c.jpg", "__MACOSX"] {
            assert!(!is_litter(own), "{own}");
        }
    }

    proptest! {
        #[test]
        fn damage_is_no_harm(at in 0usize..200, byte: u8, cut in 0usize..200) {
            let mut zip = packed(&[("a.png", 0, b"picture"), ("b.png", 8, b"other")], b"c");
            let length = zip.len();
            zip[at % length] = byte;
            zip.truncate(length - cut % 20);
            if let Ok(entries) = listed(&zip) {
                prop_assert!(entries.len() <= 2);
            }
        }
    }
}
