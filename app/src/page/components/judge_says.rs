//! What a discriminator says of a picture.

use yew::prelude::*;

use super::judge_map::JudgeMap;
use super::picture_marks::PictureMarks;
use super::pixel_canvas::PixelCanvas;
use crate::page::attention::map::Map;
use crate::page::hooks::use_contents::Contents;
use crate::page::hooks::use_judge::Says;
use crate::page::hooks::use_looks::use_looks;
use crate::page::hooks::use_point_in::{PointIn, use_point_in};
use crate::page::judging::{SPAN, gradient_image, most, place, signed, words};
use crate::page::view::looking::Looking;
use crate::page::view::slot::Shared;
use crate::page::view::state::State;
use crate::page::words as numbers;

/// What is needed.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What it says.
    pub says: Says,
    /// Whether it is of the picture that is asked about now.
    pub fresh: bool,
    /// How one looks at maps.
    pub looking: Looking,
    /// Where pointing goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// The score on its scale, the picture and what would change the score, and where each layer of the
/// discriminator looked.
#[component]
pub fn JudgeSays(props: &Props) -> Html {
    let Props {
        says,
        fresh,
        looking,
        dispatch,
    } = props.clone();
    let Says {
        score,
        slot,
        gradient,
    } = says;
    let size = slot.picture.side;
    let palette = looking.display.palette;
    let heat = use_memo((gradient.clone(), palette), |(gradient, palette)| {
        Shared::new(gradient_image(gradient, size, *palette))
    });
    let frame = use_node_ref();
    let PointIn { moved, click, .. } = use_point_in(&frame, size, size, &dispatch);
    // Its maps come with what their layers fetch.
    let contents = Contents::There(slot.layers.clone());
    let said = use_looks(Some(&slot), &looking, &contents);
    let pin = looking.pins.active().filter(|_| looking.region.is_none());
    let look = |layer: usize| {
        said.active
            .as_ref()
            .and_then(|looks| looks.get(layer).cloned())
    };
    let map = |(layer, map): (usize, &Shared<Map>)| {
        html! {
            <JudgeMap
                key={layer} {layer} map={map.clone()} look={look(layer)} {pin} display={looking.display} {size} dispatch={dispatch.clone()}
            />
        }
    };
    let at = |score: f64| format!("left: {:.1}%", 100.0 * place(score));
    html! {
        <div class={classes!("judge-says", (!fresh).then_some("old"))} aria-busy={(!fresh).to_string()} data-testid="judge-says">
            <div role="status">
                <p class="judge-score">
                    { "Score " }<b data-testid="judge-score" data-value={score.to_string()}>{ signed(score) }</b>
                </p>
                <p data-testid="judge-words">{ words(score) }</p>
            </div>
            <div class="judge-scale" aria-hidden="true">
                <div class="judge-bar"><span class="judge-margin" /><span class="legend-most" style={at(score)} /></div>
                <div class="legend-ticks">
                    { for [-SPAN, -1.0, 1.0, SPAN].map(|tick| html! { <span style={at(tick)}>{ if tick < 0.0 { format!("−{}", -tick) } else { format!("+{tick}") } }</span> }) }
                </div>
                <div class="judge-ends"><span>{ "drawn" }</span><span>{ "real" }</span></div>
            </div>
            <div class="judge-pictures">
                <figure>
                    <div class="map-frame" ref={frame} onpointermove={moved.clone()} onpointerdown={moved} onclick={click} data-testid="judge-frame">
                        <PixelCanvas image={slot.picture.clone()} testid="judge-picture" />
                        if let Some(pixel) = looking.pixel() {
                            <PictureMarks {pixel} region={looking.region} second={looking.second} {pin} {size} side={None::<u32>} />
                        }
                    </div>
                    <figcaption>{ "As it saw it" }</figcaption>
                </figure>
                <figure>
                    <div class="map-frame" role="img" aria-label="How much the score can change with each pixel; bright where it can change much">
                        <PixelCanvas image={(*heat).clone()} testid="judge-gradient" />
                    </div>
                    <figcaption data-testid="judge-most" data-value={most(&gradient).to_string()}>
                        { "What moves the score: " }<span class="nowrap">{ "|∂D/∂x|" }</span>
                        <span class="quiet">{ format!("brightest: {} for a pixel changed by a tenth of its range. Stretched to this picture.", numbers::small(f64::from(most(&gradient)))) }</span>
                    </figcaption>
                </figure>
            </div>
            if slot.layers.is_empty() {
                <p class="quiet">{ "This discriminator has no attention layer." }</p>
            } else {
                <p>{ "Where it looked, read as the generator's maps are:" }</p>
                <div class="judge-maps">{ for slot.layers.iter().enumerate().map(map) }</div>
            }
        </div>
    }
}
