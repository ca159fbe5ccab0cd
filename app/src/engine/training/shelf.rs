//! The runs in the browser's storage: which there are, what they are called, and what they learned
//! from. Each has two slots, a file with its name if it was given one, and one with its own pictures.

use std::{collections::BTreeSet, sync::Arc};

use saganscope_model::checkpoint::{
    Checkpoint,
    slots::{Label, Slot, newest},
};

use super::{
    super::{
        lock::{Lock, held},
        storage::Storage,
    },
    files::{Note, ONLY_LOCK, PicturesNote, lock_of, name_of, pictures_of, read_slots, slots_of},
    run::info_of,
};
use crate::protocol::{RunInfo, StoredRun};

/// How much of a slot is read to list it: its note is a few hundred bytes.
const LABEL: u32 = 1 << 16;

/// The longest name of a run, in characters.
const LONGEST_NAME: usize = 80;

/// The files of the one run that earlier versions kept.
const ONLY_SLOTS: [&str; 2] = ["run-a", "run-b"];
const ONLY_PICTURES: &str = "pictures";

/// The runs in storage, the one that was kept last first; none where there is no storage. `own` are
/// those that are open in this tab.
pub(super) async fn list(own: &BTreeSet<u64>) -> Vec<StoredRun> {
    let Ok(storage) = Storage::open().await else {
        return Vec::new();
    };
    take_in_the_only_run(&storage).await;
    let held = held().await;
    let mut runs = Vec::new();
    for id in ids(&storage).await {
        if let Some(run) = label(&storage, id).await {
            let elsewhere = !own.contains(&id) && held.contains(&lock_of(id));
            runs.push(StoredRun { elsewhere, ..run });
        }
    }
    runs.sort_by(|one, other| other.at.total_cmp(&one.at));
    runs
}

/// The numbers of all runs that have a file.
async fn ids(storage: &Storage) -> BTreeSet<u64> {
    let names = storage.names().await;
    let ids = names.iter().filter_map(|name| {
        let id = name.strip_prefix("run-")?;
        let id = id.strip_suffix("-a").or_else(|| id.strip_suffix("-b"))?;
        id.parse().ok()
    });
    ids.collect()
}

/// What the newer of its slots says of a run.
async fn label(storage: &Storage, id: u64) -> Option<StoredRun> {
    let mut newest: Option<(u64, u64, Note)> = None;
    for name in slots_of(id) {
        let Some((length, start)) = storage.start(&name, LABEL).await else {
            continue;
        };
        let Some(label) = Label::read(&start, length) else {
            continue;
        };
        if let Ok(note) = serde_json::from_str(label.note)
            && newest.as_ref().is_none_or(|(n, ..)| *n < label.number)
        {
            newest = Some((label.number, label.file, note));
        }
    }
    let (_, bytes, note) = newest?;
    let info = match note.info {
        Some(info) => info,
        // Noted by another version: its file tells, at the price of reading it.
        None => found(storage, id).await?.info()?,
    };
    let name = storage.start(&name_of(id), LABEL).await;
    let name = name.and_then(|(_, bytes)| String::from_utf8(bytes).ok());
    Some(StoredRun {
        id,
        name: name.filter(|name| !name.is_empty()),
        info,
        from: note.from,
        at: note.at,
        bytes,
        last: note.last,
        quality: note.quality,
        elsewhere: false,
        beside: note.beside,
    })
}

/// A run as it was stored.
pub(super) struct Found {
    pub(super) note: Note,
    pub(super) file: Vec<u8>,
}

impl Found {
    fn info(&self) -> Option<RunInfo> {
        let header = Checkpoint::from_bytes(&self.file).ok()?.header;
        let step = header.updates?.generator;
        Some(info_of(&header.config, &header.training?, step))
    }
}

/// The run of this number in storage, if it is there.
///
/// # Errors
/// A sentence where there is no storage.
pub(super) async fn find(id: u64) -> Result<Option<Found>, String> {
    let storage = Storage::open().await?;
    take_in_the_only_run(&storage).await;
    Ok(found(&storage, id).await)
}

async fn found(storage: &Storage, id: u64) -> Option<Found> {
    let slots = read_slots(storage, id).await;
    let (_, slot) = newest(&slots)?;
    Some(Found {
        note: serde_json::from_str(slot.note).ok()?,
        file: slot.file.to_vec(),
    })
}

/// The pictures that this run learned from: their size, and each one's bytes.
pub(super) async fn find_pictures(id: u64) -> Option<(usize, Arc<Vec<Vec<u8>>>)> {
    let storage = Storage::open().await.ok()?;
    let bytes = storage.read(&pictures_of(id)).await.ok()?;
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

/// Gives a run another name; an empty one takes its name away.
///
/// # Errors
/// A sentence where there is no storage, or it does not take it.
pub(super) async fn rename(id: u64, name: &str) -> Result<(), String> {
    let storage = Storage::open().await?;
    let name: String = name.trim().chars().take(LONGEST_NAME).collect();
    storage.write(&name_of(id), &[name.as_bytes()]).await
}

/// Takes a run out of the storage.
///
/// # Errors
/// A sentence where there is no storage.
pub(super) async fn forget(id: u64) -> Result<(), String> {
    let storage = Storage::open().await?;
    let [first, second] = slots_of(id);
    for name in [first, second, pictures_of(id), name_of(id)] {
        storage.remove(&name).await;
    }
    Ok(())
}

/// Earlier versions kept one run, under names without a number: it becomes one of the runs. Where a
/// tab of such a version keeps it still, or this is cut short, that is done another time.
async fn take_in_the_only_run(storage: &Storage) {
    let names = storage.names().await;
    let is_there = ONLY_SLOTS
        .iter()
        .any(|name| names.iter().any(|n| n == name));
    if !is_there || held().await.iter().any(|name| name == ONLY_LOCK) {
        return;
    }
    let Some(_lock) = Lock::take(ONLY_LOCK).await else {
        return;
    };
    let mut slots = Vec::new();
    for name in ONLY_SLOTS {
        slots.push(storage.read(name).await.unwrap_or_default());
    }
    if let Some((_, slot)) = newest(&slots)
        && let Ok(Note { id, .. }) = serde_json::from_str(slot.note)
    {
        let pictures = storage.read(ONLY_PICTURES).await.unwrap_or_default();
        let [first, second] = slots_of(id);
        let copies = [first, second, pictures_of(id)];
        for (name, bytes) in copies.iter().zip([&slots[0], &slots[1], &pictures]) {
            if !bytes.is_empty() && storage.write(name, &[bytes]).await.is_err() {
                return;
            }
        }
    }
    for name in ONLY_SLOTS.into_iter().chain([ONLY_PICTURES]) {
        storage.remove(name).await;
    }
}
