//! What one sees, to be taken away: a figure in the manner of the paper's Figure 5, its caption, its
//! numbers, and the address that shows it again. Pure code, no browser.
//!
//! A figure carries the page's address, so that the file itself says where it came from:
//! [`address_in`](carried::address_in) finds it again.
pub mod bibtex;
pub mod caption;
pub mod carried;
pub mod changes;
pub mod embed;
pub mod npy;
pub mod png_text;
pub mod svg;

use crate::page::attention::field::Sight;
use crate::page::attention::flow::Flow;
use crate::page::attention::lens::{Direction, Lens};
use crate::page::attention::look::Look;
use crate::page::attention::pixel::Point;
use crate::page::attention::region::Region;
use crate::page::image::Image;
use crate::page::view::changes::Changes;
use crate::page::view::looking::Display;
use crate::page::view::slot::Shared;
use crate::protocol::AllRows;

/// What one sees.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What the model is called.
    pub model: String,
    /// The seed of the picture.
    pub seed: u64,
    /// Which picture of the seed, from 0.
    pub sample: usize,
    /// The picture.
    pub picture: Shared<Image>,
    /// Its attention layers, from the coarsest.
    pub layers: Vec<Layer>,
    /// The pixels that are asked about; none, or each with one look a layer.
    pub queries: Vec<Query>,
    /// What was changed when it was drawn.
    pub edits: Changes,
    /// What is shown of the layers.
    pub sight: Sight,
    /// What all rows of each layer say, where that is shown.
    pub all: Vec<Shared<AllRows>>,
    /// The region that exchanges with the queries', and how much, a layer each; or none.
    pub second: Option<(Region, Vec<Flow>)>,
    /// The layer whose arrows lie over the picture.
    pub arrows_of: Option<usize>,
    /// How maps are coloured.
    pub display: Display,
    /// What was changed while it was drawn, as the address has it; or nothing.
    pub changes: String,
    /// The page's address that shows the same.
    pub address: String,
}

/// An attention layer in this picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layer {
    /// Width and height of its map.
    pub side: u32,
    /// γ as the picture was drawn with.
    pub gamma: f32,
    /// ‖γ·o‖ / ‖x‖.
    pub share: f32,
}

/// A pixel that is asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Its pin's number, from 0.
    pub number: usize,
    /// Where it is; of a region, its middle.
    pub pixel: Point,
    /// The pixels that are asked about, where they are several.
    pub region: Option<Region>,
    /// What each layer's map says of it, from the coarsest.
    pub looks: Vec<Shared<Look>>,
}

impl Figure {
    /// How the queries are asked about; all are asked alike.
    fn look(&self) -> Option<&Look> {
        Some(self.queries.first()?.looks.first()?)
    }

    /// Whether all rows are shown, rather than those of the queries.
    fn is_whole(&self) -> bool {
        self.sight != Sight::Pixel && self.all.len() == self.layers.len()
    }

    /// Which picture it is of.
    pub fn title(&self) -> String {
        format!("{}, seed {}, sample {}", self.model, self.seed, self.sample)
    }

    /// A file name without its ending.
    pub fn stem(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let model: String = self.model.to_lowercase().chars().map(plain).collect();
        format!(
            "saganscope-{}-seed{}-sample{}",
            model.trim_matches('-'),
            self.seed,
            self.sample
        )
    }

    /// The weights of all queries at a layer as an NPY file, `[queries, side, side]`, and its name:
    /// rows of the map, or columns; or what would be lost, in percent, where that is shown. Nothing where nothing is asked, or there is no such layer.
    pub fn weights(&self, layer: usize) -> Option<(String, Vec<u8>)> {
        let side = self.layers.get(layer)?.side;
        let looks: Option<Vec<_>> = self.queries.iter().map(|q| q.looks.get(layer)).collect();
        let looks = looks.filter(|looks| !looks.is_empty())?;
        let kind = match looks[0].question.direction {
            Direction::From => "rows",
            Direction::To => "columns",
        };
        let shape = [looks.len(), side as usize, side as usize];
        let (kind, values): (_, fn(&Look) -> &[f32]) = match looks[0].question.lens {
            Lens::WouldLose => (format!("{kind}-lost"), |look| &look.values),
            Lens::LooksAt | Lens::OnlyThis | Lens::Everybody => {
                (kind.to_owned(), |look| &look.weights)
            }
        };
        let values = looks.iter().flat_map(|look| values(look).iter().copied());
        let name = format!("{}-layer{side}x{side}-{kind}.npy", self.stem());
        Some((name, npy::npy(&shape, values)))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::attention::look::Question;
    use crate::page::attention::map::Map;
    use crate::page::attention::map::tests::{identity, sink};

    /// Two pins of a picture of 8×8 with a sink at 2×2 and an identity at 4×4.
    pub(crate) fn figure(direction: Direction, lens: Lens) -> Figure {
        let maps = [sink(2, 1), identity(4)];
        let ask = |map: &Map, pixel: Point| {
            let question = Question {
                cell: pixel.cell(8, map.side()),
                region: None,
                direction,
                lens,
            };
            Shared::new(Look::ask(map, question))
        };
        let queries = [(0, Point { x: 1, y: 6 }), (2, Point { x: 7, y: 0 })];
        Figure {
            model: "Faces & <Masks>".into(),
            seed: 7,
            sample: 3,
            picture: Shared::new(Image {
                side: 8,
                rgba: vec![200; 256],
            }),
            layers: [2, 4]
                .map(|side| Layer {
                    side,
                    gamma: 0.5,
                    share: 0.25,
                })
                .to_vec(),
            queries: queries
                .map(|(number, pixel)| Query {
                    number,
                    pixel,
                    region: None,
                    looks: maps.iter().map(|map| ask(map, pixel)).collect(),
                })
                .to_vec(),
            edits: Changes::default(),
            sight: Sight::Pixel,
            all: Vec::new(),
            second: None,
            arrows_of: Some(1),
            changes: String::new(),
            display: Display::default(),
            address: "https://example.org/s/?seed=7&sample=3&pins=1.6_-_7.0".into(),
        }
    }

    /// The same picture with all its rows at once.
    pub(crate) fn whole_figure(sight: Sight) -> Figure {
        let all = |cells: usize| {
            Shared::new(AllRows {
                bits: vec![3.0; cells],
                displacement: vec![1.0; 2 * cells],
                components: vec![0.5; 3 * cells],
                held: [0.5, 0.25, 0.125],
                lookers: vec![0.0; cells],
                distinct: vec![0.0; cells],
            })
        };
        Figure {
            sight,
            all: vec![all(4), all(16)],
            ..figure(Direction::From, Lens::LooksAt)
        }
    }

    #[test]
    fn a_file_is_named_plainly_whatever_the_model_is_called() {
        let stem = figure(Direction::From, Lens::LooksAt).stem();
        assert_eq!(stem, "saganscope-faces----masks-seed7-sample3");
    }

    #[test]
    fn weights_are_one_square_a_pin() {
        let figure = figure(Direction::To, Lens::OnlyThis);
        let (name, bytes) = figure.weights(1).unwrap_or_default();
        assert!(name.ends_with("-layer4x4-columns.npy"), "{name}");
        let header = String::from_utf8_lossy(&bytes[..128]).into_owned();
        assert!(header.contains("(2, 4, 4)"), "{header}");
        // Weights whatever the lens: the second pin's cell looks at itself.
        let values: Vec<f32> = bytes[bytes.len() - 64..]
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        assert!(
            values[3] > 0.99 && values[3] <= 1.0 && values[4] < 0.01,
            "{values:?}"
        );
        assert_eq!(figure.weights(2), None);
    }

    #[test]
    fn where_losses_are_looked_at_they_are_what_is_saved() {
        let mut figure = figure(Direction::From, Lens::LooksAt);
        let mut looks: Vec<Look> = figure.queries[0]
            .looks
            .iter()
            .map(|look| (**look).clone())
            .collect();
        for look in &mut looks {
            look.question.lens = Lens::WouldLose;
            look.values = (0..look.cells()).map(|cell| cell as f32).collect();
        }
        figure.queries.truncate(1);
        figure.queries[0].looks = looks.into_iter().map(Shared::new).collect();
        let (name, bytes) = figure.weights(1).unwrap_or_default();
        assert!(name.ends_with("-layer4x4-rows-lost.npy"), "{name}");
        assert_eq!(bytes[bytes.len() - 4..], 15f32.to_le_bytes());
    }
}
