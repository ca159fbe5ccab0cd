//! What is under the finger, above it.

use yew::prelude::*;

use super::pixel_canvas::PixelCanvas;
use crate::page::attention::pixel::Point;
use crate::page::image::Image;
use crate::page::view::slot::Shared;

/// Pixels to each side of the middle one.
const AROUND: u32 = 5;

/// What the loupe needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// The picture.
    pub picture: Shared<Image>,
    /// The pixel under the finger.
    pub pixel: Point,
}

/// The pixels around the one that is under the finger, which hides them; the middle one is outlined.
/// It stands above the finger, or below where there is no room, and never beyond the picture's sides.
#[component]
pub fn Loupe(props: &Props) -> Html {
    let Props { picture, pixel } = props.clone();
    let image = use_memo((picture.clone(), pixel), |(picture, pixel)| {
        Shared::new(around(picture, *pixel, AROUND))
    });
    let side = 2 * AROUND + 1;
    let percent = |along: u32| 100.0 * (f64::from(along) + 0.5) / f64::from(picture.side);
    let (x, y) = (percent(pixel.x).clamp(15.0, 85.0), percent(pixel.y));
    let class = classes!("loupe", (y < 40.0).then_some("below"));
    html! {
        <div {class} style={format!("left: {x:.2}%; top: {y:.2}%")} aria-hidden="true" data-testid="loupe">
            <PixelCanvas image={(*image).clone()} testid="loupe-pixels" />
            <svg class="marks" viewBox={format!("0 0 {side} {side}")}>
                <rect class="under" x={AROUND.to_string()} y={AROUND.to_string()} width="1" height="1" />
                <rect class="over" x={AROUND.to_string()} y={AROUND.to_string()} width="1" height="1" />
            </svg>
        </div>
    }
}

/// The square around a pixel; clear where the picture has ended.
fn around(picture: &Image, pixel: Point, reach: u32) -> Image {
    let side = 2 * reach + 1;
    let at = |index: u32| {
        let Point { x, y } = Point::of_index(index as usize, side);
        let inside = |along: u32, by: u32| {
            let place = (along + by).checked_sub(reach);
            place.filter(|&place| place < picture.side)
        };
        let place = inside(pixel.x, x).zip(inside(pixel.y, y));
        let bytes = place.and_then(|(x, y)| {
            let start = 4 * Point { x, y }.index(picture.side);
            picture.rgba.get(start..start + 4)
        });
        bytes.map_or([0; 4], |b| [b[0], b[1], b[2], b[3]])
    };
    Image {
        side,
        rgba: (0..side * side).flat_map(at).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_the_pixel_and_beyond_the_edge_is_nothing() {
        let rgba = (0..16u8).flat_map(|i| [i, 0, 0, 255]).collect();
        let picture = Image { side: 4, rgba };
        let found = around(&picture, Point { x: 0, y: 3 }, 1);
        let reds: Vec<_> = found.rgba.chunks_exact(4).map(|p| (p[0], p[3])).collect();
        let (clear, full) = ((0, 0), |i| (i, 255));
        assert_eq!(
            reds,
            [
                clear,
                full(8),
                full(9),
                clear,
                full(12),
                full(13),
                clear,
                clear,
                clear
            ]
        );
    }
}
