//! The models that come with the page, as `www/checkpoints/models.json` lists them.
//!
//! `build.rs` reads that file, so the list is there before anything is downloaded. The first model
//! is the one that the page opens with. Each entry has `file` (beside the list), `name`, `sentence`
//! (what it draws and what to look for), `attribution` (or empty) and `first_look`: sample, x and y
//! of the pixel, and the layer over the picture, as in the address; `mirror`, where all pictures are
//! upright and mirrored, is the axis, in parts of the width. A PNG that is called as the file
//! is, up to its first dot, is the model's picture; a file with `-discriminator.safetensors` behind
//! that name is the discriminator that learned with it.

use crate::page::attention::pixel::Point;

/// A model that comes with the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Model {
    /// Its checkpoint, relative to [`FOLDER`].
    pub file: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What it draws and what to look for.
    pub sentence: &'static str,
    /// Whom to thank, or nothing.
    pub attribution: &'static str,
    /// One of its pictures, relative to [`FOLDER`].
    pub picture: Option<&'static str>,
    /// The discriminator that learned with it, relative to [`FOLDER`], where it was kept.
    pub discriminator: Option<&'static str>,
    /// Length of its checkpoint.
    pub bytes: u64,
    /// What is looked at first: the picture, the pixel's x and y, and the layer, 1 for the coarser.
    first_look: [u32; 4],
    /// Where its pictures are all mirrored about a vertical line: that line's place, in parts of the
    /// width from the left.
    pub mirror: Option<f32>,
}

/// What explains a model's maps at first sight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FirstLook {
    /// Which picture of the first seed.
    pub sample: usize,
    /// What is pointed at.
    pub at: Point,
    /// The layer whose map lies over the picture, 0 for the coarser.
    pub layer: usize,
}

/// Where the models are, relative to the page.
pub const FOLDER: &str = "checkpoints/";

include!(concat!(env!("OUT_DIR"), "/models.rs"));

impl Model {
    /// Its name in the address: that of its file, without what follows the first dot.
    pub fn key(&self) -> &'static str {
        self.file.split('.').next().unwrap_or(self.file)
    }

    /// What is looked at first.
    pub fn first_look(&self) -> FirstLook {
        let [sample, x, y, layer] = self.first_look;
        FirstLook {
            sample: sample as usize,
            at: Point { x, y },
            layer: (layer as usize).saturating_sub(1),
        }
    }

    /// Its checkpoint's path, relative to the page.
    pub fn path(&self) -> String {
        format!("{FOLDER}{}", self.file)
    }

    /// The model that the page opens with.
    pub fn first() -> &'static Self {
        &SHIPPED[0]
    }

    /// The model that the address calls so.
    pub fn of_key(key: &str) -> Option<&'static Self> {
        SHIPPED.iter().find(|model| model.key() == key)
    }

    /// The model whose checkpoint has this path, if it is one of the page's.
    pub fn of_path(path: &str) -> Option<&'static Self> {
        SHIPPED.iter().find(|model| model.path() == path)
    }

    /// What the model with this path is called: a shipped one by its name, any other by its file's.
    pub fn name_of(path: &str) -> String {
        let file = path.rsplit('/').next().unwrap_or_default();
        Self::of_path(path)
            .map_or(file, |model| model.name)
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_model_is_found_by_its_key_and_its_path() {
        for model in SHIPPED {
            assert_eq!(Model::of_key(model.key()), Some(model), "keys differ");
            assert_eq!(Model::of_path(&model.path()), Some(model));
            let [_, _, _, layer] = model.first_look;
            assert!(
                layer >= 1 && model.bytes > 0 && model.sentence.ends_with('.'),
                "{model:?}"
            );
        }
        assert_eq!(Model::of_key("none such"), None);
    }

    #[test]
    fn a_mirror_is_known_of_upright_pictures_only() {
        let known = |key| Model::of_key(key).map(|model| model.mirror);
        assert_eq!(known("faces"), Some(Some(0.5)));
        assert_eq!(known("upright-butterflies"), Some(Some(0.5)));
        // Turned, each its own way; and of three to eight petals, nobody can tell how many.
        assert_eq!(known("butterflies"), Some(None));
        assert_eq!(known("rosettes"), Some(None));
    }
}
