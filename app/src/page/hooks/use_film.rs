//! Makes an animated picture of a run's snapshots, or of two runs', a small piece at a time.

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
use crate::page::training::run::Which;
use crate::page::training::timeline::nearest;
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
    pub steps: Vec<u64>,
    /// Of two runs beside each other, what they are called.
    pub names: Option<[String; 2]>,
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

/// Makes films of the runs, one or two, whose snapshots these are. A step whose snapshots are let go
/// of meanwhile is left out: the engine would draw the nearest ones in their place.
#[hook]
pub fn use_film(engine: &Engine, snapshots: Vec<Rc<Vec<u64>>>) -> FilmMaker {
    let film = use_state(Film::default);
    // The number of the wish that is being seen to; any other one ends.
    let turn = use_mut_ref(|| Rc::new(Cell::new(0u32)));
    let turn = turn.borrow().clone();
    let there = use_mut_ref(Vec::new);
    *there.borrow_mut() = snapshots;
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
    /// The snapshots that there are now, of each run.
    there: Rc<RefCell<Vec<Rc<Vec<u64>>>>>,
    goes_on: Rc<dyn Fn() -> bool>,
}

/// Why there is no film: a sentence, or none where it was stopped.
type Ended = Option<String>;

impl Making {
    /// The whole file.
    async fn film(&self, wish: &Wish, told: &UseStateSetter<Film>) -> Result<Vec<u8>, Ended> {
        let mut begun: Option<Gif> = None;
        let mut layouts = Vec::new();
        let of = wish.steps.len();
        for (done, &step) in wish.steps.iter().enumerate() {
            told.set(Film::Making(done, of));
            let mut frame: Option<Sheet> = None;
            for (at, (which, own)) in self.nearest(wish, step).into_iter().enumerate() {
                let pictures = self.drawn(thumbnails(which, own)).await?;
                let maps = match &wish.maps {
                    None => None,
                    Some((index, looking)) => {
                        let large = past(which, FILM, own, *index as u32, 1);
                        let large = self.drawn(large).await?.into_iter().next();
                        large.map(|sample| (*index, looking, sample))
                    }
                };
                if layouts.len() == at {
                    let lines = 1 + usize::from(wish.names.is_some());
                    layouts.push(layout(&pictures, maps.as_ref()).with_lines(lines));
                }
                let mut sheet = self.sheet(layouts[at], pictures, maps).await?;
                let mut words = vec![format!("step {own}")];
                if let Some(names) = &wish.names {
                    words.insert(0, names[at].clone());
                }
                for (line, words) in words.iter().enumerate() {
                    sheet.write(line, words);
                }
                frame = Some(match frame {
                    None => sheet,
                    Some(left) => left.beside(&sheet),
                });
            }
            let Some(sheet) = frame else {
                continue;
            };
            let gif = match &mut begun {
                Some(begun) => begun,
                None => {
                    let [width, height] = sheet.size().map(|length| length as u16);
                    begun.insert(Gif::new(width, height, &wish.address).map_err(unwritten)?)
                }
            };
            let stays = if done + 1 == of { LAST_STAYS } else { STAYS };
            self.add(gif, &sheet, stays).await?;
        }
        let gif = begun.ok_or_else(|| {
            Some("There is no snapshot of this run any more; do a few steps first.".to_owned())
        })?;
        gif.end().map_err(unwritten)
    }

    /// Of each run that is filmed, its snapshot nearest to a step; none where all have let that go.
    fn nearest(&self, wish: &Wish, step: u64) -> Vec<(Which, u64)> {
        let there = self.there.borrow();
        let runs = [Which::First, Which::Second].into_iter().zip(&*there);
        let runs = runs.take(1 + usize::from(wish.names.is_some()));
        let found: Vec<_> = runs
            .filter_map(|(which, snapshots)| Some((which, nearest(snapshots, step)?)))
            .collect();
        let all = wish.names.as_ref().map_or(1, |names| names.len());
        let there = found.len() == all && found.iter().any(|&(_, own)| own == step);
        if there { found } else { Vec::new() }
    }

    /// One run's part of a frame.
    async fn sheet(
        &self,
        layout: Layout,
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
fn thumbnails(which: Which, step: u64) -> Pictures {
    Pictures {
        parts: Parts {
            attention: false,
            ..Parts::default()
        },
        ..past(which, FILM, step, 0, PICTURES)
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
