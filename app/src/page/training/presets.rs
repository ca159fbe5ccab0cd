//! Experiments to begin with one click, and what runs beside what.

use super::form::{Attention, Betas, Energy, Form, Rates};

/// What an experiment sets in a form: what is not named is left as it was chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preset {
    /// Its name for tests.
    pub key: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What one can learn from it, in one sentence.
    pub sentence: &'static str,
    energy: Energy,
    /// In both networks.
    attention: Attention,
    /// Which of [`super::form::NORMS`].
    norm: usize,
    rates: Rates,
}

/// The paper's method, which the others leave something out of.
const PAPER: Preset = Preset {
    key: "plain",
    name: "plain attention",
    sentence: "The paper's own: two layers of attention, spectral norm on both networks, two rates: all that the paper proposes.",
    energy: Energy::Dot,
    attention: Attention::Both,
    norm: 0,
    rates: Rates::Paper,
};

/// The paper's method, its ablations, and the shipped models' attention.
pub const PRESETS: [Preset; 5] = [
    PAPER,
    Preset {
        key: "no-attention",
        name: "no attention",
        sentence: "The same without attention: convolutions alone.",
        attention: Attention::Nowhere,
        ..PAPER
    },
    Preset {
        key: "sn-d",
        name: "spectral norm on D",
        sentence: "Spectral norm on the discriminator alone and one rate for both, where the paper starts from.",
        norm: 1,
        rates: Rates::One,
        ..PAPER
    },
    Preset {
        key: "sn-both",
        name: "spectral norm on both",
        sentence: "Spectral norm on the generator too, still with one rate for both.",
        rates: Rates::One,
        ..PAPER
    },
    Preset {
        key: "centred",
        name: "centred attention",
        sentence: "What all pixels have in common is taken out of queries and keys, as in the shipped models.",
        energy: Energy::Centred,
        ..PAPER
    },
];

/// Two presets that are worth seeing beside each other, by their places in [`PRESETS`].
pub const PAIRS: [(usize, usize); 3] = [(0, 4), (1, 0), (2, 3)];

/// What a pair is called.
pub fn pair_name((first, second): (usize, usize)) -> String {
    format!("{} against {}", PRESETS[first].name, PRESETS[second].name)
}

impl Preset {
    /// The form with this experiment in it.
    pub fn of(&self, form: &Form) -> Form {
        Form {
            energy: self.energy,
            attention: self.attention,
            judging: self.attention,
            norm: self.norm,
            rates: self.rates,
            betas: Betas::Paper,
            ..form.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_changes_only_what_it_is_about() {
        let form = Form {
            batch: 4,
            seed: 9,
            ..Form::for_gpu()
        };
        let configs = PRESETS.map(|preset| preset.of(&form).config());
        for config in &configs {
            assert_eq!((config.size, config.batch, config.seed), (64, 4, 9));
        }
        let [paper, without, on_d, on_both, centred] = configs;
        assert_eq!(
            (paper.generator_rate, paper.discriminator_rate),
            (1e-4, 4e-4)
        );
        assert_eq!(
            (paper.energy.as_str(), paper.spectral_norm.as_str()),
            ("dot", "both")
        );
        assert!(without.generator_attention.is_empty() && !paper.generator_attention.is_empty());
        assert_eq!(on_d.spectral_norm, "discriminator");
        assert_eq!(on_both.spectral_norm, "both");
        for one in [on_d, on_both] {
            assert_eq!(one.generator_rate, one.discriminator_rate);
        }
        assert_eq!(centred.energy, "centred");
        assert_eq!(centred.generator_rate, paper.generator_rate);
    }

    #[test]
    fn a_pair_is_named_by_what_differs() {
        assert_eq!(
            pair_name(PAIRS[0]),
            "plain attention against centred attention"
        );
        for (first, second) in PAIRS {
            assert_ne!(PRESETS[first], PRESETS[second]);
        }
    }
}
