//! How the chosen picture is looked at.

use crate::page::attention::field::Sight;
use crate::page::attention::lens::{Direction, Lens};
use crate::page::attention::palette::Palette;
use crate::page::attention::pixel::Point;
use crate::page::attention::region::Region;
use crate::page::attention::scale::Scale;

use super::pins::Pins;

/// How the chosen picture is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Looking {
    /// From which pixels.
    pub pins: Pins,
    /// The pixels that are asked about together; none while it is one pixel, or pins.
    pub region: Option<Region>,
    /// Others, whose exchange with those is asked about; none without them.
    pub second: Option<Region>,
    /// Which layer's map lies over the large picture: 0 for the coarsest; none for none.
    pub overlay: Option<usize>,
    /// Along which way.
    pub direction: Direction,
    /// Through which lens.
    pub lens: Lens,
    /// What the maps beside the picture show.
    pub sight: Sight,
    /// How maps are coloured.
    pub display: Display,
    /// Whether the pixel in question is looked at in every sample.
    pub across: bool,
    /// Whether the visitor has pointed at anything yet.
    pub has_pointed: bool,
}

/// How maps are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Display {
    /// From values to places between dark and bright.
    pub scale: Scale,
    /// From places to colours.
    pub palette: Palette,
    /// Whether cells blend into each other.
    pub smooth: bool,
    /// How much of the map over the picture is seen, in percent.
    pub opacity: u8,
}

impl Default for Display {
    fn default() -> Self {
        Self {
            scale: Scale::default(),
            palette: Palette::default(),
            smooth: false,
            opacity: 100,
        }
    }
}

/// What can happen to how one looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookingAction {
    /// The pointer is over this pixel.
    PointAt(Point),
    /// The pointer is over this pixel, in the map of this layer.
    PointInMap(usize, Point),
    /// This pixel was clicked.
    Pin(Point),
    /// Set one more pin at this pixel.
    AddPin(Point),
    /// Set one more pin, near the pixel in question.
    AddPinBeside,
    /// Pin the marked pixel, or release the active pin.
    TogglePin,
    /// Make this pin active.
    Activate(usize),
    /// Ask about these pixels together.
    Select(Region),
    /// Ask what the region and these pixels look at in each other.
    SelectSecond(Region),
    /// Ask about the pixel in question as the first corner of a region; where there is one, about a
    /// second one, which at first is its mirror image.
    SelectHere,
    /// Ask about no region, but what was asked about before.
    Deselect,
    /// Move this pin.
    MovePin(usize, Point),
    /// Take this pin out.
    Release(usize),
    /// Move the pixel in question by so many columns and rows.
    Step(i32, i32),
    /// Forget the pixel in question and all pins.
    Clear,
    /// Lay this layer's map over the picture, or none.
    Show(Option<usize>),
    /// Follow the looking this way.
    Follow(Direction),
    /// Read maps through this lens.
    Read(Lens),
    /// Show this beside the picture.
    See(Sight),
    /// Colour maps so.
    Display(Display),
    /// Look at the pixel in question in every sample, or no longer.
    Across(bool),
}

impl Looking {
    /// The pixel in question, if there is one: of a region, its middle.
    pub fn pixel(&self) -> Option<Point> {
        self.region.map(Region::middle).or(self.pins.pixel())
    }

    /// The same way to look at a picture of another size; this one is of a `from`² picture.
    pub fn scaled(&self, from: u32, to: u32) -> Self {
        Self {
            pins: self.pins.scaled(from, to),
            region: self.region.map(|region| region.scaled(from, to)),
            ..*self
        }
    }

    /// What an action changes; `size` is that of the pictures, where one is drawn.
    pub fn change(&mut self, action: LookingAction, size: Option<u32>) {
        use LookingAction as A;
        match (action, self.region) {
            // A region stays until something else is asked about.
            (A::PointAt(_), Some(_)) => return,
            (A::PointInMap(layer, _), Some(_)) => {
                self.overlay = self.overlay.map(|_| layer);
                return;
            }
            (A::Step(dx, dy), Some(region)) => {
                match self.second {
                    None => self.region = size.map(|size| region.stretched(dx, dy, size)),
                    Some(second) => self.second = size.map(|size| second.moved(dx, dy, size)),
                }
                return;
            }
            (A::SelectSecond(second), Some(_)) => {
                self.second = size.map(|size| second.clamped(size));
                return;
            }
            (A::SelectHere, Some(region)) if self.second.is_none() => {
                self.second = size.map(|size| region.mirrored(size));
                return;
            }
            (
                A::Show(_) | A::Follow(_) | A::Read(_) | A::See(_) | A::Display(_) | A::Across(_),
                _,
            ) => {}
            _ => (self.region, self.second) = (None, None),
        }
        match action {
            A::Select(region) | A::SelectSecond(region) => {
                self.region = size.map(|size| region.clamped(size))
            }
            A::SelectHere => {
                self.region = self.pins.pixel().map(|pixel| Region::between(pixel, pixel));
            }
            A::PointAt(pixel) => self.pins.point_at(pixel),
            A::PointInMap(layer, pixel) => {
                self.overlay = self.overlay.map(|_| layer);
                self.pins.point_at(pixel);
            }
            A::Deselect => {}
            A::Pin(pixel) => self.pins.pin(pixel),
            A::AddPin(pixel) => self.pins.add(pixel),
            A::AddPinBeside => {
                if let Some(size) = size {
                    self.pins.add_beside(size);
                }
            }
            A::TogglePin => self.pins.toggle(),
            A::Activate(number) => self.pins.activate(number),
            A::MovePin(number, pixel) => self.pins.move_to(number, pixel),
            A::Release(number) => self.pins.release(number),
            A::Step(dx, dy) => {
                if let Some(size) = size {
                    self.pins.step(dx, dy, size);
                }
            }
            A::Clear => self.pins.clear(),
            A::Show(overlay) => self.overlay = overlay,
            A::Follow(direction) => self.direction = direction,
            A::Read(lens) => self.lens = lens,
            A::See(sight) => self.sight = sight,
            A::Display(display) => self.display = display,
            A::Across(across) => self.across = across,
        }
        self.has_pointed |= matches!(
            action,
            A::PointAt(_)
                | A::PointInMap(..)
                | A::Pin(_)
                | A::AddPin(_)
                | A::Step(..)
                | A::Select(_)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::pins::Mark;
    use super::*;
    use LookingAction as A;

    const A_POINT: Point = Point { x: 10, y: 12 };

    fn after(actions: &[LookingAction]) -> Looking {
        let mut looking = Looking {
            pins: Pins::marked(Mark::At(A_POINT)),
            region: None,
            second: None,
            overlay: Some(1),
            direction: Direction::default(),
            lens: Lens::default(),
            sight: Sight::default(),
            display: Display::default(),
            across: false,
            has_pointed: false,
        };
        actions
            .iter()
            .for_each(|&action| looking.change(action, Some(64)));
        looking
    }

    #[test]
    fn a_region_stays_while_the_pointer_moves_and_goes_with_a_click() {
        let region = Region::between(Point { x: 4, y: 9 }, Point { x: 70, y: 3 });
        let selected = [
            A::Select(region),
            A::PointAt(Point { x: 1, y: 1 }),
            A::Read(Lens::OnlyThis),
        ];
        let looking = after(&selected);
        assert_eq!(
            looking.region,
            Some(region.clamped(64)),
            "inside the picture"
        );
        assert_eq!(looking.pixel(), Some(region.clamped(64).middle()));
        for ending in [
            A::Pin(A_POINT),
            A::Clear,
            A::Deselect,
            A::TogglePin,
            A::AddPinBeside,
        ] {
            let mut actions = selected.to_vec();
            actions.push(ending);
            assert_eq!(after(&actions).region, None, "{ending:?}");
        }
    }

    #[test]
    fn a_second_region_goes_with_the_first() {
        let [first, other] =
            [5, 40].map(|x| Region::between(Point { x, y: 3 }, Point { x: x + 4, y: 9 }));
        let looking = after(&[
            A::Select(first),
            A::SelectSecond(other),
            A::PointAt(A_POINT),
        ]);
        assert_eq!((looking.region, looking.second), (Some(first), Some(other)));
        for ending in [A::Pin(A_POINT), A::Deselect, A::Clear] {
            let ended = after(&[A::Select(first), A::SelectSecond(other), ending]);
            assert_eq!((ended.region, ended.second), (None, None), "{ending:?}");
        }
        let again = after(&[A::Select(first), A::SelectSecond(other), A::Select(other)]);
        assert_eq!((again.region, again.second), (Some(other), None));
        let alone = after(&[A::SelectSecond(other)]);
        assert_eq!((alone.region, alone.second), (Some(other), None));
    }

    #[test]
    fn by_keys_a_second_region_begins_as_the_mirror_image_and_is_moved() {
        let looking = after(&[A::SelectHere, A::Step(3, 2), A::SelectHere, A::Step(1, -1)]);
        let wanted = Region::between(Point { x: 51, y: 11 }, Point { x: 54, y: 13 });
        assert_eq!(looking.second, Some(wanted));
        assert_eq!(
            looking.region.map(Region::extent),
            Some((4, 3)),
            "the first stays"
        );
    }

    #[test]
    fn by_keys_a_region_begins_at_the_pixel_and_is_stretched() {
        let looking = after(&[A::SelectHere, A::Step(3, 0), A::Step(0, 1), A::Step(0, -5)]);
        let wanted = Region::between(A_POINT, Point { x: 13, y: 12 });
        assert_eq!(looking.region, Some(wanted));
        assert_eq!(looking.pins.pixel(), Some(A_POINT), "the pixel stays");
    }
}
