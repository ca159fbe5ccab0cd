//! What the engine is started with.

use crate::page::failure::Failure;
use crate::protocol::DeviceChoice;

use super::models::{FOLDER, Model};
use super::origin::Origin;

/// The engine's wasm, relative to the page; `engine_worker.js` loads the script that goes with it.
pub const ENGINE_WASM: &str = "engine_bg.wasm";

/// The worker's script, relative to the page.
pub const ENGINE_WORKER: &str = "engine_worker.js";

/// The seed of the first pictures that a visitor sees.
pub const FIRST_SEED: u64 = 1;

/// The most pictures that one request draws: a 4×4 grid.
pub const MOST_SAMPLES: u32 = 16;

/// What the engine is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which device the engine should run on.
    pub device: DeviceChoice,
    /// How many pictures to draw at a time, from 1 to [`MOST_SAMPLES`].
    pub count: u32,
    /// Where the model's weights are.
    pub checkpoint: Origin,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            device: DeviceChoice::Auto,
            count: MOST_SAMPLES,
            checkpoint: Origin::of(Model::first()),
        }
    }
}

impl Settings {
    /// The shipped model that is opened, if it is one.
    pub fn model(&self) -> Option<&'static Model> {
        self.checkpoint.model()
    }

    /// Where the discriminator is that learned with the model: a shipped one's file, else the one
    /// beside the checkpoint with `-discriminator` in its name. A visitor's file that holds a whole
    /// run has it too.
    ///
    /// # Errors
    /// Where a shipped model's was not kept.
    pub fn discriminator(&self) -> Result<Origin, Failure> {
        match (&self.checkpoint, self.model()) {
            (Origin::Own(_), _) => Ok(self.checkpoint.clone()),
            (Origin::Site(path), None) => {
                let stem = path.strip_suffix(".safetensors").unwrap_or(path);
                Ok(Origin::Site(format!("{stem}-discriminator.safetensors")))
            }
            (Origin::Site(_), Some(model)) => match model.discriminator {
                Some(file) => Ok(Origin::Site(format!("{FOLDER}{file}"))),
                None => Err(Failure::NoDiscriminator),
            },
        }
    }

    /// Whether the weights can be had.
    ///
    /// # Errors
    /// As [`check_path`]; [`Failure::Awaited`] for a visitor's file that is yet to be chosen.
    pub fn check(&self) -> Result<(), Failure> {
        match &self.checkpoint {
            Origin::Site(path) => check_path(path),
            Origin::Own(own) if own.file.is_none() => Err(Failure::Awaited {
                name: own.name.clone(),
            }),
            Origin::Own(_) => Ok(()),
        }
    }
}

/// Checks that a checkpoint's path stays on this site, under the page.
///
/// # Errors
/// [`Failure::ForeignCheckpoint`] for an absolute path, another site or a `..`: a link that
/// someone passes on must not make this page load a file from elsewhere.
pub fn check_path(path: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    let inside = path.split('/').all(|part| !part.is_empty() && part != "..");
    if inside && path.chars().all(plain) {
        Ok(())
    } else {
        let path = path.to_owned();
        Err(Failure::ForeignCheckpoint { path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str) -> bool {
        Settings {
            checkpoint: Origin::Site(path.to_owned()),
            ..Settings::default()
        }
        .check()
        .is_ok()
    }

    #[test]
    fn a_discriminator_lies_beside_its_model_where_it_was_kept() {
        let of = |path: String| {
            let checkpoint = Origin::Site(path);
            let settings = Settings {
                checkpoint,
                ..Settings::default()
            };
            settings.discriminator()
        };
        let first = Model::first().path();
        let beside = first.replace(".safetensors", "-discriminator.safetensors");
        assert_eq!(of(first), Ok(Origin::Site(beside)));
        let other = of("runs/a.safetensors".into());
        let beside = Origin::Site("runs/a-discriminator.safetensors".into());
        assert_eq!(other, Ok(beside));
        let lost = super::super::models::SHIPPED
            .iter()
            .find(|model| model.discriminator.is_none());
        let lost = lost.map(|model| of(model.path()));
        assert!(lost.is_none_or(|found| found == Err(Failure::NoDiscriminator)));
    }

    #[test]
    fn only_paths_under_the_page_are_opened() {
        assert!(
            super::super::models::SHIPPED
                .iter()
                .all(|model| check(&model.path()))
        );
        assert!(check("runs/cosine-32.f16.safetensors"));
        for path in [
            "",
            "/etc/x",
            "//other.site/x",
            "https://other.site/x",
            "a/../../x",
            "a\\b",
            "x?y=1",
        ] {
            assert!(!check(path), "{path}");
        }
    }

    #[test]
    fn a_visitors_file_must_be_there_and_is_asked_for_its_discriminator_too() {
        let settings = Settings {
            checkpoint: Origin::awaited("G.pth"),
            ..Settings::default()
        };
        let name = "G.pth".to_owned();
        assert_eq!(settings.check(), Err(Failure::Awaited { name }));
        assert_eq!(settings.discriminator(), Ok(Origin::awaited("G.pth")));
    }
}
