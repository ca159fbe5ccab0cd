//! Each question is answered once, however many ask it.

use super::look::{Look, Question};
use super::map::Map;
use crate::page::view::slot::Shared;

/// The answers of the latest round, so that picture, maps and comparison share them and a pin's
/// answer is not worked out again while another moves.
#[derive(Debug, Default)]
pub struct Looks {
    held: Vec<Held>,
}

#[derive(Debug)]
struct Held {
    map: Shared<Map>,
    look: Shared<Look>,
    wanted: bool,
}

impl Looks {
    /// Begins a round: what the round before did not ask for is forgotten.
    pub fn begin(&mut self) {
        self.held.retain(|held| held.wanted);
        self.held.iter_mut().for_each(|held| held.wanted = false);
    }

    /// The answer to a question.
    pub fn ask(&mut self, map: &Shared<Map>, question: Question) -> Shared<Look> {
        let known = self
            .held
            .iter_mut()
            .find(|held| held.map == *map && held.look.question == question);
        if let Some(held) = known {
            held.wanted = true;
            return held.look.clone();
        }
        let look = Shared::new(Look::ask(map, question));
        self.held.push(Held {
            map: map.clone(),
            look: look.clone(),
            wanted: true,
        });
        look
    }
}

#[cfg(test)]
mod tests {
    use super::super::lens::{Direction, Lens};
    use super::super::map::tests::{identity, sink};
    use super::super::pixel::Point;
    use super::*;

    #[test]
    fn an_answer_is_kept_while_it_is_asked_for() {
        let (map, other) = (Shared::new(identity(4)), Shared::new(sink(4, 1)));
        let at = |x| Question {
            cell: Point { x, y: 0 },
            region: None,
            direction: Direction::From,
            lens: Lens::LooksAt,
        };
        let mut looks = Looks::default();
        let first = looks.ask(&map, at(1));
        assert!(looks.ask(&map, at(1)) == first, "the very same");
        assert!(looks.ask(&map, at(2)) != first && looks.ask(&other, at(1)) != first);
        looks.begin();
        assert!(looks.ask(&map, at(1)) == first);
        looks.begin();
        assert_eq!(looks.held.len(), 1, "what was not asked for is forgotten");
    }
}
