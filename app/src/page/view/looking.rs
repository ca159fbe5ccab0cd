//! How the chosen picture is looked at.

use crate::page::attention::field::Sight;
use crate::page::attention::lens::{Direction, Lens};
use crate::page::attention::palette::Palette;
use crate::page::attention::pixel::Point;
use crate::page::attention::scale::Scale;

use super::pins::Pins;

/// How the chosen picture is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Looking {
    /// From which pixels.
    pub pins: Pins,
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
    /// Whether the visitor has pointed at anything yet.
    pub has_pointed: bool,
}

/// How maps are coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Display {
    /// From values to places between dark and bright.
    pub scale: Scale,
    /// From places to colours.
    pub palette: Palette,
    /// Whether cells blend into each other.
    pub smooth: bool,
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
}

impl Looking {
    /// What an action changes; `size` is that of the pictures, where one is drawn.
    pub fn change(&mut self, action: LookingAction, size: Option<u32>) {
        use LookingAction as A;
        match action {
            A::PointAt(pixel) => self.pins.point_at(pixel),
            A::PointInMap(layer, pixel) => {
                self.overlay = self.overlay.map(|_| layer);
                self.pins.point_at(pixel);
            }
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
        }
        self.has_pointed |= matches!(
            action,
            A::PointAt(_) | A::PointInMap(..) | A::Pin(_) | A::AddPin(_) | A::Step(..)
        );
    }
}
