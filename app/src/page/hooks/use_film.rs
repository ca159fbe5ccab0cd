//! Makes an animated picture of a run's snapshots, a small piece at a time.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::use_training::past;
use crate::page::attention::look::{Look, Question};
use crate::page::attention::map::Map;
use crate::page::attention::paint::map_image;
use crate::page::attention::pixel::Point;
use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::FILM;
use crate::page::film::colours::Counts;
use crate::page::film::gif::{Gif, Packing, Unwritten};
use crate::page::film::sheet::{Layout, Sheet};
use crate::page::image::Image;
use crate::page::save::save_bytes;
use crate::page::training::readings::PICTURES;
use crate::page::view::looking::Looking;
use crate::protocol::{DrawReply, Parts, Pictures, Sample};

/// How long a frame stays, and the last one, in hundredths of a second.
const STAYS: u16 = 20;
const LAST_STAYS: u16 = 250;

/// Pixels of the file that are packed before the page may do something else: some milliseconds.
const PIXELS_AT_ONCE: usize = 1 << 15;

/// Cuts between colours, likewise; the first ones go through all of them.
const CUTS_AT_ONCE: u32 = 16;

/// What is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// The file's name.
    pub name: String,
    /// The steps of its frames.
    pub steps: Rc<Vec<u64>>,
    /// With the maps of this picture, looked at like this.
    pub maps: Option<(usize, Looking)>,
    /// The address that the file carries.
    pub address: String,
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Film {
    /// Nothing was asked for, or it was stopped.
    #[default]
    None,
    /// So many frames of so many are made.
    Making(usize, usize),
    /// It is on the visitor's disk: its name and how many bytes.
    Made(String, u64),
    /// One sentence.
    Failed(String),
}

/// Who makes films.
#[derive(Clone, PartialEq)]
pub struct FilmMaker {
    /// What became of the last wish.
    pub film: Film,
    /// Makes one.
    pub make: Callback<Wish>,
    /// Stops that.
    pub stop: Callback<()>,
}

/// Makes films of the run whose snapshots these are. What is let go of meanwhile is left out: the
/// engine would draw the nearest one in its place.
#[hook]
pub fn use_film(engine: &Engine, snapshots: &Rc<Vec<u64>>) -> FilmMaker {
    let film = use_state(Film::default);
    // The number of the wish that is being seen to; any other one ends.
    let turn = use_mut_ref(|| Rc::new(Cell::new(0u32)));
    let turn = turn.borrow().clone();
    let there = use_mut_ref(|| Rc::clone(snapshots));
    *there.borrow_mut() = Rc::clone(snapshots);
    {
        let turn = turn.clone();
        use_effect_with((), move |()| move || turn.set(turn.get() + 1));
    }
    let make = {
        let (engine, film, turn) = (engine.clone(), film.setter(), turn.clone());
        Callback::from(move |wish: Wish| {
            let own = turn.get() + 1;
            turn.set(own);
            let making = Making {
                engine: engine.clone(),
                there: there.clone(),
                goes_on: {
                    let turn = turn.clone();
                    Rc::new(move || turn.get() == own)
                },
            };
            let film = film.clone();
            film.set(Film::Making(0, wish.steps.len()));
            spawn_local(async move {
                let made = making.film(&wish, &film).await;
                if (making.goes_on)() {
                    film.set(match made {
                        Ok(bytes) => saved(wish.name, &bytes),
                        Err(None) => Film::None,
                        Err(Some(sentence)) => Film::Failed(sentence),
                    });
                }
            });
        })
    };
    let stop = {
        let (engine, film) = (engine.clone(), film.setter());
        Callback::from(move |()| {
            turn.set(turn.get() + 1);
            engine.forget(FILM);
            film.set(Film::None);
        })
    };
    FilmMaker {
        film: (*film).clone(),
        make,
        stop,
    }
}

fn saved(name: String, bytes: &[u8]) -> Film {
    match save_bytes(&name, "image/gif", bytes) {
        Ok(()) => Film::Made(name, bytes.len() as u64),
        Err(_) => Film::Failed("The browser did not take the download; try again.".into()),
    }
}

/// A film that is being made.
struct Making {
    engine: Engine,
    /// The snapshots that there are now.
    there: Rc<RefCell<Rc<Vec<u64>>>>,
    goes_on: Rc<dyn Fn() -> bool>,
}

/// Why there is no film: a sentence, or none where it was stopped.
type Ended = Option<String>;

impl Making {
    /// The whole file.
    async fn film(&self, wish: &Wish, told: &UseStateSetter<Film>) -> Result<Vec<u8>, Ended> {
        let mut begun: Option<(Layout, Gif)> = None;
        let of = wish.steps.len();
        for (done, &step) in wish.steps.iter().enumerate() {
            told.set(Film::Making(done, of));
            if !self.there.borrow().contains(&step) {
                continue;
            }
            let pictures = self.drawn(thumbnails(step)).await?;
            let maps = match &wish.maps {
                None => None,
                Some((index, looking)) => {
                    let large = self.drawn(past(FILM, step, *index as u32, 1)).await?;
                    large
                        .into_iter()
                        .next()
                        .map(|sample| (*index, looking, sample))
                }
            };
            let (layout, gif) = match &mut begun {
                Some(begun) => begun,
                None => {
                    let layout = layout(&pictures, maps.as_ref());
                    let [width, height] = layout.pixels().map(|length| length as u16);
                    let gif = Gif::new(width, height, &wish.address).map_err(unwritten)?;
                    begun.insert((layout, gif))
                }
            };
            let sheet = self.sheet(*layout, step, pictures, maps).await?;
            let stays = if done + 1 == of { LAST_STAYS } else { STAYS };
            self.add(gif, &sheet, stays).await?;
        }
        let (_, gif) = begun.ok_or_else(|| {
            Some("There is no snapshot of this run any more; do a few steps first.".to_owned())
        })?;
        gif.end().map_err(unwritten)
    }

    /// One frame.
    async fn sheet(
        &self,
        layout: Layout,
        step: u64,
        pictures: Vec<Sample>,
        maps: Option<(usize, &Looking, Sample)>,
    ) -> Result<Sheet, Ended> {
        let mut sheet = Sheet::new(layout);
        for (index, Sample { size, rgba, .. }) in pictures.into_iter().enumerate() {
            sheet.put_picture(index, &Image { side: size, rgba });
            self.breathe().await?;
        }
        if let Some((index, looking, sample)) = maps {
            let (size, pins) = (sample.size, pins(looking));
            sheet.mark(index, size, &pins);
            for (layer, reading) in sample.layers.into_iter().enumerate() {
                let map = Map::new(reading);
                for (place, &(number, pixel)) in pins.iter().enumerate() {
                    let cell = pixel.clamped(size).cell(size, map.side());
                    let question = Question {
                        cell,
                        region: None,
                        direction: looking.direction,
                        lens: looking.lens,
                    };
                    let look = Look::ask(&map, question);
                    let display = looking.display;
                    let axis = look.axis(display.scale);
                    let image = map_image(&look.values, look.side, axis, display.palette);
                    sheet.put_map([place, layer], &image, cell, number);
                    self.breathe().await?;
                }
            }
        }
        sheet.write(&format!("step {step}"));
        Ok(sheet)
    }

    /// Adds a frame to the file.
    async fn add(&self, gif: &mut Gif, sheet: &Sheet, stays: u16) -> Result<(), Ended> {
        let at_once = (PIXELS_AT_ONCE / sheet.pixels_a_row()).max(1);
        let strips = || {
            (0..sheet.rows())
                .step_by(at_once)
                .map(|first| first..first + at_once)
        };
        let mut counts = Counts::default();
        for rows in strips() {
            sheet.count(rows, &mut counts);
        }
        self.breathe().await?;
        let mut cuts = counts.shared_out();
        for cut in 1.. {
            if !cuts.cut() {
                break;
            }
            if cut % CUTS_AT_ONCE == 0 {
                self.breathe().await?;
            }
        }
        let colours = cuts.colours();
        let mut packing = Packing::default();
        for rows in strips() {
            self.breathe().await?;
            sheet.pack(rows, &colours, &mut packing);
        }
        gif.add(stays, &colours.table, packing).map_err(unwritten)
    }

    /// Lets the page do something else; ends the film where it is wanted no more.
    async fn breathe(&self) -> Result<(), Ended> {
        TimeoutFuture::new(0).await;
        (self.goes_on)().then_some(()).ok_or(None)
    }

    /// What the engine draws.
    async fn drawn(&self, pictures: Pictures) -> Result<Vec<Sample>, Ended> {
        let (tell, told) = oneshot::channel();
        let (tell, samples) = (RefCell::new(Some(tell)), RefCell::new(Vec::new()));
        self.engine.draw(pictures, move |reply| {
            let end = match reply {
                DrawReply::Sample { sample, .. } => return samples.borrow_mut().push(sample),
                DrawReply::Done { .. } => Ok(samples.take()),
                DrawReply::Failed { sentence } => Err(Some(sentence)),
                _ => Err(None),
            };
            if let Some(tell) = tell.take() {
                // Nobody listens where the film was stopped.
                let _ = tell.send(end);
            }
        });
        // Forgotten by the engine's handle: it was stopped, or the engine was.
        told.await.unwrap_or(Err(None))
    }
}

fn unwritten(reason: Unwritten) -> Ended {
    Some(reason.to_string())
}

/// Pictures of always the same latents, without their maps.
fn thumbnails(step: u64) -> Pictures {
    Pictures {
        parts: Parts {
            attention: false,
            ..Parts::default()
        },
        ..past(FILM, step, 0, PICTURES)
    }
}

/// The pins, or else the pixel in question.
fn pins(looking: &Looking) -> Vec<(usize, Point)> {
    let pins: Vec<_> = looking.pins.iter().collect();
    match looking.pixel() {
        Some(pixel) if pins.is_empty() => vec![(0, pixel)],
        _ => pins,
    }
}

fn layout(pictures: &[Sample], maps: Option<&(usize, &Looking, Sample)>) -> Layout {
    let size = pictures.first().map_or(0, |sample| sample.size);
    let (pins, layers) = maps.map_or((0, 0), |(_, looking, sample)| {
        (pins(looking).len(), sample.layers.len())
    });
    Layout::new(size, pictures.len(), pins, layers)
}
