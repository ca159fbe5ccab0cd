//! All that can be changed while the chosen picture is drawn.

use crate::page::attention::pixel::Point;
use crate::page::attention::region::Region;
use crate::protocol::{Along, Latents, LayerEdit, Moves, Nudge, Pictures, Place, Source, Toward};

/// The largest factor on a latent vector.
pub const MOST_SCALE: f32 = 1.5;

/// The longest step along a number or a direction.
pub const MOST_NUDGE: f32 = 10.0;

/// What is changed; by default nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// In the attention layers, one each from the coarsest; nothing in those that are missing.
    pub layers: Vec<LayerEdit>,
    /// Where the latent vector is moved.
    pub moves: Moves,
    /// Noise that is drawn anew, in models that have any.
    pub noise: Option<Anew>,
}

/// Noise that is drawn anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anew {
    /// From which seed.
    pub seed: u64,
    /// At which pixels; at all of them without.
    pub region: Option<Region>,
}

/// A change of the latent vector or of the noise.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// Go towards this picture of the seed, or nowhere.
    Toward(Option<u32>),
    /// Go this part of the way.
    Part(f32),
    /// Multiply the vector.
    Scale(f32),
    /// Go so far along a number or a direction.
    Nudge(Along, f32),
    /// Leave the vector as the seed has it.
    Home,
    /// Draw noise anew, or no longer.
    Noise(Option<Anew>),
}

/// What part of the way is gone at first.
const FIRST_PART: f32 = 0.5;

impl Changes {
    /// In layers alone.
    pub fn of_layers(layers: Vec<LayerEdit>) -> Self {
        Self {
            layers,
            ..Self::default()
        }
    }

    /// Whether there is any.
    pub fn any(&self) -> bool {
        *self != Self::default()
    }

    /// Whether the latent vector is moved.
    pub fn moves_latent(&self) -> bool {
        self.moves != Moves::default()
    }

    /// How far the vector goes along a number or a direction.
    pub fn nudge(&self, along: Along) -> f32 {
        let nudges = self.moves.nudges.iter();
        let found = nudges.copied().find(|nudge| nudge.along == along);
        found.map_or(0.0, |nudge| nudge.by)
    }

    /// What a move changes.
    pub fn make(&mut self, change: Move) {
        let moves = &mut self.moves;
        match change {
            Move::Toward(None) => moves.toward = None,
            Move::Toward(Some(picture)) => {
                let part = moves.toward.map_or(FIRST_PART, |toward| toward.part);
                moves.toward = Some(Toward { picture, part });
            }
            Move::Part(part) => {
                if let Some(toward) = &mut moves.toward {
                    toward.part = part.clamp(0.0, 1.0);
                }
            }
            Move::Scale(scale) => moves.scale = scale.clamp(0.0, MOST_SCALE),
            Move::Nudge(along, by) => {
                let by = by.clamp(-MOST_NUDGE, MOST_NUDGE);
                let at = moves.nudges.iter().position(|nudge| nudge.along == along);
                match at {
                    Some(at) if by == 0.0 => {
                        moves.nudges.remove(at);
                    }
                    Some(at) => moves.nudges[at].by = by,
                    None if by == 0.0 => {}
                    None => moves.nudges.push(Nudge { along, by }),
                }
            }
            Move::Home => *moves = Moves::default(),
            Move::Noise(noise) => self.noise = noise,
        }
    }

    /// One picture of a seed with these changes.
    pub fn picture(&self, topic: u32, of: Source, seed: u64, index: usize) -> Pictures {
        Pictures {
            edits: self.layers.clone(),
            ..self.without_edits(topic, of, seed, index)
        }
    }

    /// The same in a network whose layers stay as they are.
    pub fn without_edits(&self, topic: u32, of: Source, seed: u64, index: usize) -> Pictures {
        let picture = index as u32;
        let plain = Pictures::of_seed(topic, of, seed, picture, 1);
        let corner = |corner: Point| [corner.x, corner.y];
        let place = |region: Region| Place {
            first: corner(region.first()),
            last: corner(region.last()),
        };
        Pictures {
            latents: match self.moves_latent() {
                true => Latents::Moved {
                    seed,
                    picture,
                    moves: self.moves.clone(),
                },
                false => plain.latents,
            },
            noise: self.noise.map(|anew| anew.seed),
            noise_place: self.noise.and_then(|anew| anew.region).map(place),
            ..plain
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(moves: impl IntoIterator<Item = Move>) -> Changes {
        let mut changes = Changes::default();
        moves.into_iter().for_each(|one| changes.make(one));
        changes
    }

    #[test]
    fn a_way_keeps_its_part_when_it_leads_elsewhere_and_ends_with_its_end() {
        let changes = after([
            Move::Part(0.9),
            Move::Toward(Some(5)),
            Move::Part(0.25),
            Move::Toward(Some(7)),
        ]);
        let toward = Toward {
            picture: 7,
            part: 0.25,
        };
        assert_eq!(changes.moves.toward, Some(toward));
        assert!(changes.any() && changes.moves_latent());
        assert!(!after([Move::Toward(Some(5)), Move::Toward(None)]).any());
        assert_eq!(
            after([Move::Toward(Some(5)), Move::Part(9.0)])
                .moves
                .toward
                .map(|t| t.part),
            Some(1.0)
        );
    }

    #[test]
    fn a_nudge_back_to_nothing_is_none_and_each_has_its_own() {
        let (number, direction) = (Along::Number(3), Along::Direction(3));
        let changes = after([
            Move::Nudge(number, 2.0),
            Move::Nudge(direction, -99.0),
            Move::Nudge(number, 0.0),
        ]);
        assert_eq!(changes.nudge(direction), -MOST_NUDGE);
        assert_eq!(changes.nudge(number), 0.0);
        assert_eq!(changes.moves.nudges.len(), 1);
        assert!(!after([Move::Nudge(number, 0.0), Move::Scale(1.0)]).any());
    }

    #[test]
    fn what_is_asked_of_the_engine_holds_all_of_it() {
        let region = Region::between(Point { x: 3, y: 9 }, Point { x: 1, y: 12 });
        let noise = Anew {
            seed: 7,
            region: Some(region),
        };
        let mut changes = after([Move::Scale(0.5), Move::Noise(Some(noise))]);
        changes.layers.push(LayerEdit {
            gamma: 0.0,
            ..LayerEdit::default()
        });
        let asked = changes.picture(2, Source::Model(1), 4, 6);
        let moves = changes.moves.clone();
        let latents = Latents::Moved {
            seed: 4,
            picture: 6,
            moves,
        };
        assert_eq!((asked.latents, asked.noise), (latents, Some(7)));
        let place = Place {
            first: [1, 9],
            last: [3, 12],
        };
        assert_eq!(asked.noise_place, Some(place));
        assert_eq!(asked.edits, changes.layers);
        assert!(
            changes
                .without_edits(2, Source::Model(1), 4, 6)
                .edits
                .is_empty()
        );
        // What is not moved is asked for as ever.
        let plain = Changes::default().picture(2, Source::Model(1), 4, 6);
        assert_eq!(plain, Pictures::of_seed(2, Source::Model(1), 4, 6, 1));
    }
}
