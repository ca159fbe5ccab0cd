//! What a checkpoint says of itself, in JSON in the file's metadata.
//!
//! Format 2 writes its number and refuses what it does not know, by name: an option that is passed
//! over draws a wrong picture. Format 1 had neither a number nor options, and still opens.

use serde::{Deserialize, Serialize};

use super::CheckpointError;
use crate::config::{SaganConfig, TrainConfig};

/// The newest format.
const FORMAT: u32 = 2;

/// Updates that each network has had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Updates {
    /// Of the discriminator.
    pub discriminator: u64,
    /// Of the generator: the steps of the run.
    pub generator: u64,
}

/// A setting that was changed while the run went on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Updates of both networks before it took effect.
    pub after: Updates,
    /// Path of the setting, for example `generator.rate`.
    pub setting: String,
    /// What it was.
    pub from: f64,
    /// What it became.
    pub to: f64,
}

/// What a checkpoint says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// The shape of the networks.
    pub config: SaganConfig,
    /// Updates done, where known.
    pub updates: Option<Updates>,
    /// Settings of the run, where known.
    pub training: Option<TrainConfig>,
    /// Settings that were changed while the run went on, in order.
    pub changes: Vec<Change>,
    /// In the file of a discriminator alone: SHA-256 of the file with its generator, in hexadecimal
    /// digits ([`super::fingerprint`]).
    pub generator_file: Option<String>,
}

/// As it stands in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(default = "first_format")]
    format: u32,
    config: SaganConfig,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    updates: Option<Updates>,
    /// Format 1: steps done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    step: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    training: Option<TrainConfig>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    changes: Vec<Change>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    generator_file: Option<String>,
}

fn first_format() -> u32 {
    1
}

/// The format's number alone, whatever else a newer one holds.
#[derive(Deserialize)]
struct Numbered {
    #[serde(default = "first_format")]
    format: u32,
}

impl Header {
    /// Of networks of which nothing is known but their shape.
    pub fn new(config: SaganConfig) -> Self {
        Self {
            config,
            updates: None,
            training: None,
            changes: Vec::new(),
            generator_file: None,
        }
    }

    /// Steps done: updates of the generator.
    pub fn step(&self) -> Option<u64> {
        self.updates.map(|updates| updates.generator)
    }

    pub(super) fn from_json(json: &str) -> Result<Self, CheckpointError> {
        let unreadable = |error: serde_json::Error| CheckpointError::Header(error.to_string());
        let Numbered { format } = serde_json::from_str(json).map_err(unreadable)?;
        if format > FORMAT {
            return Err(CheckpointError::Newer(format));
        }
        let stored: Stored = serde_json::from_str(json).map_err(|error| {
            // serde names the option in its sentence only.
            match error.to_string().strip_prefix("unknown field `") {
                Some(rest) => {
                    let name = rest.split('`').next().unwrap_or_default();
                    CheckpointError::UnknownOption(name.to_string())
                }
                None => unreadable(error),
            }
        })?;
        stored.config.check()?;
        let steps = |step| Updates {
            discriminator: step,
            generator: step,
        };
        Ok(Self {
            config: stored.config,
            updates: stored.updates.or(stored.step.map(steps)),
            training: stored.training,
            changes: stored.changes,
            generator_file: stored.generator_file,
        })
    }

    pub(super) fn to_json(&self) -> Result<String, CheckpointError> {
        let stored = Stored {
            format: FORMAT,
            config: self.config.clone(),
            updates: self.updates,
            step: None,
            training: self.training.clone(),
            changes: self.changes.clone(),
            generator_file: self.generator_file.clone(),
        };
        serde_json::to_string(&stored).map_err(|error| CheckpointError::Header(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_header_comes_back_as_it_was_written() {
        let mut config = SaganConfig::new(24, 16);
        config.generator_attention = vec![16];
        let header = Header {
            updates: Some(Updates {
                discriminator: 9,
                generator: 3,
            }),
            training: Some(TrainConfig::new(4, 1)),
            changes: vec![Change {
                after: Updates::default(),
                setting: "generator.rate".into(),
                from: 1e-4,
                to: 2e-4,
            }],
            generator_file: Some("00ff".into()),
            ..Header::new(config)
        };
        let json = header.to_json().unwrap();
        assert_eq!(Header::from_json(&json).unwrap(), header);
    }

    #[test]
    fn format_1_opens() {
        let old = r#"{"config":{"size":32,"z_dim":16,"conv_dim":8},"step":7,"training":
            {"batch":2,"seed":5,"average_decay":0.998,
             "generator":{"rate":1e-4,"beta1":0,"beta2":0.9,"epsilon":1e-8},
             "discriminator":{"rate":4e-4,"beta1":0,"beta2":0.9,"epsilon":1e-8}}}"#;
        let header = Header::from_json(old).unwrap();
        assert_eq!(header.step(), Some(7));
        assert_eq!(header.training.unwrap().decay(), 0.998);
        assert_eq!(header.config, SaganConfig::sized(32, 8, 16));
    }

    #[test]
    fn strangers_are_refused_by_name() {
        for json in [
            r#"{"format":2,"config":{"size":32,"z_dim":16,"conv_dim":8,"pooled_keys":true}}"#,
            r#"{"format":2,"config":{"size":32,"z_dim":16,"conv_dim":8},"pooled_keys":[]}"#,
        ] {
            let error = Header::from_json(json).unwrap_err();
            let named = CheckpointError::UnknownOption("pooled_keys".into());
            assert_eq!(error, named);
        }
        let newer = Header::from_json(r#"{"format":3,"shape":"round"}"#);
        assert_eq!(newer, Err(CheckpointError::Newer(3)));
    }
}
