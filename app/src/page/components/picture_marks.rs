//! Marks on the picture: the pixel in question, and the cell that holds it.

use yew::prelude::*;

use super::pin_handles::pin_class;
use crate::page::attention::pixel::Point;
use crate::page::attention::region::Region;

/// What the marks need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// The pixel in question.
    pub pixel: Point,
    /// The pixels in question, where they are several.
    #[prop_or_default]
    pub region: Option<Region>,
    /// Others, whose exchange with those is asked about.
    #[prop_or_default]
    pub second: Option<Region>,
    /// The pin in question, if it is one.
    pub pin: Option<usize>,
    /// Width and height of the picture, in pixels.
    pub size: u32,
    /// Width and height of the map over it, in cells.
    pub side: Option<u32>,
}

/// The pixel in question, a dot under the pointer and a diamond when pinned, and an outline of the
/// cell that holds it.
#[component]
pub fn PictureMarks(props: &Props) -> Html {
    let Props {
        pixel,
        region,
        second,
        pin,
        size,
        side,
    } = *props;
    let unit = f64::from(size) / 64.0;
    let (x, y) = (f64::from(pixel.x) + 0.5, f64::from(pixel.y) + 0.5);
    let cell = side.map(|side| {
        let cell = pixel.cell(size, side);
        let edge = f64::from(size) / f64::from(side);
        (f64::from(cell.x) * edge, f64::from(cell.y) * edge, edge)
    });
    if let Some(region) = region {
        let outline = |region: Region, number: Option<&'static str>| {
            let Point { x, y } = region.first();
            let path = region.outline(size, 1.0, (0.0, 0.0));
            let line = |class: &'static str| html! { <path class={classes!("outline", class)} d={path.clone()} /> };
            // Above its corner, or inside where there is no room.
            let baseline = if f64::from(y) > 3.4 * unit {
                f64::from(y) - 0.8 * unit
            } else {
                f64::from(y) + 3.4 * unit
            };
            html! {
                <>
                    { line("under") }{ line("over") }
                    if let Some(number) = number {
                        <text x={(f64::from(x) + 0.6 * unit).to_string()} y={baseline.to_string()} font-size={(3.4 * unit).to_string()}>{ number }</text>
                    }
                </>
            }
        };
        return html! {
            <svg class="marks" viewBox={format!("0 0 {size} {size}")} aria-hidden="true" data-testid="region">
                { outline(region, second.map(|_| "1")) }
                if let Some(second) = second {
                    { outline(second, Some("2")) }
                }
            </svg>
        };
    }
    html! {
        <svg class={classes!("marks", pin.map(pin_class))} viewBox={format!("0 0 {size} {size}")} aria-hidden="true">
            if let Some((left, top, edge)) = cell {
                <rect class="under" x={left.to_string()} y={top.to_string()} width={edge.to_string()} height={edge.to_string()} />
                <rect class="over" x={left.to_string()} y={top.to_string()} width={edge.to_string()} height={edge.to_string()} />
            }
            if pin.is_some() {
                <path class="pin" d={diamond(x, y, 0.8 * unit)} />
            } else {
                <circle class="dot" cx={x.to_string()} cy={y.to_string()} r={(0.6 * unit).to_string()} />
            }
        </svg>
    }
}

/// A square on its corner, as an SVG path.
pub fn diamond(x: f64, y: f64, r: f64) -> String {
    format!("M{} {y}L{x} {}L{} {y}L{x} {}Z", x - r, y - r, x + r, y + r)
}
