//! Keeping a run in the browser's storage, in two slots in turn.

use saganscope_model::checkpoint::slots::{Slot, newest};

use super::{
    super::{lock::Lock, storage::Storage},
    files::{Note, PicturesNote, pictures_of, read_slots, slots_of},
};
use crate::protocol::Kept;

/// What is said where another tab has taken the run.
const TAKEN: &str = "Another tab has taken this run over, so what this one does since is in memory alone: download it, or put it away.";

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
    /// One tab at a time keeps a run.
    lock: Lock,
}

impl Keeper {
    /// Finds the storage, and the slot that is written next: never the newest whole one.
    pub(super) async fn open(id: u64, lock: Lock) -> Self {
        let storage = Storage::open().await;
        let (mut number, mut place, mut stored) = (1, 0, false);
        if let Ok(storage) = &storage
            && let Some((newest, slot)) = newest(&read_slots(storage, id).await)
        {
            (number, place, stored) = (slot.number + 1, 1 - newest, true);
        }
        Self {
            id,
            storage,
            number,
            place,
            memory: None,
            stored,
            lock,
        }
    }

    /// Why nothing can be stored, if so.
    pub(super) fn trouble(&self) -> Option<String> {
        self.storage.as_ref().err().cloned()
    }

    /// Keeps a copy. Where the storage does not take it, it stays in memory.
    pub(super) async fn keep(&mut self, note: &Note, file: Vec<u8>) -> Kept {
        let step = note.info.as_ref().map_or(0, |info| info.step);
        let bytes = file.len() as u64;
        let trouble = match &self.storage {
            Err(sentence) => Some(sentence.clone()),
            Ok(_) if self.lock.is_taken() => Some(TAKEN.into()),
            Ok(storage) => {
                let note = serde_json::to_string(note).unwrap_or_default();
                let (head, seal) = Slot {
                    number: self.number,
                    note: &note,
                    file: &file,
                }
                .frame();
                let parts: [&[u8]; 3] = [&head, &file, &seal];
                let name = &slots_of(self.id)[self.place];
                storage.write(name, &parts).await.err()
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
        let slots = read_slots(storage, self.id).await;
        let (_, slot) = newest(&slots)?;
        Some(slot.file.to_vec())
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
        let name = pictures_of(self.id);
        storage.write(&name, &[&head, &all, &seal]).await.err()
    }
}
