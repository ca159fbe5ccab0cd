//! Keeping a run in the browser's storage, in two slots in turn.

use std::sync::Arc;

use saganscope_model::checkpoint::slots::{Slot, newest};
use serde::{Deserialize, Serialize};

use super::super::storage::Storage;
use crate::protocol::{Kept, PictureSource, RunInfo, StoredRun};

/// The files of both slots.
const SLOTS: [&str; 2] = ["run-a", "run-b"];
/// The file of the pictures that a visitor chose for the run.
const PICTURES: &str = "pictures";

/// What is noted beside a run's file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Note {
    /// Which run: pictures of another are not its own.
    pub(super) id: u64,
    /// When, in milliseconds since 1970.
    pub(super) at: f64,
    /// What it is.
    pub(super) info: RunInfo,
    /// What it learns from.
    pub(super) from: Option<PictureSource>,
}

/// What is noted beside pictures.
#[derive(Serialize, Deserialize)]
struct PicturesNote {
    id: u64,
    size: usize,
}

/// Where a run is kept.
pub(super) struct Keeper {
    /// Which run.
    pub(super) id: u64,
    storage: Result<Storage, String>,
    /// The number of the next write.
    number: u64,
    /// Where it goes.
    place: usize,
    /// The last copy, where the storage did not take it.
    memory: Option<Vec<u8>>,
    /// The last copy in storage is this run's.
    stored: bool,
}

impl Keeper {
    /// Finds the storage, and the slot that is written next: never the newest whole one.
    pub(super) async fn open(id: u64) -> Self {
        let storage = Storage::open().await;
        let (mut number, mut place, mut stored) = (1, 0, false);
        if let Ok(storage) = &storage
            && let Some((newest, slot, note)) = read_newest(&read_slots(storage).await)
        {
            (number, place) = (slot.number + 1, 1 - newest);
            stored = note.id == id;
        }
        Self {
            id,
            storage,
            number,
            place,
            memory: None,
            stored,
        }
    }

    /// Why nothing can be stored, if so.
    pub(super) fn trouble(&self) -> Option<String> {
        self.storage.as_ref().err().cloned()
    }

    /// Keeps a copy. Where the storage does not take it, it stays in memory.
    pub(super) async fn keep(&mut self, note: &Note, file: Vec<u8>) -> Kept {
        let (step, bytes) = (note.info.step, file.len() as u64);
        let trouble = match &self.storage {
            Err(sentence) => Some(sentence.clone()),
            Ok(storage) => {
                let note = serde_json::to_string(note).unwrap_or_default();
                let (head, seal) = Slot {
                    number: self.number,
                    note: &note,
                    file: &file,
                }
                .frame();
                let parts: [&[u8]; 3] = [&head, &file, &seal];
                storage.write(SLOTS[self.place], &parts).await.err()
            }
        };
        if trouble.is_none() {
            self.number += 1;
            self.place = 1 - self.place;
            self.stored = true;
            self.memory = None;
        } else {
            self.memory = Some(file);
        }
        Kept {
            step,
            bytes,
            trouble,
        }
    }

    /// The last copy of this run.
    pub(super) async fn last(&self) -> Option<Vec<u8>> {
        if self.memory.is_some() || !self.stored {
            return self.memory.clone();
        }
        let storage = self.storage.as_ref().ok()?;
        let slots = read_slots(storage).await;
        let (_, slot, note) = read_newest(&slots)?;
        (note.id == self.id).then(|| slot.file.to_vec())
    }

    /// Keeps the run's own pictures, `[size, size, 3]` bytes each.
    pub(super) async fn keep_pictures(&self, size: usize, pictures: &[Vec<u8>]) -> Option<String> {
        let storage = self.storage.as_ref().ok()?;
        let note = PicturesNote { id: self.id, size };
        let note = serde_json::to_string(&note).unwrap_or_default();
        let all = pictures.concat();
        let slot = Slot {
            number: 1,
            note: &note,
            file: &all,
        };
        let (head, seal) = slot.frame();
        storage.write(PICTURES, &[&head, &all, &seal]).await.err()
    }
}

/// A run as it was stored.
pub(super) struct Found {
    pub(super) note: Note,
    pub(super) file: Vec<u8>,
}

/// The run in storage, if there is one.
///
/// # Errors
/// A sentence where there is no storage.
pub(super) async fn find() -> Result<Option<Found>, String> {
    let storage = Storage::open().await?;
    let slots = read_slots(&storage).await;
    Ok(read_newest(&slots).map(|(_, slot, note)| Found {
        note,
        file: slot.file.to_vec(),
    }))
}

/// The pictures that this run learned from: their size, and each one's bytes.
pub(super) async fn find_pictures(id: u64) -> Option<(usize, Arc<Vec<Vec<u8>>>)> {
    let bytes = Storage::open().await.ok()?.read(PICTURES).await.ok()?;
    let slot = Slot::read(&bytes)?;
    let note: PicturesNote = serde_json::from_str(slot.note).ok()?;
    let length = 3 * note.size * note.size;
    let fits = note.id == id && length > 0 && !slot.file.is_empty();
    let fits = fits && slot.file.len().is_multiple_of(length);
    fits.then(|| {
        let pictures = slot.file.chunks_exact(length).map(<[u8]>::to_vec);
        (note.size, Arc::new(pictures.collect()))
    })
}

/// Takes everything out of the storage.
///
/// # Errors
/// A sentence where there is no storage.
pub(super) async fn forget() -> Result<(), String> {
    let storage = Storage::open().await?;
    for name in [SLOTS[0], SLOTS[1], PICTURES] {
        storage.remove(name).await;
    }
    Ok(())
}

impl Note {
    /// What the page is told.
    pub(super) fn told(self) -> StoredRun {
        let Self { at, info, from, .. } = self;
        StoredRun { info, from, at }
    }
}

/// Both slots; empty where one cannot be read.
async fn read_slots(storage: &Storage) -> [Vec<u8>; 2] {
    let [first, second] = SLOTS;
    [
        storage.read(first).await.unwrap_or_default(),
        storage.read(second).await.unwrap_or_default(),
    ]
}

fn read_newest(slots: &[Vec<u8>; 2]) -> Option<(usize, Slot<'_>, Note)> {
    let (place, slot) = newest(slots)?;
    let note = serde_json::from_str(slot.note).ok()?;
    Some((place, slot, note))
}
