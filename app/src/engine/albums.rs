//! Pictures that the visitor chose, as files or in zips, decoded by the browser: one at a time, cut to
//! the square around its middle, and averaged over areas down to the size that a run learns from.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use js_sys::{Array, Function, Reflect, Uint8Array};
use saganscope_model::{
    data::zip::{Entry, is_litter},
    picture::{averaged, mirrored, with_alpha},
};
use wasm_bindgen::{JsCast, JsValue};

use super::{
    archives::{is_zip, list, unpacked},
    js::{call, call_async, get, global, number, object},
    outbox,
};
use crate::protocol::{AlbumInfo, Answer, TrainReply, UnreadableFile, wire::Files};

/// The browser brings a picture down to at most so many times the size; the rest is averaged.
const MOST_OVERSAMPLING: u32 = 4;
/// The largest file that is tried, in bytes, and the most pictures in an album.
const LARGEST_FILE: f64 = 100e6;
const MOST_PICTURES: usize = 50_000;
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

impl Albums {
    /// An album, once it is made.
    pub(super) fn get(&self, number: u32) -> Option<&Made> {
        self.made.get(&number)
    }

    pub(super) fn put(&mut self, number: u32, made: Made) {
        self.made.insert(number, made);
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
        if gathering.pictures.len() < MOST_PICTURES
            && let Some(item) = gathering.items.pop_front()
        {
            gathering.take(item).await;
            gathering.done += 1;
            let (done, left) = (gathering.done, gathering.items.len() as u32);
            if done.is_multiple_of(16) || left == 0 {
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
    /// Reads a picture, or puts what is in a zip in its place.
    async fn take(&mut self, item: Item) {
        match item {
            Item::File(file) => {
                let name = name(&file);
                if is_litter(&name) {
                    return;
                }
                if !is_zip(&name) {
                    let decoded = decoded(&file, self.size).await;
                    return self.put(name, decoded);
                }
                match list(&file).await {
                    Ok(entries) => {
                        let packed = |entry| Item::Packed(file.clone(), entry);
                        let entries = entries.into_iter().take(MOST_PICTURES).map(packed);
                        // Each before whatever was chosen after the zip.
                        entries.rev().for_each(|item| self.items.push_front(item));
                    }
                    Err(reason) => self.put(name, Err(reason)),
                }
            }
            Item::Packed(zip, entry) => {
                let decoded = async {
                    if is_zip(&entry.name) {
                        return Err("is a zip within a zip; choose it by itself".into());
                    }
                    if entry.size as f64 > LARGEST_FILE {
                        return Err("is larger than 100 MB".into());
                    }
                    decoded(&unpacked(&zip, &entry).await?, self.size).await
                };
                let decoded = decoded.await;
                self.put(entry.name, decoded);
            }
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

fn name(file: &JsValue) -> String {
    let name = get(file, "name").ok().and_then(|name| name.as_string());
    name.unwrap_or_else(|| "a file".into())
}

/// A `Blob` as `[size, size, 3]` bytes, or what is wrong with it.
async fn decoded(file: &JsValue, size: u32) -> Result<Vec<u8>, String> {
    if number(file, "size").is_ok_and(|bytes| bytes > LARGEST_FILE) {
        return Err("is larger than 100 MB".into());
    }
    let decoded = decode(file, size).await;
    decoded.map_err(|_| "is no picture that this browser can read".into())
}

async fn decode(file: &JsValue, size: u32) -> Result<Vec<u8>, JsValue> {
    let scope: JsValue = js_sys::global().into();
    // Upright, as the file says: what browsers do unless told otherwise.
    let whole = call_async(&scope, "createImageBitmap", std::slice::from_ref(file)).await?;
    let [width, height] = [number(&whole, "width")?, number(&whole, "height")?];
    let side = width.min(height);
    let factor = ((side as u32) / size).clamp(1, MOST_OVERSAMPLING);
    let small = f64::from(size * factor);
    let options = object(&[
        ("resizeWidth", small.into()),
        ("resizeHeight", small.into()),
        ("resizeQuality", "high".into()),
    ])?;
    let [left, top] = [width, height].map(|length| ((length - side) / 2.0).floor());
    let numbers = [left, top, side, side].map(JsValue::from);
    let [left, top, across, down] = numbers;
    let arguments = [whole.clone(), left, top, across, down, options];
    let square = call_async(&scope, "createImageBitmap", &arguments).await;
    // A photograph's pixels are let go of at once: thousands come.
    call(&whole, "close", &[])?;
    let square = square?;
    let rgba = pixels(&square, small);
    call(&square, "close", &[])?;
    Ok(averaged(&rgba?, size as usize, factor as usize))
}

/// Its pixels, laid over white where it is transparent.
fn pixels(bitmap: &JsValue, side: f64) -> Result<Vec<u8>, JsValue> {
    let canvas: Function = global("OffscreenCanvas")?.dyn_into()?;
    let canvas = Reflect::construct(&canvas, &Array::of2(&side.into(), &side.into()))?;
    let context = call(&canvas, "getContext", &["2d".into()])?;
    Reflect::set(&context, &"fillStyle".into(), &"#fff".into())?;
    let all = [0.0, 0.0, side, side].map(JsValue::from);
    call(&context, "fillRect", &all)?;
    call(&context, "drawImage", &[bitmap.clone(), 0.into(), 0.into()])?;
    let data = get(&call(&context, "getImageData", &all)?, "data")?;
    Ok(Uint8Array::new(&data).to_vec())
}
