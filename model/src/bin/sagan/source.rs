//! Pictures to learn from or to compare with.

use std::path::Path;

use saganscope_model::data::{Folder, Pictures, World};

use crate::{files::Error, pictures};

/// A world, or a folder or a zip of files.
pub(crate) enum Source {
    World(World),
    Folder(Folder),
}

impl Source {
    /// Opens what `--data` names, for pictures of this size; tells on standard error which files of
    /// a folder it leaves out, and how many it takes.
    pub(crate) fn open(data: &str, size: usize, seed: u64) -> Result<Self, Error> {
        if let Some(world) = World::named(data, seed) {
            return Ok(Self::World(world));
        }
        let path = Path::new(data);
        if !path.exists() && path.components().count() == 1 {
            return Err(Error::Usage(format!(
                "There is neither a world nor a folder called {data}; the worlds are {}.",
                pictures::names()
            )));
        }
        let zip = path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("zip"));
        let (folder, skipped) = if zip && path.is_file() {
            Folder::open_zip(path, size, seed)?
        } else {
            Folder::open(path, size, seed)?
        };
        for file in &skipped {
            eprintln!("Skipped {file}");
        }
        eprintln!("{} pictures.", folder.len());
        Ok(Self::Folder(folder))
    }

    pub(crate) fn pictures(&self) -> &dyn Pictures {
        match self {
            Self::World(world) => world,
            Self::Folder(folder) => folder,
        }
    }

    pub(crate) fn world(&self) -> Option<&World> {
        match self {
            Self::World(world) => Some(world),
            Self::Folder(_) => None,
        }
    }

    /// How many different pictures there are; a world has no end.
    pub(crate) fn most(&self) -> usize {
        match self {
            Self::World(_) => usize::MAX,
            Self::Folder(folder) => folder.len(),
        }
    }
}
