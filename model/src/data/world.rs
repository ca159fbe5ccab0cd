//! Worlds: endless procedural pictures in which far pixels depend on each other, and it is known
//! which on which. So whether attention looks where the information stands can be measured.

use super::Pictures;
use super::butterflies::{Butterfly, Pose};
use super::rosettes::Rosette;
use super::scene::{Scene, centre, draw};
use super::swatches::Swatches;
use super::twins::Twins;

/// How a world is called and made.
struct Kind {
    name: &'static str,
    about: &'static str,
    scene: fn(u64, u64) -> Box<dyn Scene>,
}

const KINDS: [Kind; 6] = [
    Kind {
        name: "butterflies",
        about: "butterflies with many mirrored freckles, each turned its own way",
        scene: |seed, index| Box::new(Butterfly::freckled(seed, index, Pose::Turned)),
    },
    Kind {
        name: "upright-butterflies",
        about: "freckled butterflies, upright and mirrored about the picture's vertical middle",
        scene: |seed, index| Box::new(Butterfly::freckled(seed, index, Pose::Upright)),
    },
    Kind {
        name: "twins",
        about: "two things alike in shape, colours and freckles; place, size and turn differ",
        scene: |seed, index| Box::new(Twins::new(seed, index)),
    },
    Kind {
        name: "rosettes",
        about: "flowers of three to eight equal sectors",
        scene: |seed, index| Box::new(Rosette::new(seed, index)),
    },
    Kind {
        name: "swatches",
        about: "a balloon in the colours of a paint box at the lower edge",
        scene: |seed, index| Box::new(Swatches::new(seed, index)),
    },
    Kind {
        name: "plain-butterflies",
        about: "butterflies without freckles, which the first shipped model learned from",
        scene: |seed, index| Box::new(Butterfly::new(seed, index)),
    },
];

/// An endless stream of scenes of one kind, fixed by a seed.
#[derive(Clone, Copy)]
pub struct World {
    kind: &'static Kind,
    seed: u64,
}

impl World {
    /// The world of this name, if there is one. Streams of different seeds have no scene in common.
    pub fn named(name: &str, seed: u64) -> Option<Self> {
        let kind = KINDS.iter().find(|kind| kind.name == name)?;
        Some(Self { kind, seed })
    }

    /// The names of all worlds.
    pub fn names() -> impl Iterator<Item = &'static str> {
        KINDS.iter().map(|kind| kind.name)
    }

    /// What it is called.
    pub fn name(&self) -> &'static str {
        self.kind.name
    }

    /// What it shows, as a part of a sentence.
    pub fn about(&self) -> &'static str {
        self.kind.about
    }

    /// Scene number `index` of the stream: the same on every machine.
    pub fn scene(&self, index: u64) -> Box<dyn Scene> {
        (self.kind.scene)(self.seed, index)
    }

    /// Where else the information of pixel (`x`, `y`) of picture `index` stands, the first of
    /// [`partners`](Self::partners). `size` is the picture's side in pixels, or an attention map's
    /// in cells.
    pub fn partner(&self, index: u64, size: usize, x: usize, y: usize) -> Option<[f32; 2]> {
        self.partners(index, size, x, y).first().copied()
    }

    /// Where else the information of pixel (`x`, `y`) stands, the most telling place first: as
    /// `[x, y]` in pixels, the centre of pixel (0, 0) at (0, 0), so the nearest pixel is found by
    /// rounding. Only what lies within the picture.
    pub fn partners(&self, index: u64, size: usize, x: usize, y: usize) -> Vec<[f32; 2]> {
        within(self.scene(index).partners(centre(size, x, y)), size)
    }

    /// Where the mirror stands, in parts of the picture's width, if all its pictures are mirrored
    /// about one vertical line: then partners are known of drawn pictures too.
    pub fn mirror(&self) -> Option<f32> {
        (self.kind.name == "upright-butterflies").then_some(0.5)
    }

    /// Of each cell of a map of side `side` of picture `index`: whether it shows a figure, and where
    /// its partners are, as [`figure`](Self::figure) and [`partners`](Self::partners) say it.
    pub fn known(&self, index: u64, side: usize) -> (Vec<bool>, Vec<Vec<[f32; 2]>>) {
        // Made once: a scene is dearer than what is asked of it.
        let scene = self.scene(index);
        let places = (0..side * side).map(|cell| centre(side, cell % side, cell / side));
        places
            .map(|at| (scene.figure(at), within(scene.partners(at), side)))
            .unzip()
    }

    /// Whether the middle of pixel (`x`, `y`) of picture `index` belongs to a figure, and not to the
    /// background.
    pub fn figure(&self, index: u64, size: usize, x: usize, y: usize) -> bool {
        self.scene(index).figure(centre(size, x, y))
    }
}

/// Positions in parts of the picture's side as pixels, those within it.
fn within(mut positions: Vec<[f32; 2]>, size: usize) -> Vec<[f32; 2]> {
    let side = size as f32;
    for at in &mut positions {
        *at = at.map(|part| part * side - 0.5);
    }
    positions.retain(|at| at.iter().all(|&p| p > -0.5 && p < side - 0.5));
    positions
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of seed {}", self.kind.name, self.seed)
    }
}

impl Pictures for World {
    fn draw(&self, index: u64, size: usize, out: &mut [f32]) {
        draw(self.scene(index).as_ref(), size, out);
    }
}

#[cfg(test)]
mod tests;
