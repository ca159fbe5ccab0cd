//! The worlds that a run can learn from, each with a picture.

use saganscope_model::{
    data::{Pictures, World},
    picture::to_rgba,
};

use crate::protocol::WorldInfo;

/// Side and seed of the pictures.
const SIZE: usize = 64;
const SEED: u64 = 1;

/// A picture of each world.
pub(super) fn worlds() -> Vec<WorldInfo> {
    let worlds = World::names().filter_map(|name| World::named(name, SEED));
    worlds
        .map(|world| {
            let mut picture = vec![0.0; 3 * SIZE * SIZE];
            world.draw(0, SIZE, &mut picture);
            WorldInfo {
                name: world.name().into(),
                about: world.about().into(),
                mirror: world.mirror(),
                size: SIZE as u32,
                rgba: to_rgba(&picture),
            }
        })
        .collect()
}
