//! Reading and writing files, with errors that name them.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use saganscope_model::{
    checkpoint::{Checkpoint, CheckpointError},
    data::DataError,
    host::ReadError,
    parameters::ParameterError,
    picture::to_rgba,
};

/// Anything that ends the command; one sentence for the reader.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{}: {source}", path.display())]
    Checkpoint {
        path: PathBuf,
        source: CheckpointError,
    },
    #[error("{} cannot be read: {source}.", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} cannot be written: {source}.", path.display())]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} cannot be written: {source}.", path.display())]
    Png {
        path: PathBuf,
        source: image::ImageError,
    },
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Config(#[from] saganscope_model::config::ConfigError),
    #[error(transparent)]
    Training(#[from] saganscope_model::config::TrainConfigError),
    #[error(transparent)]
    Limit(#[from] saganscope_model::limits::LimitError),
    #[error(transparent)]
    Edit(#[from] saganscope_model::edits::EditError),
    #[error(transparent)]
    Measure(#[from] saganscope_model::measures::MeasureError),
    #[error(transparent)]
    Device(#[from] ReadError),
    /// Nothing of such a step is written.
    #[error(
        "Training diverged at step {step}: {what} is not a finite number; {kept}. Try lower learning rates (--g-rate, --d-rate)."
    )]
    Diverged {
        step: u64,
        what: String,
        kept: String,
    },
    #[error("{0}")]
    Usage(String),
}

impl Error {
    pub(crate) fn checkpoint(path: &Path) -> impl Fn(CheckpointError) -> Error {
        move |source| Error::Checkpoint {
            path: path.to_path_buf(),
            source,
        }
    }

    pub(crate) fn parameter(path: &Path) -> impl Fn(ParameterError) -> Error {
        move |source| Error::Checkpoint {
            path: path.to_path_buf(),
            source: source.into(),
        }
    }
}

/// Reads our safetensors, or a PyTorch state dict.
pub(crate) fn read_checkpoint(path: &Path) -> Result<Checkpoint, Error> {
    checkpoint_of(path, &read(path)?)
}

/// What these bytes of a file hold.
pub(crate) fn checkpoint_of(path: &Path, bytes: &[u8]) -> Result<Checkpoint, Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Checkpoint::from_file(&name, bytes.to_vec()).map_err(Error::checkpoint(path))
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| Error::Read {
        path: path.to_path_buf(),
        source,
    })
}

/// Writes beside the target first and renames when all is on the disk, so that whatever happens
/// leaves the old file or the new one whole.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |source| Error::Write {
        path: path.to_path_buf(),
        source,
    };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let written = fs::File::create(&partial)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&partial, path));
    if let Err(source) = written {
        // What is there of it helps nobody; why it is not all there is told below.
        let _ = fs::remove_file(&partial);
        return Err(failed(source));
    }
    // The new name too; not every system lets a folder be opened, and then there is no more to do.
    if let Some(folder) = path.parent().and_then(|folder| fs::File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Writes `[3, size, size]` values in [−1, 1] as a PNG.
pub(crate) fn write_png(path: &Path, planar: &[f32], size: usize) -> Result<(), Error> {
    write_rgba(path, to_rgba(planar), size as u32, size as u32)
}

/// Writes pictures `[count, 3, size, size]` as one PNG, `columns` a row, a pixel apart.
pub(crate) fn write_grid(
    path: &Path,
    pictures: &[f32],
    size: usize,
    columns: usize,
) -> Result<(), Error> {
    let count = pictures.len() / (3 * size * size);
    let columns = columns.min(count).max(1);
    let rows = count.div_ceil(columns);
    let (width, height) = (columns * (size + 1) - 1, rows * (size + 1) - 1);
    let mut pixels = vec![255u8; width * height * 4];
    for (index, planar) in pictures.chunks_exact(3 * size * size).enumerate() {
        let rgba = to_rgba(planar);
        let (left, top) = (index % columns * (size + 1), index / columns * (size + 1));
        for (y, row) in rgba.chunks_exact(size * 4).enumerate() {
            let start = ((top + y) * width + left) * 4;
            pixels[start..start + size * 4].copy_from_slice(row);
        }
    }
    write_rgba(path, pixels, width as u32, height as u32)
}

pub(crate) fn write_rgba(
    path: &Path,
    pixels: Vec<u8>,
    width: u32,
    height: u32,
) -> Result<(), Error> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|source| Error::Write {
            path: path.to_path_buf(),
            source,
        })?;
    }
    image::save_buffer(
        path,
        &pixels,
        width,
        height,
        image::ExtendedColorType::Rgba8,
    )
    .map_err(|source| Error::Png {
        path: path.to_path_buf(),
        source,
    })
}
