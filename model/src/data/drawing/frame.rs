//! A figure's own coordinates.

use super::shapes::Point;

/// The place, turn and size of a figure in a picture. Positions in the picture are in parts of its
/// side from the top left corner; in the frame, u points to the right and v up before the turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// The frame's origin in the picture.
    pub(crate) centre: Point,
    cos: f32,
    sin: f32,
    /// Length of the frame's unit, in parts of the picture's side.
    pub(crate) scale: f32,
}

impl Frame {
    /// `turn` in radians, against the clock.
    pub(crate) fn new(centre: Point, turn: f32, scale: f32) -> Self {
        let (cos, sin) = (libm::cosf(turn), libm::sinf(turn));
        Self {
            centre,
            cos,
            sin,
            scale,
        }
    }

    /// Where a position of the picture lies in the frame.
    pub(crate) fn of_picture(&self, [x, y]: Point) -> Point {
        let (dx, dy) = (x - self.centre[0], self.centre[1] - y);
        [
            (dx * self.cos + dy * self.sin) / self.scale,
            (dy * self.cos - dx * self.sin) / self.scale,
        ]
    }

    /// Where a position of the frame lies in the picture.
    pub(crate) fn in_picture(&self, [u, v]: Point) -> Point {
        let dx = (u * self.cos - v * self.sin) * self.scale;
        let dy = (v * self.cos + u * self.sin) * self.scale;
        [self.centre[0] + dx, self.centre[1] - dy]
    }
}
