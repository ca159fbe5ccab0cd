//! What all rows of a map say, beside its picture.

use yew::prelude::*;

use super::pixel_canvas::PixelCanvas;
use crate::page::attention::field::{FULL_BITS, MOST_BITS, Sight, whither_legend};
use crate::page::attention::palette::Palette;
use crate::page::attention::pixel::Point;
use crate::page::view::slot::Shared;
use crate::page::words;
use crate::protocol::AllRows;

/// Width and height of the legend of directions, in cells.
const WHEEL: u32 = 33;

/// What the facts need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// Which layer, 0 for the coarsest.
    pub layer: usize,
    /// What is shown of it.
    pub sight: Sight,
    /// What all its rows say.
    pub all: Shared<AllRows>,
    /// Width and height of its map, in cells.
    pub side: u32,
    /// Width and height of the picture, in pixels.
    pub size: u32,
    /// The colours of what is a number.
    pub palette: Palette,
    /// The pixel in question.
    pub pixel: Option<Point>,
}

/// What the colours mean, and what they say of the pixel in question.
#[component]
pub fn EveryPixel(props: &Props) -> Html {
    let Props {
        layer,
        sight,
        ref all,
        side,
        size,
        palette,
        pixel,
    } = *props;
    let wheel = use_memo((), |()| Shared::new(whither_legend(WHEEL)));
    let fact = |id: &str, name: &str, value: f64, text: String| {
        html! {
            <div class="fact">
                <dt>{ name.to_owned() }</dt>
                <dd data-testid={format!("all-{layer}-{id}")} data-value={value.to_string()}>{ text }</dd>
            </div>
        }
    };
    let percent = |part: f32| f64::from(part);
    if sight == Sight::Parts {
        let named = ["red", "green", "blue"]
            .into_iter()
            .zip(all.held)
            .enumerate();
        return html! {
            <>
                <p class="map-words">{ "Of all difference between the rows, the colours hold" }</p>
                <dl class="facts">
                    { for named.map(|(at, (name, held))| fact(&format!("held-{at}"), name, percent(held), words::percent(percent(held)))) }
                </dl>
                <p class="quiet map-words">{ "Colours mean nothing by themselves: like colours look alike." }</p>
            </>
        };
    }
    if sight == Sight::Bits {
        let total: f64 = all.bits.iter().map(|&bits| f64::from(bits)).sum();
        let mean = total / all.bits.len().max(1) as f64;
        let own = pixel.map(|pixel| {
            let bits = f64::from(all.bits[pixel.cell(size, side).index(side)]);
            fact("bits", "This pixel's row", bits, format!("{bits:.2} bits"))
        });
        let bar = format!("background: {}", palette.css_gradient());
        return html! {
            <>
                <dl class="facts">
                    { for own }
                    { fact("mean-bits", "Mean of all rows", mean, format!("{mean:.2} bits")) }
                </dl>
                <div class="legend" role="img" aria-label={format!("Colour scale from 0 to {MOST_BITS} bits and more, the same for every map")}>
                    <div class="legend-bar" style={bar} />
                    <div class="legend-ticks">
                        <span style="left: 0%">{ "0" }</span>
                        <span style="left: 50%">{ MOST_BITS / 2.0 }</span>
                        <span style="left: 100%">{ format!("{MOST_BITS}+") }</span>
                    </div>
                    <p class="legend-words">{ "bits from the mean row, the same scale for every map" }</p>
                </div>
            </>
        };
    }
    let pixels = f64::from(size) / f64::from(side);
    let of_pixel = pixel.map(|pixel| {
        let cell = pixel.cell(size, side).index(side);
        let along = |axis: usize| pixels * f64::from(all.displacement[2 * cell + axis]);
        let (dx, dy, bits) = (along(0), along(1), f64::from(all.bits[cell]));
        html! {
            <dl class="facts">
                { fact("dx", "This pixel looks", dx, words::shift(dx, ["left", "right"])) }
                { fact("dy", "and", dy, words::shift(dy, ["up", "down"])) }
                { fact("bits", "From the mean row", bits, format!("{bits:.2} bits")) }
            </dl>
        }
    });
    html! {
        <>
            { for of_pixel }
            <div class="wheel">
                <PixelCanvas image={(*wheel).clone()} testid={format!("wheel-{layer}")} class="smooth" />
                <p class="quiet">
                    { format!("Hue: the direction. Full colour: half the picture's width or more. Dark: below {FULL_BITS} bits, down to looking like all others.") }
                </p>
            </div>
        </>
    }
}
