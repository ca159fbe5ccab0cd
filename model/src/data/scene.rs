//! One picture of a world, in parts of its side, and how it becomes pixels.

/// One picture of a world. Positions are `[x, y]` in parts of the picture's side from the top left
/// corner, so a scene has no size in pixels.
pub trait Scene {
    /// Red, green and blue in [0, 1] at a position, edges smoothed over `pixel` (a pixel's width in
    /// parts of the picture's side).
    fn colour(&self, at: [f32; 2], pixel: f32) -> [f32; 3];

    /// Where else the colour of this position stands: places that a network could copy it from, the
    /// most telling one first. They may lie outside of the picture. Empty where there is none.
    fn partners(&self, at: [f32; 2]) -> Vec<[f32; 2]>;

    /// Whether the position belongs to a figure; otherwise it is background.
    fn figure(&self, at: [f32; 2]) -> bool;
}

/// Draws a scene, planar `[3, size, size]`, values in [-1, 1].
pub(super) fn draw(scene: &(impl Scene + ?Sized), size: usize, out: &mut [f32]) {
    assert_eq!(
        out.len(),
        3 * size * size,
        "a picture of side {size} has 3 planes of it"
    );
    let (plane, pixel) = (size * size, 1.0 / size as f32);
    for y in 0..size {
        for x in 0..size {
            let colour = scene.colour(centre(size, x, y), pixel);
            for (channel, value) in colour.into_iter().enumerate() {
                out[channel * plane + y * size + x] = (2.0 * value - 1.0).clamp(-1.0, 1.0);
            }
        }
    }
}

/// The middle of a pixel, in parts of the picture's side.
pub(super) fn centre(size: usize, x: usize, y: usize) -> [f32; 2] {
    [x, y].map(|at| (at as f32 + 0.5) / size as f32)
}
