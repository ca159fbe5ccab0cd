//! `sagan pictures`.

use std::path::PathBuf;

use clap::Args;
use saganscope_model::data::{Pictures, World};

use crate::files::{self, Error};

/// How many pictures a sheet shows at most, and how many a row.
const SHEET: (usize, usize) = (128, 16);
/// The largest side that can be asked for.
const LARGEST: usize = 4096;

#[derive(Args)]
#[command(after_help = worlds())]
pub(crate) struct Arguments {
    /// The world that the pictures are of.
    world: String,
    /// How many pictures.
    #[arg(long, default_value_t = 128)]
    count: usize,
    /// Width and height of a picture.
    #[arg(long, default_value_t = 64)]
    size: usize,
    /// Draw the pictures that a run with this seed learns from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for the pictures, a PNG each.
    #[arg(long, required_unless_present = "sheet")]
    out: Option<PathBuf>,
    /// Write the first 128 of them, sixteen a row, as one PNG.
    #[arg(long)]
    sheet: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let Some(world) = World::named(&arguments.world, arguments.seed) else {
        return Err(Error::Usage(format!(
            "There is no world called {}; take one of {}.",
            arguments.world,
            names()
        )));
    };
    let (count, size) = (arguments.count, arguments.size);
    if count == 0 || !(1..=LARGEST).contains(&size) {
        return Err(Error::Usage(format!(
            "--count must be at least 1, and --size from 1 to {LARGEST}."
        )));
    }
    let mut picture = vec![0.0; 3 * size * size];
    let mut sheet = Vec::new();
    for index in 0..count {
        let on_sheet = arguments.sheet.is_some() && index < SHEET.0;
        if !on_sheet && arguments.out.is_none() {
            break;
        }
        world.draw(index as u64, size, &mut picture);
        if let Some(out) = &arguments.out {
            files::write_png(&out.join(format!("{index:06}.png")), &picture, size)?;
        }
        if on_sheet {
            sheet.extend_from_slice(&picture);
        }
    }
    match &arguments.sheet {
        Some(path) => files::write_grid(path, &sheet, size, SHEET.1),
        None => Ok(()),
    }
}

/// The names of all worlds, for a sentence.
pub(crate) fn names() -> String {
    World::names().collect::<Vec<_>>().join(", ")
}

/// A line for each world, for the help.
pub(crate) fn worlds() -> String {
    let lines = World::names().filter_map(|name| {
        let about = World::named(name, 0)?.about();
        Some(format!("  {name:20} {about}"))
    });
    format!("Worlds:\n{}", lines.collect::<Vec<_>>().join("\n"))
}
