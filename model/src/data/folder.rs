//! Pictures from a folder: PNG, JPEG and WebP files, cut square around the middle and resized.
//!
//! All are read once, at opening, and kept as bytes (12 KiB each at 64×64). Every epoch shows each
//! of them once, in an order of its own that depends on the seed and the epoch's number alone.

use std::fmt;
use std::fs;
use std::io::{self, BufRead, BufReader, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::imageops::{FilterType, resize};
use image::{DynamicImage, ImageDecoder, ImageReader, RgbImage};
use thiserror::Error;

use super::{Album, Pictures, zip::ZipError};

/// What a decoded file may take, in bytes: enough for 100 megapixels, too little to choke on.
const LARGEST: u64 = 512 << 20;

/// Why a folder of pictures cannot be used.
#[derive(Debug, Error)]
pub enum DataError {
    /// Nothing is at the path.
    #[error("There is no folder {}: give the path of a folder with PNG, JPEG or WebP files.", .0.display())]
    Missing(PathBuf),
    /// A file, or something else, is at the path.
    #[error("{} is not a folder: give the path of a folder with PNG, JPEG or WebP files.", .0.display())]
    NotAFolder(PathBuf),
    /// The folder's entries cannot be listed.
    #[error("The folder {} cannot be read ({source}): check its permissions.", path.display())]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file with the name of a zip is none that can be read.
    #[error("{} {source}: give a zip or a folder with PNG, JPEG or WebP files.", path.display())]
    NotAZip {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ZipError,
    },
    /// No file has a picture's name.
    #[error("The folder {} holds no PNG, JPEG or WebP file: put pictures in it or give another folder.", .0.display())]
    Empty(PathBuf),
    /// No file in a zip has a picture's name.
    #[error("The zip {} holds no PNG, JPEG or WebP file: give another one, or a folder.", .0.display())]
    EmptyZip(PathBuf),
    /// Files are there, and none of them can be used.
    #[error("None of the {count} picture files in {} can be used, the first of them, {first}: replace them or give another folder.", path.display())]
    AllSkipped {
        /// The folder.
        path: PathBuf,
        /// How many files were tried.
        count: usize,
        /// The first of them and what is wrong with it.
        first: Skipped,
    },
}

/// A file or folder that was left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its path, starting with the path of the folder that was opened.
    pub path: PathBuf,
    /// What is wrong with it, as a part of a sentence.
    pub reason: String,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

/// The pictures of a folder, at one size.
pub struct Folder(Album);

impl Folder {
    /// Reads the PNG, JPEG and WebP files (by their names' endings) in `path` and the folders below
    /// it, in the order of their paths; links to folders are not followed. Each is turned upright as
    /// its EXIF data say, laid over white where it is transparent, cut to the square around its
    /// middle and resized to `size` × `size`. Also gives what could not be read.
    ///
    /// # Errors
    /// If `path` is no folder that can be listed, or no picture in it can be read.
    pub fn open(path: &Path, size: usize, seed: u64) -> Result<(Self, Vec<Skipped>), DataError> {
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(DataError::Missing(path.to_owned()));
            }
            Err(source) => {
                return Err(DataError::Unreadable {
                    path: path.to_owned(),
                    source,
                });
            }
            Ok(found) if !found.is_dir() => return Err(DataError::NotAFolder(path.to_owned())),
            Ok(_) => {}
        }
        let (mut files, mut skipped) = (Vec::new(), Vec::new());
        list(path, &mut files, &mut skipped).map_err(|source| DataError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        files.sort();

        let mut pictures = Vec::with_capacity(files.len());
        for file in files {
            match read(&file, size as u32) {
                Ok(picture) => pictures.push(picture.into_raw()),
                Err(reason) => skipped.push(Skipped { path: file, reason }),
            }
        }
        if pictures.is_empty() {
            let (path, count) = (path.to_owned(), skipped.len());
            return Err(match skipped.into_iter().next() {
                Some(first) => DataError::AllSkipped { path, count, first },
                None => DataError::Empty(path),
            });
        }
        let album = Album::new(Arc::new(pictures), size, seed);
        Ok((Self::of(album), skipped))
    }

    pub(super) fn of(album: Album) -> Self {
        Self(album)
    }

    /// How many pictures there are: at least one.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl Pictures for Folder {
    /// # Panics
    /// Also if `size` is not the one that the folder was opened with.
    fn draw(&self, index: u64, size: usize, out: &mut [f32]) {
        self.0.draw(index, size, out);
    }
}

/// Collects the picture files in `folder` and below. A folder below that cannot be listed is skipped.
fn list(folder: &Path, files: &mut Vec<PathBuf>, skipped: &mut Vec<Skipped>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if let Err(error) = list(&path, files, skipped) {
                skipped.push(Skipped {
                    path,
                    reason: format!("cannot be listed ({error})"),
                });
            }
        } else if is_picture(&path) && !path.is_dir() {
            files.push(path);
        }
    }
    Ok(())
}

/// Whether a file is a picture, by its name's ending.
pub(super) fn is_picture(path: &Path) -> bool {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    ["png", "jpg", "jpeg", "webp"]
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// Reads one file as a square of `size`, or says what is wrong with it.
fn read(path: &Path, size: u32) -> Result<RgbImage, String> {
    let file = fs::File::open(path).map_err(|error| format!("cannot be read ({error})"))?;
    decode(BufReader::new(file), size)
}

/// Reads a file's contents as a square of `size`, or says what is wrong with them.
pub(super) fn decode(file: impl BufRead + Seek, size: u32) -> Result<RgbImage, String> {
    let reader = ImageReader::new(file).with_guessed_format();
    let reader = reader.map_err(|error| format!("cannot be read ({error})"))?;
    let broken = |error| format!("cannot be decoded ({error})");
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if decoder.total_bytes() > LARGEST {
        return Err(format!("is too large ({width}×{height} pixels)"));
    }
    let orientation = decoder.orientation().map_err(broken)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(orientation);

    let (width, height) = (picture.width(), picture.height());
    let side = width.min(height);
    let square = picture.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    Ok(resize(
        &over_white(&square),
        size,
        size,
        FilterType::CatmullRom,
    ))
}

/// Lays a picture over white, where it is transparent.
fn over_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0.map(u32::from);
        let laid = |value: u32| ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        image::Rgb([red, green, blue].map(laid))
    })
}

#[cfg(test)]
mod tests;
