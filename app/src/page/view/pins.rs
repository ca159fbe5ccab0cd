//! Which pixels are looked from: several that are held, or one under the pointer.

use crate::page::attention::pixel::Point;

/// The most pins at a time: as many colours as can be told apart, the colour-blind included.
pub const MOST_PINS: usize = 5;

/// The pixel in question while nothing is pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Nobody has pointed yet; the first picture sets the first look.
    Unset,
    /// Cleared on purpose.
    Cleared,
    /// Under the pointer, or where it was last.
    At(Point),
}

/// The pixels that are looked from. While there are pins, one of them is active and the pointer
/// moves nothing by itself. A pin keeps its number until it is taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pins {
    places: [Option<Point>; MOST_PINS],
    active: usize,
    mark: Mark,
}

impl Pins {
    /// No pins.
    pub fn marked(mark: Mark) -> Self {
        Self {
            places: [None; MOST_PINS],
            active: 0,
            mark,
        }
    }

    /// Pins at these places; the first there is becomes active if `active` is none of them.
    pub fn pinned(places: [Option<Point>; MOST_PINS], active: usize) -> Self {
        let mut pins = Self {
            places,
            active,
            mark: Mark::Unset,
        };
        pins.settle();
        pins
    }

    /// The pixel in question, if there is one: the active pin's, or the marked one.
    pub fn pixel(&self) -> Option<Point> {
        match (self.active(), self.mark) {
            (Some(number), _) => self.places[number],
            (None, Mark::At(pixel)) => Some(pixel),
            (None, Mark::Unset | Mark::Cleared) => None,
        }
    }

    /// What is marked while nothing is pinned.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// The number of the active pin, from 0.
    pub fn active(&self) -> Option<usize> {
        self.places
            .get(self.active)
            .copied()
            .flatten()
            .map(|_| self.active)
    }

    /// The same places in a picture of another size; these are of a `from`² one.
    pub fn scaled(self, from: u32, to: u32) -> Self {
        let mark = match self.mark {
            Mark::At(pixel) => Mark::At(pixel.scaled(from, to)),
            mark => mark,
        };
        Self {
            places: self
                .places
                .map(|place| place.map(|pixel| pixel.scaled(from, to))),
            mark,
            ..self
        }
    }

    /// Whether anything is pinned.
    pub fn held(&self) -> bool {
        self.active().is_some()
    }

    /// Whether one more would fit.
    pub fn has_room(&self) -> bool {
        self.places.contains(&None)
    }

    /// The pins with their numbers, from 0.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Point)> + '_ {
        let numbered = self.places.iter().enumerate();
        numbered.filter_map(|(number, place)| place.map(|pixel| (number, pixel)))
    }

    /// How many pins there are.
    pub fn count(&self) -> usize {
        self.iter().count()
    }

    /// Whether the two differ in nothing but where their pixels are.
    pub fn only_moved_from(&self, other: &Self) -> bool {
        let kinds = |pins: &Self| {
            let marked = matches!(pins.mark, Mark::At(_));
            (
                pins.places.map(|place| place.is_some()),
                pins.active,
                marked,
            )
        };
        kinds(self) == kinds(other)
    }

    /// The pointer is over this pixel.
    pub fn point_at(&mut self, pixel: Point) {
        if !self.held() {
            self.mark = Mark::At(pixel);
        }
    }

    /// This pixel was clicked: its pin becomes active, or is taken out if it was; where there is
    /// none, the active pin moves there, or the first is set.
    pub fn pin(&mut self, pixel: Point) {
        match (self.at(pixel), self.active()) {
            (Some(number), Some(active)) if number == active => self.release(number),
            (Some(number), _) => self.active = number,
            (None, Some(active)) => self.places[active] = Some(pixel),
            (None, None) => {
                self.active = 0;
                self.places[0] = Some(pixel);
            }
        }
    }

    /// Sets one more pin, which becomes active. Where one is there already, that one does; where
    /// there is no room, the active one moves.
    pub fn add(&mut self, pixel: Point) {
        let free = self.places.iter().position(Option::is_none);
        match (self.at(pixel), free) {
            (Some(number), _) => self.active = number,
            (None, Some(number)) => {
                self.active = number;
                self.places[number] = Some(pixel);
            }
            (None, None) => self.pin(pixel),
        }
    }

    /// Sets one more pin where a comparison with the pixel in question tells most: at its mirror
    /// image, or where that is taken, beside it.
    pub fn add_beside(&mut self, size: u32) {
        let Some(pixel) = self.pixel() else { return };
        if !self.held() {
            self.pin(pixel);
            return;
        }
        let step = (size / 8).max(1) as i32;
        let beside = [(0, step), (0, -step), (step, 0), (-step, 0)]
            .map(|(dx, dy)| pixel.moved(dx, dy, size));
        let mut candidates = std::iter::once(pixel.mirrored(size)).chain(beside);
        if let Some(free) = candidates.find(|&place| self.at(place).is_none()) {
            self.add(free);
        }
    }

    /// Makes a pin active.
    pub fn activate(&mut self, number: usize) {
        if matches!(self.places.get(number), Some(Some(_))) {
            self.active = number;
        }
    }

    /// Moves a pin, which becomes active.
    pub fn move_to(&mut self, number: usize, pixel: Point) {
        self.activate(number);
        if self.active() == Some(number) {
            self.places[number] = Some(pixel);
        }
    }

    /// Takes a pin out. Where it was the last, its pixel stays marked.
    pub fn release(&mut self, number: usize) {
        if let Some(pixel) = self.places.get_mut(number).and_then(Option::take) {
            self.mark = Mark::At(pixel);
            self.settle();
        }
    }

    /// Pins the marked pixel, or takes the active pin out.
    pub fn toggle(&mut self) {
        match (self.active(), self.mark) {
            (Some(number), _) => self.release(number),
            (None, Mark::At(pixel)) => self.pin(pixel),
            (None, Mark::Unset | Mark::Cleared) => {}
        }
    }

    /// Moves the pixel in question by so many columns and rows of a `size`² picture; without one,
    /// begins in the middle.
    pub fn step(&mut self, dx: i32, dy: i32, size: u32) {
        match (self.active(), self.mark) {
            (Some(number), _) => {
                self.places[number] = self.places[number].map(|p| p.moved(dx, dy, size));
            }
            (None, Mark::At(pixel)) => self.mark = Mark::At(pixel.moved(dx, dy, size)),
            (None, Mark::Unset | Mark::Cleared) => {
                self.mark = Mark::At(Point::at_fraction(0.5, 0.5, size));
            }
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::marked(Mark::Cleared);
    }

    /// Brings everything into a picture of `size`², and marks `first` where nobody has pointed yet.
    pub fn enter(&mut self, size: u32, first: Point) {
        self.places = self.places.map(|place| place.map(|p| p.clamped(size)));
        self.mark = match self.mark {
            Mark::Unset if !self.held() => Mark::At(first.clamped(size)),
            Mark::At(pixel) => Mark::At(pixel.clamped(size)),
            mark => mark,
        };
    }

    fn at(&self, pixel: Point) -> Option<usize> {
        self.places.iter().position(|&place| place == Some(pixel))
    }

    fn settle(&mut self) {
        if !self.held() {
            self.active = self
                .places
                .iter()
                .position(Option::is_some)
                .unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Point = Point { x: 1, y: 1 };
    const B: Point = Point { x: 6, y: 2 };

    fn one() -> Pins {
        let mut pins = Pins::marked(Mark::Unset);
        pins.pin(A);
        pins
    }

    #[test]
    fn a_pin_holds_until_released() {
        let mut pins = Pins::marked(Mark::Unset);
        pins.point_at(A);
        assert_eq!((pins.pixel(), pins.held()), (Some(A), false));
        pins.toggle();
        pins.point_at(B);
        assert_eq!((pins.pixel(), pins.held()), (Some(A), true));
        pins.pin(B);
        assert_eq!(
            (pins.pixel(), pins.count()),
            (Some(B), 1),
            "a click elsewhere moves it"
        );
        pins.pin(B);
        assert_eq!(
            (pins.pixel(), pins.held()),
            (Some(B), false),
            "a click on it releases it"
        );
        pins.point_at(A);
        assert_eq!(pins.pixel(), Some(A));
        pins.clear();
        assert_eq!((pins.pixel(), pins.mark()), (None, Mark::Cleared));
    }

    #[test]
    fn numbers_stay_when_another_pin_is_taken_out() {
        let mut pins = one();
        pins.add(B);
        assert_eq!((pins.active(), pins.count()), (Some(1), 2));
        pins.release(0);
        assert_eq!(pins.iter().collect::<Vec<_>>(), [(1, B)]);
        assert_eq!(pins.active(), Some(1));
        pins.add(A);
        assert_eq!(pins.active(), Some(0), "a free number is used again");
        pins.release(0);
        assert_eq!(pins.active(), Some(1), "another becomes active");
    }

    #[test]
    fn there_are_five_at_most_and_none_on_another() {
        let mut pins = one();
        pins.add(A);
        assert_eq!(pins.count(), 1);
        for x in 10..20 {
            pins.add(Point { x, y: 0 });
        }
        assert_eq!(pins.count(), MOST_PINS);
        assert!(!pins.has_room());
        assert_eq!(
            pins.pixel(),
            Some(Point { x: 19, y: 0 }),
            "the active one moves"
        );
    }

    #[test]
    fn one_more_is_set_at_the_mirror_image_or_beside() {
        let mut pins = Pins::marked(Mark::At(A));
        pins.add_beside(64);
        assert_eq!(
            (pins.count(), pins.pixel()),
            (1, Some(A)),
            "the marked pixel first"
        );
        pins.add_beside(64);
        assert_eq!(pins.pixel(), Some(Point { x: 62, y: 1 }));
        pins.add_beside(64);
        assert_eq!(
            pins.pixel(),
            Some(Point { x: 62, y: 9 }),
            "the mirror image is taken"
        );
    }

    #[test]
    fn entering_a_smaller_picture_keeps_all_inside() {
        let mut pins = one();
        pins.add(Point { x: 60, y: 60 });
        pins.enter(32, A);
        assert_eq!(pins.pixel(), Some(Point { x: 31, y: 31 }));
        let mut unset = Pins::marked(Mark::Unset);
        unset.enter(8, B);
        assert_eq!(unset.pixel(), Some(B));
        let mut cleared = Pins::marked(Mark::Cleared);
        cleared.enter(8, B);
        assert_eq!(cleared.pixel(), None);
    }

    #[test]
    fn arrows_start_in_the_middle_and_stop_at_the_edge() {
        let mut pins = Pins::marked(Mark::Cleared);
        pins.step(0, 1, 8);
        assert_eq!(pins.pixel(), Some(Point { x: 4, y: 4 }));
        pins.step(100, -1, 8);
        assert_eq!(pins.pixel(), Some(Point { x: 7, y: 3 }));
    }

    #[test]
    fn moving_is_told_from_pinning() {
        let mut moved = one();
        moved.move_to(0, B);
        assert!(moved.only_moved_from(&one()));
        moved.add(A);
        assert!(!moved.only_moved_from(&one()));
        assert!(!Pins::marked(Mark::At(A)).only_moved_from(&one()));
    }
}
