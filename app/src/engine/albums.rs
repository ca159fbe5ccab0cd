//! Albums of the pictures that the visitor chose, as files or in zips: a few at a time, so that
//! whatever else is asked comes in between.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use futures::future::join_all;
use saganscope_model::{
    data::zip::{Entry, is_litter},
    picture::{mirrored, with_alpha},
};
use wasm_bindgen::JsValue;

use super::{
    archives::{is_zip, list, unpacked},
    decoding::decoded,
    js::{get, number},
    outbox,
};
use crate::protocol::{AlbumInfo, Answer, TrainReply, UnreadableFile, wire::Files};

/// The most pictures in an album.
const MOST_PICTURES: usize = 50_000;
/// So many files are read side by side, as long as they are no larger together: the browser decodes
/// on threads of its own, and a photograph takes ten times the room of its file.
const SIDE_BY_SIDE: usize = 16;
const SIDE_BY_SIDE_BYTES: f64 = 2e6;
/// The most files that are noted as left out: a disk full of other things has many.
const MOST_NOTED: usize = 1000;
/// How many pictures the page is shown.
const SHOWN: usize = 48;

/// Pictures of one size, interleaved RGB, `[size, size, 3]` each.
#[derive(Clone)]
pub(super) struct Made {
    pub(super) size: usize,
    pub(super) pictures: Arc<Vec<Vec<u8>>>,
}

/// The albums, by the page's numbers, and the one that is being made.
#[derive(Default)]
pub(super) struct Albums {
    made: BTreeMap<u32, Made>,
    under_way: Option<Gathering>,
}

struct Gathering {
    request: u32,
    album: u32,
    /// What is still to be read.
    items: VecDeque<Item>,
    done: u32,
    size: u32,
    mirror: bool,
    pictures: Vec<Vec<u8>>,
    unreadable: Vec<UnreadableFile>,
}

/// What may be a picture.
enum Item {
    /// A `File`.
    File(JsValue),
    /// A file in a zip, which is a `File`.
    Packed(JsValue, Entry),
}

impl Item {
    fn name(&self) -> String {
        match self {
            Self::File(file) => name(file),
            Self::Packed(_, entry) => entry.name.clone(),
        }
    }

    fn is_zip(&self) -> bool {
        is_zip(&self.name())
    }

    fn bytes(&self) -> f64 {
        match self {
            Self::File(file) => number(file, "size").unwrap_or_default(),
            Self::Packed(_, entry) => entry.size as f64,
        }
    }

    /// As `[size, size, 3]` bytes, or what is wrong with it.
    async fn decoded(&self, size: u32) -> Result<Vec<u8>, String> {
        match self {
            Self::File(file) => decoded(file, size).await,
            Self::Packed(..) if self.is_zip() => {
                Err("is a zip within a zip; choose it by itself".into())
            }
            Self::Packed(zip, entry) => decoded(&unpacked(zip, entry).await?, size).await,
        }
    }
}

impl Albums {
    /// An album, once it is made.
    pub(super) fn get(&self, number: u32) -> Option<&Made> {
        self.made.get(&number)
    }

    pub(super) fn is_gathering(&self) -> bool {
        self.under_way.is_some()
    }

    /// Begins an album; one that is being made ends here.
    pub(super) fn begin(
        &mut self,
        request: u32,
        album: u32,
        files: Files,
        size: u32,
        mirror: bool,
    ) -> Result<(), String> {
        if !matches!(size, 32 | 64 | 128) {
            return Err(format!(
                "Pictures of {size}×{size} pixels were asked for; 32, 64 and 128 are possible."
            ));
        }
        if let Some(older) = self.under_way.take() {
            let sentence = "Other pictures were chosen meanwhile.".into();
            outbox::post(
                older.request,
                Answer::Train(TrainReply::Failed { sentence }),
            );
        }
        self.under_way = Some(Gathering {
            request,
            album,
            items: files.0.iter().map(Item::File).collect(),
            done: 0,
            size,
            mirror,
            pictures: Vec::new(),
            unreadable: Vec::new(),
        });
        Ok(())
    }

    /// What was read so far is the album that is being made; the rest is left.
    pub(super) fn enough(&mut self) {
        if let Some(gathering) = &mut self.under_way {
            gathering.items.clear();
        }
    }

    /// Reads the next file of the album that is being made.
    pub(super) async fn gather_one(&mut self) {
        let Some(gathering) = &mut self.under_way else {
            return;
        };
        let before = gathering.done;
        if gathering.take_some().await {
            let (done, left) = (gathering.done, gathering.items.len() as u32);
            if done / SIDE_BY_SIDE as u32 > before / SIDE_BY_SIDE as u32 || left == 0 {
                let of = done + left;
                let told = TrainReply::Gathering { done, of };
                outbox::post(gathering.request, Answer::Train(told));
            }
            return;
        }
        let Some(gathering) = self.under_way.take() else {
            return;
        };
        let (request, album) = (gathering.request, gathering.album);
        let told = gathering.finish().map(|(made, info)| {
            self.made.insert(album, made);
            info
        });
        let answer = match told {
            Ok(info) => TrainReply::Gathered(info),
            Err(sentence) => TrainReply::Failed { sentence },
        };
        outbox::post(request, Answer::Train(answer));
    }
}

impl Gathering {
    /// Reads the next few pictures, or puts what is in a zip in its place; says whether there was any.
    async fn take_some(&mut self) -> bool {
        let (mut lot, mut bytes) = (Vec::new(), 0.0);
        while self.pictures.len() < MOST_PICTURES
            && lot.len() < SIDE_BY_SIDE
            && let Some(item) = self.items.front()
        {
            if item.is_zip() && !lot.is_empty() {
                break;
            }
            bytes += item.bytes();
            if bytes > SIDE_BY_SIDE_BYTES && !lot.is_empty() {
                break;
            }
            match self.items.pop_front() {
                Some(Item::File(file)) if is_zip(&name(&file)) => {
                    self.done += 1;
                    self.unfold(file).await;
                    return true;
                }
                item => lot.extend(item),
            }
        }
        let size = self.size;
        let decoded = join_all(lot.iter().map(|item| item.decoded(size))).await;
        for (item, decoded) in lot.iter().zip(decoded) {
            self.done += 1;
            if !is_litter(&item.name()) {
                self.put(item.name(), decoded);
            }
        }
        !lot.is_empty()
    }

    /// Puts what is in a zip before whatever was chosen after it.
    async fn unfold(&mut self, zip: JsValue) {
        match list(&zip).await {
            Ok(entries) => {
                let packed = |entry| Item::Packed(zip.clone(), entry);
                let entries = entries.into_iter().take(MOST_PICTURES).map(packed);
                entries.rev().for_each(|item| self.items.push_front(item));
            }
            Err(reason) => self.put(name(&zip), Err(reason)),
        }
    }

    fn put(&mut self, name: String, decoded: Result<Vec<u8>, String>) {
        match decoded {
            Ok(picture) => {
                if self.mirror {
                    let other = mirrored(&picture, self.size as usize);
                    self.pictures.push(picture);
                    self.pictures.push(other);
                } else {
                    self.pictures.push(picture);
                }
            }
            Err(reason) if self.unreadable.len() < MOST_NOTED => {
                self.unreadable.push(UnreadableFile { name, reason });
            }
            Err(_) => {}
        }
    }

    fn finish(self) -> Result<(Made, AlbumInfo), String> {
        if self.pictures.is_empty() {
            return Err(match self.unreadable.first() {
                None => "There was no picture among the files; choose pictures, or a folder or a zip that holds some.".into(),
                Some(UnreadableFile { name, reason }) => format!(
                    "None of the {} files is a picture that this browser can read; {name} {reason}.",
                    self.unreadable.len()
                ),
            });
        }
        // Of mirrored pairs, the first.
        let step = if self.mirror { 2 } else { 1 };
        let shown: Vec<_> = self.pictures.iter().step_by(step).take(SHOWN).collect();
        let info = AlbumInfo {
            count: self.pictures.len() as u32,
            unreadable: self.unreadable,
            size: self.size,
            shown: shown.len() as u32,
            rgba: shown.into_iter().flat_map(|rgb| with_alpha(rgb)).collect(),
        };
        let made = Made {
            size: self.size as usize,
            pictures: Arc::new(self.pictures),
        };
        Ok((made, info))
    }
}

pub(super) fn name(file: &JsValue) -> String {
    let name = get(file, "name").ok().and_then(|name| name.as_string());
    name.unwrap_or_else(|| "a file".into())
}
