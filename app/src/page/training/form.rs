//! What a visitor chooses before a run begins.

use crate::protocol::{PictureSource, RunConfig};

/// The number of the album that holds the visitor's own pictures.
pub const OWN_ALBUM: u32 = 1;

/// How attention computes its energy, with what goes with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Energy {
    /// As the shipped models have it.
    #[default]
    Centred,
    /// The paper's.
    Dot,
    /// The official code's.
    Spectral,
    /// Unit-length queries and keys.
    Cosine,
}

impl Energy {
    /// All, the default first.
    pub const ALL: [Self; 4] = [Self::Centred, Self::Dot, Self::Spectral, Self::Cosine];

    /// Its name in a checkpoint.
    pub fn name(self) -> &'static str {
        match self {
            Self::Centred => "centred",
            Self::Dot => "dot",
            Self::Spectral => "spectral",
            Self::Cosine => "cosine",
        }
    }

    /// What it does, in one sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Centred => {
                "As in the shipped models: what all pixels have in common is taken away, so maps soon depend on the pixel."
            }
            Self::Dot => "As in the paper: all pixels often end up looking at the same few places.",
            Self::Spectral => "As in the official code: spectral norm on queries, keys and values.",
            Self::Cosine => "Queries and keys of length one, with a learned temperature.",
        }
    }
}

/// Which of a network's maps attend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Attention {
    /// Both of the paper's layers.
    #[default]
    Both,
    /// The finer one alone.
    Finer,
    /// No layer.
    Nowhere,
}

impl Attention {
    /// All, the default first.
    pub const ALL: [Self; 3] = [Self::Both, Self::Finer, Self::Nowhere];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Both => "two layers",
            Self::Finer => "one layer",
            Self::Nowhere => "none",
        }
    }

    /// What it does in the generator, in one sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Both => {
                "As in the paper: its maps of a quarter and of half the picture's side attend."
            }
            Self::Finer => "Only its map of half the picture's side attends.",
            Self::Nowhere => "Convolutions alone: what one compares with.",
        }
    }

    /// What it does in the discriminator, in one sentence.
    pub fn judging_sentence(self) -> &'static str {
        match self {
            Self::Both => {
                "Two of its maps attend, so it can see from afar that two places do not belong together."
            }
            Self::Finer => "Only the finer of its two maps attends.",
            Self::Nowhere => "Convolutions alone: it compares what is near.",
        }
    }

    /// Those of two maps' sides, the coarser one first, that attend.
    fn sides(self, coarser: u32, finer: u32) -> Vec<u32> {
        match self {
            Self::Both => vec![coarser, finer],
            Self::Finer => vec![finer],
            Self::Nowhere => Vec::new(),
        }
    }
}

/// How fast both networks learn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rates {
    /// What the shipped models were trained with.
    #[default]
    Quick,
    /// The paper's.
    Paper,
    /// Where a run diverged.
    Slow,
    /// The same for both, which the paper's ablations begin with.
    One,
}

impl Rates {
    /// All, the default first.
    pub const ALL: [Self; 4] = [Self::Quick, Self::Paper, Self::Slow, Self::One];

    /// What they are called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Paper => "the paper's",
            Self::Slow => "slow",
            Self::One => "one for both",
        }
    }

    /// What they do, in one sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Quick => "What the shipped models learned with; most runs bear it.",
            Self::Paper => "The discriminator learns four times as fast as the generator.",
            Self::Slow => "Half the paper's, for a run that diverged.",
            Self::One => "One rate, which the paper's ablations begin with.",
        }
    }

    /// The generator's and the discriminator's.
    pub fn pair(self) -> [f64; 2] {
        match self {
            Self::Quick => [4e-4, 8e-4],
            Self::Paper => [1e-4, 4e-4],
            Self::Slow => [5e-5, 2e-4],
            Self::One => [1e-4, 1e-4],
        }
    }
}

/// How long Adam remembers gradients and their squares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Betas {
    /// The paper's.
    #[default]
    Paper,
    /// DCGAN's.
    Half,
    /// Adam's own.
    Adam,
}

impl Betas {
    /// All, the default first.
    pub const ALL: [Self; 3] = [Self::Paper, Self::Half, Self::Adam];

    /// What they are called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paper => "0 and 0.9",
            Self::Half => "0.5 and 0.999",
            Self::Adam => "0.9 and 0.999",
        }
    }

    /// What they do, in one sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Paper => {
                "As in the paper: no momentum, since each step of one network changes what the other one should do."
            }
            Self::Half => "As in DCGAN: half of a step's direction is that of the steps before.",
            Self::Adam => {
                "As Adam's authors propose: steps keep their direction for long, and two networks that chase each other swing."
            }
        }
    }

    /// β₁ and β₂.
    pub fn pair(self) -> [f64; 2] {
        match self {
            Self::Paper => [0.0, 0.9],
            Self::Half => [0.5, 0.999],
            Self::Adam => [0.9, 0.999],
        }
    }
}

/// Which networks have spectral norm.
pub const NORMS: [(&str, &str); 3] = [
    ("both", "both networks"),
    ("discriminator", "the discriminator"),
    ("none", "neither"),
];

/// Fewer pictures than this are learned by heart, unless they are changed a little each time.
pub const MANY_PICTURES: u32 = 5000;

/// Sizes of pictures, in pixels.
pub const SIZES: [u32; 3] = [32, 64, 128];
/// Base widths of the networks.
pub const WIDTHS: [u32; 4] = [8, 16, 32, 64];
/// Pictures a step.
pub const BATCHES: [u32; 4] = [4, 8, 16, 32];
/// Lengths of the latent vector.
pub const LATENTS: [u32; 3] = [8, 32, 128];

/// What a visitor chooses before a run begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// What to learn from.
    pub from: PictureSource,
    /// Width and height of a picture.
    pub size: u32,
    /// The networks' base width.
    pub width: u32,
    /// Pictures a step.
    pub batch: u32,
    /// Length of the latent vector.
    pub latents: u32,
    /// How attention computes its energy.
    pub energy: Energy,
    /// Where attention sits in the generator.
    pub attention: Attention,
    /// Where attention sits in the discriminator.
    pub judging: Attention,
    /// How fast both networks learn.
    pub rates: Rates,
    /// How long Adam remembers.
    pub betas: Betas,
    /// Which of [`NORMS`].
    pub norm: usize,
    /// Whether own pictures also come mirrored.
    pub mirror: bool,
    /// Whether own pictures are changed a little each time, so that they are not learned by heart.
    pub augment: bool,
    /// Where all randomness comes from.
    pub seed: u64,
}

/// A choice.
#[derive(Clone, Debug, PartialEq)]
pub enum FormAction {
    /// What to learn from.
    From(PictureSource),
    /// The size of pictures.
    Size(u32),
    /// The networks' width.
    Width(u32),
    /// Pictures a step.
    Batch(u32),
    /// The length of the latent vector.
    Latents(u32),
    /// The energy.
    Energy(Energy),
    /// Where attention sits in the generator.
    Attention(Attention),
    /// Where attention sits in the discriminator.
    Judging(Attention),
    /// How fast.
    Rates(Rates),
    /// How long Adam remembers.
    Betas(Betas),
    /// Which of [`NORMS`].
    Norm(usize),
    /// Whether own pictures also come mirrored.
    Mirror(bool),
    /// Whether own pictures are changed a little each time.
    Augment(bool),
    /// The seed.
    Seed(u64),
    /// All of this at once.
    All(Box<Form>),
}

impl Default for Form {
    /// What even a processor learns something with in a few minutes.
    fn default() -> Self {
        Self {
            from: PictureSource::World("upright-butterflies".into()),
            size: 32,
            width: 16,
            batch: 8,
            latents: 32,
            energy: Energy::default(),
            attention: Attention::default(),
            judging: Attention::default(),
            rates: Rates::default(),
            betas: Betas::default(),
            norm: 0,
            mirror: false,
            augment: true,
            seed: 1,
        }
    }
}

impl Form {
    /// What a GPU can do more of in the same time.
    pub fn for_gpu() -> Self {
        Self {
            size: 64,
            width: 32,
            batch: 16,
            ..Self::default()
        }
    }

    /// The same pictures, all else as at first on a device of this kind.
    pub fn reset(&self, gpu: bool) -> Self {
        let first = if gpu {
            Self::for_gpu()
        } else {
            Self::default()
        };
        Self {
            from: self.from.clone(),
            ..first
        }
    }

    /// What a choice changes.
    pub fn change(&mut self, action: FormAction) {
        match action {
            FormAction::From(from) => self.from = from,
            FormAction::Size(size) => self.size = size,
            FormAction::Width(width) => self.width = width,
            FormAction::Batch(batch) => self.batch = batch,
            FormAction::Latents(latents) => self.latents = latents,
            FormAction::Energy(energy) => self.energy = energy,
            FormAction::Attention(attention) => self.attention = attention,
            FormAction::Judging(attention) => self.judging = attention,
            FormAction::Rates(rates) => self.rates = rates,
            FormAction::Betas(betas) => self.betas = betas,
            FormAction::Norm(norm) => self.norm = norm.min(NORMS.len() - 1),
            FormAction::Mirror(mirror) => self.mirror = mirror,
            FormAction::Augment(augment) => self.augment = augment,
            FormAction::Seed(seed) => self.seed = seed,
            FormAction::All(form) => *self = *form,
        }
    }

    /// The run that it describes.
    pub fn config(&self) -> RunConfig {
        let shipped = self.energy == Energy::Centred;
        let [generator_rate, discriminator_rate] = self.rates.pair();
        RunConfig {
            size: self.size,
            conv_dim: self.width,
            z_dim: self.latents,
            energy: self.energy.name().to_owned(),
            // The options of the shipped models go together (docs/options.md).
            query_width: shipped.then_some(16),
            place: shipped,
            smooth_keys: shipped,
            generator_attention: self.attention.sides(self.size / 4, self.size / 2),
            // From fine to coarse.
            discriminator_attention: {
                let (coarser, finer) = if shipped { (8, 16) } else { (4, 8) };
                let mut sides = self.judging.sides(coarser, finer);
                sides.reverse();
                sides
            },
            spectral_norm: NORMS[self.norm].0.to_owned(),
            minibatch_deviation: shipped,
            equal_phase_sums: shipped,
            // A world has no end, and cannot be learned by heart.
            diff_augment: self.augment && matches!(self.from, PictureSource::Own(_)),
            generator_rate,
            discriminator_rate,
            betas: self.betas.pair(),
            discriminator_steps: 1,
            batch: self.batch,
            seed: self.seed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_models_options_come_with_their_energy_alone() {
        let mut form = Form::for_gpu();
        let config = form.config();
        assert_eq!(config.query_width, Some(16));
        assert!(config.place && config.minibatch_deviation && config.equal_phase_sums);
        assert!(config.smooth_keys);
        assert_eq!(config.generator_attention, [16, 32]);
        assert_eq!(config.discriminator_attention, [16, 8]);
        form.change(FormAction::Energy(Energy::Dot));
        let plain = form.config();
        assert_eq!((plain.energy.as_str(), plain.query_width), ("dot", None));
        assert!(!plain.place && !plain.minibatch_deviation && !plain.equal_phase_sums);
        assert!(!plain.smooth_keys);
        assert_eq!(plain.discriminator_attention, [8, 4]);
    }

    #[test]
    fn own_pictures_are_changed_a_little_and_worlds_are_not() {
        let mut form = Form::default();
        assert!(!form.config().diff_augment);
        form.change(FormAction::From(PictureSource::Own(OWN_ALBUM)));
        assert!(form.config().diff_augment);
        form.change(FormAction::Augment(false));
        assert!(!form.config().diff_augment);
    }

    #[test]
    fn attention_sits_where_it_is_wanted() {
        let mut form = Form::default();
        form.change(FormAction::Attention(Attention::Finer));
        assert_eq!(form.config().generator_attention, [16]);
        assert_eq!(form.config().discriminator_attention, [16, 8]);
        form.change(FormAction::Attention(Attention::Nowhere));
        let config = form.config();
        assert!(config.generator_attention.is_empty());
        assert_eq!(config.discriminator_attention, [16, 8], "each its own");
        form.change(FormAction::Judging(Attention::Finer));
        assert_eq!(form.config().discriminator_attention, [16]);
        form.change(FormAction::Judging(Attention::Nowhere));
        assert!(form.config().discriminator_attention.is_empty());
    }

    #[test]
    fn a_reset_keeps_the_pictures_alone() {
        let mut form = Form::default();
        let own = PictureSource::Own(OWN_ALBUM);
        form.change(FormAction::From(own.clone()));
        form.change(FormAction::Latents(8));
        form.change(FormAction::Seed(7));
        let from = |form| Form {
            from: own.clone(),
            ..form
        };
        assert_eq!(form.reset(false), from(Form::default()));
        assert_eq!(form.reset(true), from(Form::for_gpu()));
    }

    #[test]
    fn each_choice_changes_what_it_says() {
        let mut form = Form::default();
        let own = PictureSource::Own(OWN_ALBUM);
        for action in [
            FormAction::From(own.clone()),
            FormAction::Size(128),
            FormAction::Width(8),
            FormAction::Batch(4),
            FormAction::Latents(128),
            FormAction::Judging(Attention::Nowhere),
            FormAction::Rates(Rates::Paper),
            FormAction::Betas(Betas::Adam),
            FormAction::Norm(99),
            FormAction::Mirror(true),
            FormAction::Augment(false),
            FormAction::Seed(8),
        ] {
            let before = form.clone();
            form.change(action.clone());
            assert_ne!(form, before, "{action:?}");
        }
        let other = Form {
            seed: 7,
            ..form.clone()
        };
        form.change(FormAction::All(Box::new(other)));
        let config = form.config();
        assert_eq!((config.size, config.conv_dim, config.batch), (128, 8, 4));
        assert_eq!((config.generator_rate, config.seed), (1e-4, 7));
        assert_eq!(config.betas, [0.9, 0.999]);
        assert_eq!(config.spectral_norm, "none");
        assert_eq!(form.from, own);
    }
}
