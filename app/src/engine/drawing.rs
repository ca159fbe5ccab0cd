//! The pictures that are being drawn.

use std::{collections::VecDeque, rc::Rc};

use burn::tensor::Tensor;
use saganscope_model::{
    edits::{self, Edits},
    latents::{Inputs, latent},
    moves, noise,
};

use super::{clock::now, models::Painter, outbox, readback};
use crate::protocol::{
    Along, Answer, DrawReply, Latents, LayerEdit, MapEdit, Moves, Parts, Pictures, Place, Toward,
};

/// What one request may ask for.
const MOST_PICTURES: usize = 256;

/// Requests for pictures that are not answered in full, the newest last.
#[derive(Default)]
pub(super) struct Drawings {
    under_way: Vec<Drawing>,
}

/// One request.
struct Drawing {
    request: u32,
    topic: u32,
    painter: Rc<Painter>,
    /// What goes at once, still to be drawn.
    lots: VecDeque<Inputs>,
    edits: Edits,
    parts: Parts,
    /// The next picture.
    next: u32,
    millis: f64,
}

impl Drawings {
    pub(super) fn is_empty(&self) -> bool {
        self.under_way.is_empty()
    }

    /// Takes a request on; an older one on its topic ends here.
    pub(super) fn begin(
        &mut self,
        request: u32,
        asked: Pictures,
        painter: Rc<Painter>,
    ) -> Result<(), String> {
        self.under_way.retain(|older| {
            let stays = older.topic != asked.topic;
            if !stays {
                outbox::post(older.request, Answer::Draw(DrawReply::Superseded));
            }
            stays
        });
        let (topic, parts) = (asked.topic, asked.parts);
        let (inputs, edits) = prepared(&painter, asked)?;
        self.under_way.push(Drawing {
            request,
            topic,
            lots: inputs.lots(&painter.artist.config, painter.at_once).into(),
            edits,
            parts,
            painter,
            next: 0,
            millis: 0.0,
        });
        Ok(())
    }

    /// Draws the next pictures of the newest request.
    pub(super) async fn draw_some(&mut self) {
        let Some(newest) = self.under_way.last_mut() else {
            return;
        };
        let end = match newest.draw_some().await {
            Ok(()) if !newest.lots.is_empty() => return,
            Ok(()) => DrawReply::Done {
                millis: newest.millis,
            },
            Err(sentence) => DrawReply::Failed { sentence },
        };
        outbox::post(newest.request, Answer::Draw(end));
        self.under_way.pop();
    }
}

impl Drawing {
    /// Draws as many as go at once, and posts them.
    async fn draw_some(&mut self) -> Result<(), String> {
        let Some(lot) = self.lots.pop_front() else {
            return Ok(());
        };
        let start = now();
        let artist = &self.painter.artist;
        let drawn = artist.draw_edited(lot, &self.edits);
        let samples = readback::samples(drawn, artist.config.size, self.parts).await?;
        for sample in samples {
            let index = self.next;
            self.next += 1;
            outbox::post(
                self.request,
                Answer::Draw(DrawReply::Sample { index, sample }),
            );
        }
        self.millis += now() - start;
        Ok(())
    }
}

/// The first picture that is asked for, `[1, 3, size, size]`, at once.
pub(super) fn first(painter: &Painter, asked: Pictures) -> Result<Tensor<4>, String> {
    let (inputs, edits) = prepared(painter, asked)?;
    let artist = &painter.artist;
    let first = inputs.lots(&artist.config, 1).into_iter().next();
    let first = first.ok_or("No picture was asked for.")?;
    Ok(artist.draw_edited(first, &edits).image)
}

/// What all pictures are drawn from, and what is changed in the network that draws them.
fn prepared(painter: &Painter, asked: Pictures) -> Result<(Inputs, Edits), String> {
    let inputs = inputs(painter, asked.latents, asked.noise, asked.noise_place)?;
    let edits = asked.edits.into_iter().map(edit).collect();
    let edits = painter.artist.edits(edits);
    Ok((inputs, edits.map_err(|error| error.to_string())?))
}

/// What all pictures are drawn from, once it is found to be right.
fn inputs(
    painter: &Painter,
    asked: Latents,
    noise: Option<u64>,
    place: Option<Place>,
) -> Result<Inputs, String> {
    let config = &painter.artist.config;
    let (inputs, pictures) = match asked {
        Latents::Seed { seed, first, count } => {
            check_count(count as usize)?;
            let pictures = u64::from(first)..u64::from(first) + u64::from(count);
            (painter.inputs(seed, pictures.clone()), pictures)
        }
        Latents::Moved {
            seed,
            picture,
            moves,
        } => {
            let pictures = u64::from(picture)..u64::from(picture) + 1;
            let latents = moved(painter, seed, picture, moves)?;
            let inputs = Inputs::with_noise(config, latents, seed, pictures.clone());
            (inputs, pictures)
        }
        Latents::Given { values } => {
            check_given(&values, config.z_dim)?;
            let inputs = Inputs::of_latents(config, values, 0);
            let pictures = 0..inputs.count(config) as u64;
            (inputs, pictures)
        }
    };
    let Some(seed) = noise else {
        return Ok(inputs);
    };
    let anew = Inputs::with_noise(config, inputs.latents.clone(), seed, pictures);
    Ok(match place {
        None => anew,
        Some(Place { first, last }) => {
            let corner = |corner: [u32; 2]| corner.map(|along| along as usize);
            let place = noise::Place {
                first: corner(first),
                last: corner(last),
            };
            inputs.with_noise_at(config, &anew, place)
        }
    })
}

fn check_count(count: usize) -> Result<(), String> {
    if count > MOST_PICTURES {
        return Err(format!(
            "{count} pictures were asked for; at most {MOST_PICTURES} are drawn at once."
        ));
    }
    Ok(())
}

fn check_given(values: &[f32], z_dim: usize) -> Result<(), String> {
    if !values.len().is_multiple_of(z_dim) {
        return Err(format!(
            "This model draws from {z_dim} numbers a picture, but {} numbers came.",
            values.len()
        ));
    }
    if !values.iter().all(|value| value.is_finite()) {
        return Err("The latents hold a value that is not a finite number.".into());
    }
    check_count(values.len() / z_dim)
}

/// The latent vector of a picture, moved.
fn moved(painter: &Painter, seed: u64, picture: u32, moves: Moves) -> Result<Vec<f32>, String> {
    let of = |picture: u32| latent(seed, u64::from(picture), painter.artist.config.z_dim);
    let toward = |Toward { picture, part }| moves::Toward {
        latent: of(picture),
        part,
    };
    let nudges = moves.nudges.into_iter().map(|nudge| moves::Nudge {
        along: match nudge.along {
            Along::Number(number) => moves::Along::Number(number as usize),
            Along::Direction(direction) => moves::Along::Direction(direction as usize),
        },
        by: nudge.by,
    });
    let moves = moves::Moves {
        toward: moves.toward.map(toward),
        scale: moves.scale,
        nudges: nudges.collect(),
    };
    let moved = painter.artist.moved(&of(picture), &moves);
    moved.map_err(|error| error.to_string())
}

/// The page's edit as the model has it.
fn edit(LayerEdit { gamma, map, biases }: LayerEdit) -> edits::LayerEdit {
    let places = |places: Vec<u32>| places.into_iter().map(|place| place as usize).collect();
    let biases = biases.into_iter().map(|bias| edits::KeyBias {
        keys: places(bias.keys),
        factor: bias.factor,
        queries: bias.queries.map(places),
    });
    edits::LayerEdit {
        gamma,
        map: match map {
            MapEdit::Own => edits::MapEdit::Own,
            MapEdit::Uniform => edits::MapEdit::Uniform,
            MapEdit::MeanRow => edits::MapEdit::MeanRow,
            MapEdit::Shuffled { seed } => edits::MapEdit::Shuffled { seed },
            MapEdit::Patch { seed, index } => edits::MapEdit::Patch {
                seed,
                index: u64::from(index),
            },
        },
        biases: biases.collect(),
    }
}
