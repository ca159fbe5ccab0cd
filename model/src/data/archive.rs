//! Pictures from a zip file, read as those of a folder are.

use std::{
    fs::File,
    io::{self, Cursor, Read, Seek, SeekFrom},
    path::Path,
    sync::Arc,
};

use super::{
    Album, DataError, Folder, Skipped,
    folder::{decode, is_picture},
    zip::{Directory, END, Entry, LOCAL, ZipError},
};

impl Folder {
    /// Reads the PNG, JPEG and WebP files in a zip, as [`Folder::open`] those of a folder: in the
    /// order of their paths. Also gives what could not be read.
    ///
    /// # Errors
    /// If the file is no zip, or no picture in it can be read.
    pub fn open_zip(
        path: &Path,
        size: usize,
        seed: u64,
    ) -> Result<(Self, Vec<Skipped>), DataError> {
        let unreadable = |source| DataError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let mut file = File::open(path).map_err(unreadable)?;
        let broken = |source| DataError::NotAZip {
            path: path.to_owned(),
            source,
        };
        let mut entries = list(&mut file).map_err(unreadable)?.map_err(broken)?;
        entries.retain(|entry| is_picture(Path::new(&entry.name)));
        entries.sort_by(|one, other| one.name.cmp(&other.name));

        let (mut pictures, mut skipped) = (Vec::new(), Vec::new());
        for entry in &entries {
            let unpacked = unpack(&mut file, entry);
            match unpacked.and_then(|bytes| decode(Cursor::new(bytes), size as u32)) {
                Ok(picture) => pictures.push(picture.into_raw()),
                Err(reason) => skipped.push(Skipped {
                    path: path.join(&entry.name),
                    reason,
                }),
            }
        }
        if pictures.is_empty() {
            let (path, count) = (path.to_owned(), skipped.len());
            return Err(match skipped.into_iter().next() {
                Some(first) => DataError::AllSkipped { path, count, first },
                None => DataError::EmptyZip(path),
            });
        }
        Ok((
            Self::of(Album::new(Arc::new(pictures), size, seed)),
            skipped,
        ))
    }
}

fn list(file: &mut File) -> io::Result<Result<Vec<Entry>, ZipError>> {
    let length = file.seek(SeekFrom::End(0))?;
    let end = read_at(file, length.saturating_sub(END), length.min(END))?;
    let directory = match Directory::find(&end, length) {
        Ok(directory) => directory,
        Err(error) => return Ok(Err(error)),
    };
    let bytes = read_at(file, directory.at, directory.length)?;
    Ok(directory.entries(&bytes))
}

/// A file of the zip, or what is wrong with it.
fn unpack(file: &mut File, entry: &Entry) -> Result<Vec<u8>, String> {
    entry.check()?;
    let failed = |error: io::Error| format!("cannot be unpacked ({error})");
    let header = read_at(file, entry.at, LOCAL).map_err(failed)?;
    let start = entry.data(&header).ok_or("is not where the zip says")?;
    let packed = read_at(file, start, entry.packed).map_err(failed)?;
    entry.unpack(packed)
}

fn read_at(file: &mut File, at: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use image::{ImageFormat, Rgb, RgbImage};
    use miniz_oxide::deflate::compress_to_vec;
    use tempfile::tempdir;

    use super::super::{Pictures, zip::tests::packed};
    use super::*;

    fn png(shade: u8) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = RgbImage::from_pixel(8, 8, Rgb([shade; 3]));
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    /// A zip of deflated files has their own lengths beside those in the zip.
    fn with_size(mut zip: Vec<u8>, name: &str, size: usize) -> Vec<u8> {
        let directory = zip
            .windows(4)
            .position(|four| four == b"PK\x01\x02")
            .unwrap();
        let named = |window: &[u8]| window == name.as_bytes();
        let at = zip[directory..]
            .windows(name.len())
            .position(named)
            .unwrap();
        let head = directory + at - 46;
        zip[head + 24..head + 28].copy_from_slice(&(size as u32).to_le_bytes());
        zip
    }

    #[test]
    fn a_zip_shows_what_its_folder_would() {
        let folder = tempdir().unwrap();
        let shades = [("b.png", 10), ("a/c.png", 99), ("a/d.png", 200)];
        for (name, shade) in shades {
            let path = folder.path().join("pictures").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, png(shade)).unwrap();
        }
        let pictures = shades.map(|(name, shade)| (name, png(shade)));
        let small = compress_to_vec(&pictures[1].1, 9);
        let files: [(&str, u16, &[u8]); 6] = [
            ("b.png", 0, &pictures[0].1),
            ("a/c.png", 8, &small),
            ("a/d.png", 0, &pictures[2].1),
            ("notes.txt", 0, b"no picture"),
            ("a/broken.png", 0, b"no picture"),
            ("a/garbage.png", 8, &[0xff; 100]),
        ];
        let zip = with_size(packed(&files, b""), "a/c.png", pictures[1].1.len());
        let path = folder.path().join("pictures.zip");
        fs::write(&path, &zip).unwrap();

        let (from_zip, skipped) = Folder::open_zip(&path, 8, 5).unwrap();
        let (from_folder, _) = Folder::open(&folder.path().join("pictures"), 8, 5).unwrap();
        assert_eq!(from_zip.len(), 3);
        for index in 0..7 {
            let draw = |of: &Folder| {
                let mut out = vec![f32::NAN; 3 * 64];
                of.draw(index, 8, &mut out);
                out
            };
            assert_eq!(draw(&from_zip), draw(&from_folder), "picture {index}");
        }
        assert_eq!(skipped.len(), 2);
        assert!(skipped[0].path.ends_with("a/broken.png"));
        assert!(skipped[1].path.ends_with("a/garbage.png"));
        assert_eq!(skipped[1].reason, "cannot be unpacked");

        // A file that unpacks to more than its zip says is not unpacked further.
        let lying = with_size(zip, "a/c.png", 20);
        fs::write(&path, lying).unwrap();
        let (_, skipped) = Folder::open_zip(&path, 8, 5).unwrap();
        let reasons: Vec<_> = skipped.iter().map(|file| file.reason.as_str()).collect();
        assert!(
            reasons.contains(&"is of another size than the zip says"),
            "{reasons:?}"
        );
        fs::write(&path, b"no zip at all").unwrap();
        let refused = Folder::open_zip(&path, 8, 5).err().unwrap().to_string();
        assert!(refused.contains("pictures.zip is no zip"), "{refused}");
    }
}
