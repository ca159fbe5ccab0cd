//! Noise that is drawn anew.

use yew::prelude::*;

use crate::page::attention::pixel::Point;
use crate::page::attention::region::Region;
use crate::page::view::changes::{Anew, Move};
use crate::page::view::edits::EditsAction;
use crate::page::view::state::State;

/// Seeds of fresh noise stay below this: short enough to read out.
const RANDOM_SEEDS: f64 = 1e6;

/// Without a region, noise is drawn anew this many pixels to each side of the pixel in question, of 64.
const AROUND: u32 = 4;

/// What the choice needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Width and height of each map that noise is added to.
    pub noisy: Vec<u32>,
    /// What is drawn anew.
    pub noise: Option<Anew>,
    /// The pixels in question, where they are several.
    pub region: Option<Region>,
    /// The pixel in question.
    pub pixel: Option<Point>,
    /// Width and height of the picture.
    pub size: u32,
    /// Where changes go.
    pub dispatch: UseReducerDispatcher<State>,
}

/// Buttons that draw noise anew, everywhere or at one place, and one that keeps it as it was.
#[component]
pub fn NoiseChoice(props: &Props) -> Html {
    let Props {
        noisy,
        noise,
        region,
        pixel,
        size,
        dispatch,
    } = props.clone();
    let send = Callback::from(move |noise: Option<Anew>| {
        dispatch.dispatch(EditsAction::Move(Move::Noise(noise)).into());
    });
    let anew = |region: Option<Region>| {
        send.reform(move |_: MouseEvent| {
            let seed = (js_sys::Math::random() * RANDOM_SEEDS) as u64;
            Some(Anew { seed, region })
        })
    };
    // Noise is drawn anew in a rectangle.
    let here = region
        .map(Region::rectangle)
        .or_else(|| pixel.map(|pixel| around(pixel, size)));
    let place = match region {
        Some(region) if region.form().is_some() => "In the rectangle around the region",
        Some(_) => "In the region",
        None => "Around the pixel",
    };
    let sides: Vec<String> = noisy.iter().map(|side| format!("{side}×{side}")).collect();
    let drawn = noise.map(|Anew { seed, region }| match region {
        None => format!("Drawn anew everywhere (seed {seed})."),
        Some(region) => {
            let (a, b) = (region.first(), region.last());
            format!(
                "Drawn anew at ({}, {}) to ({}, {}) (seed {seed}); outside of it, what changed did so from afar.",
                a.x, a.y, b.x, b.y
            )
        }
    });
    html! {
        <fieldset class="change-layer" data-testid="noise">
            <legend>{ "Noise" }<span class="quiet">{ format!("on {}", sides.join(" and ")) }</span></legend>
            <div class="change-buttons">
                <button type="button" class="small" onclick={anew(None)} data-testid="noise-all">{ "Draw it anew" }</button>
                <button type="button" class="small" disabled={here.is_none()} onclick={anew(here)} data-testid="noise-here">{ place }</button>
                <button type="button" class="small" disabled={noise.is_none()} onclick={send.reform(|_: MouseEvent| None)} data-testid="noise-keep">{ "As it was" }</button>
            </div>
            <p class="quiet" data-testid="noise-words">
                { drawn.unwrap_or_else(|| "What this decides at one place, other places can learn of only by looking there.".to_owned()) }
            </p>
        </fieldset>
    }
}

/// The pixels around one.
fn around(pixel: Point, size: u32) -> Region {
    let reach = (AROUND * size / 64).max(1) as i32;
    Region::between(
        pixel.moved(-reach, -reach, size),
        pixel.moved(reach, reach, size),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn around_a_pixel_ends_at_the_edge() {
        let region = around(Point { x: 1, y: 30 }, 64);
        assert_eq!(region.first(), Point { x: 0, y: 26 });
        assert_eq!(region.last(), Point { x: 5, y: 34 });
        assert_eq!(around(Point { x: 4, y: 4 }, 8).extent(), (3, 3));
    }
}
