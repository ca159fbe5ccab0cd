//! How the files of a stored run are called, and what is noted in them.

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};

use super::super::storage::Storage;
use crate::protocol::{PictureSource, Progress, Quality, RunInfo};

/// The lock of the tab that keeps the run, in versions that kept one alone.
pub(super) const ONLY_LOCK: &str = "saganscope-run";

/// The files of a run's slots.
pub(super) fn slots_of(id: u64) -> [String; 2] {
    [format!("run-{id}-a"), format!("run-{id}-b")]
}

/// The file of the pictures that a visitor chose for a run.
pub(super) fn pictures_of(id: u64) -> String {
    format!("pictures-{id}")
}

/// The file of the name that a visitor gave it.
pub(super) fn name_of(id: u64) -> String {
    format!("name-{id}")
}

/// The lock that the tab holds which keeps this run.
pub(super) fn lock_of(id: u64) -> String {
    format!("{ONLY_LOCK}-{id}")
}

/// What is noted beside a run's file. A page of another version may have noted more, or less; what
/// cannot be read is none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Note {
    /// Which run: pictures of another are not its own.
    pub(super) id: u64,
    /// When, in milliseconds since 1970.
    #[serde(default)]
    pub(super) at: f64,
    /// What it is.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) info: Option<RunInfo>,
    /// What it learns from.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) from: Option<PictureSource>,
    /// What was read of it last.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) last: Option<Progress>,
    /// The run that it began beside.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) beside: Option<u64>,
    /// How far its pictures were from real ones.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) quality: Option<Quality>,
}

/// What is noted beside pictures.
#[derive(Serialize, Deserialize)]
pub(super) struct PicturesNote {
    pub(super) id: u64,
    pub(super) size: usize,
}

/// Both slots of a run; empty where one cannot be read.
pub(super) async fn read_slots(storage: &Storage, id: u64) -> [Vec<u8>; 2] {
    let [first, second] = slots_of(id);
    [
        storage.read(&first).await.unwrap_or_default(),
        storage.read(&second).await.unwrap_or_default(),
    ]
}

/// What can be read, or nothing.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(serde_json::from_value(value).ok())
}
