//! The settings of a training run.

use serde::{Deserialize, Serialize};

/// Pictures of a training step, at most.
pub const MOST_PICTURES: usize = 4096;

/// Settings of the optimiser Adam (Kingma & Ba 2015).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdamConfig {
    /// Learning rate.
    pub rate: f64,
    /// Decay of the mean of the gradients; 0 in SAGAN.
    pub beta1: f64,
    /// Decay of the mean of their squares; 0.9 in SAGAN.
    pub beta2: f64,
    /// Added to the root, as PyTorch does.
    pub epsilon: f64,
}

impl AdamConfig {
    /// SAGAN's settings at this learning rate: β = (0, 0.9), ε = 1e-8.
    pub fn new(rate: f64) -> Self {
        Self {
            rate,
            beta1: 0.0,
            beta2: 0.9,
            epsilon: 1e-8,
        }
    }
}

/// The most updates of the discriminator for each of the generator.
const MOST_DISCRIMINATOR_STEPS: u32 = 16;

/// The end of a run, over which both learning rates fall to zero in a straight line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoolDown {
    /// The last step at the full rate.
    pub from: u64,
    /// The step at which the rates would be zero.
    pub to: u64,
}

/// Settings of a training run; stored in its checkpoints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    /// Pictures a step.
    pub batch: usize,
    /// Where all randomness comes from.
    pub seed: u64,
    /// The generator's optimiser.
    pub generator: AdamConfig,
    /// The discriminator's optimiser.
    pub discriminator: AdamConfig,
    /// Pictures after which a weight's share in the generator's running average has halved. A
    /// number of pictures and not of steps, so that it means the same at every batch
    /// (Yazıcı et al. 2018, arXiv 1806.04498).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_half_life: Option<f64>,
    /// What format 1 had in its place: the decay of the average at each step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_decay: Option<f64>,
    /// Where the learning rates fall to zero, if they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cool_down: Option<CoolDown>,
    /// Whether the discriminator sees changed pictures only (see `augment.rs`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub diff_augment: bool,
    /// Updates of the discriminator for each of the generator; 1 in SAGAN, which has two learning
    /// rates instead.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub discriminator_steps: u32,
}

fn one() -> u32 {
    1
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_one(steps: &u32) -> bool {
    *steps == 1
}

/// A setting that can be changed while a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Learning rate of the generator.
    GeneratorRate,
    /// Learning rate of the discriminator.
    DiscriminatorRate,
    /// Updates of the discriminator for each of the generator.
    DiscriminatorSteps,
}

impl Setting {
    /// Its path, as a checkpoint notes it.
    pub fn path(self) -> &'static str {
        match self {
            Self::GeneratorRate => "generator.rate",
            Self::DiscriminatorRate => "discriminator.rate",
            Self::DiscriminatorSteps => "discriminator_steps",
        }
    }
}

/// Settings that no run can have.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainConfigError {
    /// Steps without pictures, or with absurdly many.
    #[error("The batch is {0} pictures a step; it must be from 1 to 4096.")]
    Batch(usize),
    /// A number out of its range.
    #[error("The run's {what} is {value}; it must be {range}.")]
    Number {
        /// Which setting.
        what: &'static str,
        /// What it is.
        value: f64,
        /// What it may be.
        range: &'static str,
    },
    /// A cool-down that ends before it begins.
    #[error("The rates would fall from step {from} to step {to}; the second must be the later.")]
    CoolDown {
        /// Where it begins.
        from: u64,
        /// Where it ends.
        to: u64,
    },
}

impl TrainConfig {
    /// The method's learning rates: 1e-4 for the generator, 4e-4 for the discriminator.
    pub fn new(batch: usize, seed: u64) -> Self {
        Self {
            batch,
            seed,
            generator: AdamConfig::new(1e-4),
            discriminator: AdamConfig::new(4e-4),
            average_half_life: Some(10_000.0),
            average_decay: None,
            cool_down: None,
            diff_augment: false,
            discriminator_steps: 1,
        }
    }

    /// What a setting is.
    pub fn get(&self, setting: Setting) -> f64 {
        match setting {
            Setting::GeneratorRate => self.generator.rate,
            Setting::DiscriminatorRate => self.discriminator.rate,
            Setting::DiscriminatorSteps => f64::from(self.discriminator_steps),
        }
    }

    /// These settings with one of them changed.
    ///
    /// # Errors
    /// Where no run can have it.
    pub fn with(&self, setting: Setting, value: f64) -> Result<Self, TrainConfigError> {
        let mut settings = self.clone();
        match setting {
            Setting::GeneratorRate => settings.generator.rate = value,
            Setting::DiscriminatorRate => settings.discriminator.rate = value,
            // What is out of range becomes a number that `check` refuses.
            Setting::DiscriminatorSteps => settings.discriminator_steps = value as u32,
        }
        settings.check()?;
        Ok(settings)
    }

    /// The part of the average that a step keeps, 0 to 1.
    pub fn decay(&self) -> f64 {
        match (self.average_half_life, self.average_decay) {
            (Some(pictures), _) => 0.5f64.powf(self.batch as f64 / pictures),
            (None, Some(decay)) => decay,
            (None, None) => 0.998,
        }
    }

    /// The part of the learning rates that step `step` (from 0) is done with, 0 to 1.
    pub fn rate_factor(&self, step: u64) -> f64 {
        match self.cool_down {
            Some(CoolDown { from, to }) if step > from => {
                to.saturating_sub(step) as f64 / (to - from) as f64
            }
            _ => 1.0,
        }
    }

    /// Refuses settings that no run can have.
    pub fn check(&self) -> Result<(), TrainConfigError> {
        if !(1..=MOST_PICTURES).contains(&self.batch) {
            return Err(TrainConfigError::Batch(self.batch));
        }
        let number = |what, value: f64, good: bool, range| {
            if good {
                return Ok(());
            }
            Err(TrainConfigError::Number { what, value, range })
        };
        for adam in [&self.generator, &self.discriminator] {
            let &AdamConfig {
                rate,
                beta1,
                beta2,
                epsilon,
            } = adam;
            let finite = rate.is_finite() && rate >= 0.0;
            number("learning rate", rate, finite, "zero or more")?;
            for beta in [beta1, beta2] {
                let good = (0.0..1.0).contains(&beta);
                number("β", beta, good, "at least 0 and less than 1")?;
            }
            let small = epsilon > 0.0 && epsilon < 1.0;
            number("ε", epsilon, small, "between 0 and 1")?;
        }
        let steps = self.discriminator_steps;
        let few = (1..=MOST_DISCRIMINATOR_STEPS).contains(&steps);
        let what = "number of discriminator updates for each of the generator";
        number(what, f64::from(steps), few, "from 1 to 16")?;
        if let Some(pictures) = self.average_half_life {
            let good = pictures.is_finite() && pictures > 0.0;
            number("half-life of the average", pictures, good, "above zero")?;
        }
        if let Some(decay) = self.average_decay {
            let good = (0.0..=1.0).contains(&decay);
            number("decay of the average", decay, good, "from 0 to 1")?;
        }
        match self.cool_down {
            Some(CoolDown { from, to }) if to <= from => {
                Err(TrainConfigError::CoolDown { from, to })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_average_forgets_by_pictures_not_by_steps() {
        let [few, many] = [8, 32].map(|batch| TrainConfig::new(batch, 1).decay());
        assert!((few.powi(4) - many).abs() < 1e-12);
        assert!((many - 0.9978).abs() < 1e-4);
    }

    #[test]
    fn rates_fall_in_a_straight_line() {
        let mut settings = TrainConfig::new(4, 1);
        assert_eq!(settings.rate_factor(1_000_000), 1.0);
        settings.cool_down = Some(CoolDown { from: 100, to: 200 });
        let factors = [0, 100, 150, 199, 200, 300].map(|step| settings.rate_factor(step));
        assert_eq!(factors, [1.0, 1.0, 0.5, 0.01, 0.0, 0.0]);
    }

    #[test]
    fn a_setting_is_changed_alone_and_only_to_what_a_run_can_have() {
        let settings = TrainConfig::new(4, 1);
        for (setting, value) in [
            (Setting::GeneratorRate, 3e-4),
            (Setting::DiscriminatorRate, 0.0),
            (Setting::DiscriminatorSteps, 5.0),
        ] {
            let before = settings.get(setting);
            let changed = settings.with(setting, value).expect("a run can have it");
            assert_eq!(changed.get(setting), value);
            assert_eq!(changed.with(setting, before), Ok(settings.clone()));
            for bad in [-1.0, f64::NAN] {
                assert!(settings.with(setting, bad).is_err(), "{setting:?} {bad}");
            }
        }
    }

    #[test]
    fn one_discriminator_step_is_not_written_down() {
        let json = serde_json::to_string(&TrainConfig::new(4, 1)).expect("plain data");
        assert!(!json.contains("discriminator_steps"), "{json}");
        let old: TrainConfig = serde_json::from_str(&json).expect("as it was written");
        assert_eq!(old.discriminator_steps, 1);
    }

    #[test]
    fn impossible_settings_are_refused() {
        let good = TrainConfig::new(4, 1);
        assert_eq!(good.check(), Ok(()));
        let with = |change: &dyn Fn(&mut TrainConfig)| {
            let mut settings = good.clone();
            change(&mut settings);
            settings.check()
        };
        assert_eq!(with(&|s| s.batch = 0), Err(TrainConfigError::Batch(0)));
        assert!(with(&|s| s.generator.rate = f64::NAN).is_err());
        assert!(with(&|s| s.discriminator.beta2 = 1.0).is_err());
        assert!(with(&|s| s.generator.epsilon = 0.0).is_err());
        assert!(with(&|s| s.average_half_life = Some(0.0)).is_err());
        assert!(with(&|s| s.discriminator_steps = 0).is_err());
        assert!(with(&|s| s.discriminator_steps = 17).is_err());
        let backwards = CoolDown { from: 9, to: 9 };
        assert!(with(&|s| s.cool_down = Some(backwards)).is_err());
    }
}
