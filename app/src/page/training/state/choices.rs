//! What a run can be made of, and what is found out before it begins.

use crate::page::image::Image;
use crate::page::view::slot::Shared;
use crate::protocol::{AlbumInfo, UnreadableFile, WorldInfo};

/// A world to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// What it is called.
    pub name: String,
    /// What it shows, as a part of a sentence.
    pub about: String,
    /// The axis about which all its pictures are mirrored, in parts of the width, if there is one. A
    /// picture that a network drew of any other world does not say where its partners are: nobody
    /// knows how it is turned.
    pub mirror: Option<f32>,
    /// One of its pictures.
    pub picture: Shared<Image>,
}

/// The visitor's own pictures.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Album {
    /// None chosen.
    #[default]
    None,
    /// So many of so many files are read.
    Gathering(u32, u32),
    /// They are there.
    Made {
        /// How many, mirrored ones included.
        count: u32,
        /// Their size.
        size: u32,
        /// The first ones.
        sheet: Vec<Shared<Image>>,
        /// What could not be read.
        unreadable: Vec<UnreadableFile>,
    },
}

/// How long a step takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Probe {
    /// Not known.
    #[default]
    None,
    /// It is being found out.
    UnderWay,
    /// How long it takes, and what it needs.
    Found {
        /// Milliseconds a step.
        millis: f64,
        /// Bytes of the file.
        bytes: u64,
        /// Bytes of memory.
        memory: u64,
        /// The largest batch that fits, where there is one.
        most: Option<u32>,
    },
}

impl World {
    pub(super) fn of(world: WorldInfo) -> Self {
        let WorldInfo {
            name,
            about,
            mirror,
            size: side,
            rgba,
        } = world;
        Self {
            name,
            about,
            mirror,
            picture: Shared::new(Image { side, rgba }),
        }
    }
}

impl Album {
    pub(super) fn of(info: AlbumInfo) -> Self {
        let side = info.size;
        let length = 4 * side as usize * side as usize;
        let pictures = info.rgba.chunks_exact(length.max(4));
        let sheet = pictures.map(|rgba| {
            let rgba = rgba.to_vec();
            Shared::new(Image { side, rgba })
        });
        Self::Made {
            count: info.count,
            size: side,
            sheet: sheet.collect(),
            unreadable: info.unreadable,
        }
    }
}
