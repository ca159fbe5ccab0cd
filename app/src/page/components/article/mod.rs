//! How it works, in a few paragraphs whose examples are live: a click sets the instrument.

mod differences;

use yew::prelude::*;

use self::differences::Differences;
use super::live_link::LiveLink;
use crate::page::view::state::State;

/// What the article needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Where a live example's view goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// A freckle of the butterfly that the page opens with.
const FRECKLE: &str = "?model=upright-butterflies&seed=1&sample=1&pins=53.15&layer=2";
/// A pixel of an eye, in the faces, with what else the view wants.
macro_rules! eye {
    ($($more:literal)?) => {
        concat!("?model=faces&seed=1&sample=8&pins=25.29&layer=2" $(, $more)?)
    };
}
/// The eye.
pub const EYE: &str = eye!();
/// What is the eye's alone.
pub const EYE_ALONE: &str = eye!("&read=only");
/// What the eye's place owes to each place.
pub const EYE_LOSES: &str = eye!("&read=lose");
/// The background of the same picture.
pub const BACKGROUND: &str = "?model=faces&seed=1&sample=8&pins=4.8&layer=2&read=only";
/// Who looks at the eye.
pub const TO_THE_EYE: &str = eye!("&way=to");
/// The background of a face that the plain form drew.
pub const SINK: &str = "?model=plain-faces&seed=1&sample=11&pins=8.20&layer=1";
/// A pixel far from it, in the same picture.
pub const SINK_FROM_AFAR: &str = "?model=plain-faces&seed=1&sample=11&pins=58.8&layer=1";
/// What all pixels of that picture look at.
pub const SINK_OF_ALL: &str =
    "?model=plain-faces&seed=1&sample=11&pins=8.20&layer=1&read=everybody";
/// The grid, in another picture of the plain form.
const GRID: &str = "?model=plain-faces&seed=1&sample=7&pins=20.18&layer=2";

/// How it works.
#[component]
pub fn Article(props: &Props) -> Html {
    let live = |to: &'static str, words: &str| {
        html! { <LiveLink {to} dispatch={props.dispatch.clone()}>{ words }</LiveLink> }
    };
    html! {
        <article class="article" aria-labelledby="article-title">
            <h2 id="article-title">{ "How it works" }</h2>
            <p class="quiet">{ "Marked words are live: they set the picture, the pixel and the reading above." }</p>
            <div class="columns">
                <section>
                    <h3>{ "Why a picture needs to look around" }</h3>
                    <p>{ "A convolution sees a few pixels at a time. Two wings, or two eyes, are further apart than that, and nothing local says that they should match. Self-attention lets every place of a map ask all the others: " }{ live(FRECKLE, "a freckle asks, and the mirrored freckle answers") }{ "; " }{ live(EYE, "an eye asks, and the other eye answers") }{ "." }</p>
                </section>
                <section>
                    <h3>{ "Queries, keys, values" }</h3>
                    <p>{ "From what stands at a place, three small matrices make a query (what it asks), a key (what it is found by) and a value (what it gives away). The energy s" }<sub>{ "ij" }</sub>{ " of places i and j is the dot product of i's query and j's key. A row of the map is the softmax of the energies: all positive, and one in sum. What place i gets is the mean of all values with these weights." }</p>
                    <p>{ "The softmax makes places compete. To look more at one place is to look less at the rest, so a row is a share and never an amount. Turned round, a column has no such bound: " }{ live(TO_THE_EYE, "who looks at the eye") }{ " can be many or nobody." }</p>
                </section>
                <section>
                    <h3>{ "What γ does" }</h3>
                    <p>{ "What attention fetches is multiplied by one learned number, γ, and added to what was there: y = γ·o + x. It starts at zero, so the network first learns as if there were no attention, and lets it in as it proves useful. A map with a tiny γ is an opinion without a vote: read ‖γ·o‖ / ‖x‖ beside it." }</p>
                </section>
                <section>
                    <h3>{ "Sinks, and their cure" }</h3>
                    <p>{ "Trained in the plain form, the same faces look elsewhere: " }{ live(SINK, "one side of the background looks at one spot") }{ ", " }{ live(SINK_FROM_AFAR, "the other side looks at the same") }{ ", and " }{ live(SINK_OF_ALL, "so does everybody") }{ ". Write the mean of all queries as μ. Then s" }<sub>{ "ij" }</sub>{ " = μ·k" }<sub>{ "j" }</sub>{ " + (q" }<sub>{ "i" }</sub>{ " − μ)·k" }<sub>{ "j" }</sub>{ ", and the first part does not know who asks. A long key collects it from all places at once." }</p>
                    <p>{ "The cure is to take the mean away: queries and keys minus their means over the picture, then unit length. That is the centred attention of the faces: " }{ live(EYE_ALONE, "what is the eye's alone") }{ ", " }{ live(BACKGROUND, "what is the background's alone") }{ ". Some maps show another artefact, " }{ live(GRID, "a grid") }{ ": transposed convolutions treat even and odd pixels differently, and keys can read that." }</p>
                </section>
                <section>
                    <h3>{ "Why it trains at all" }</h3>
                    <p>{ "A generator and a discriminator learn against each other, and either can run away. Spectral norm divides each weight matrix by its largest singular value, so that no layer stretches anything by more than one; the paper uses it in both networks. The discriminator learns at four times the generator's rate, in place of several steps of it for each of the generator's. The hinge loss stops rewarding a discriminator that is already right by a margin. What it says of a picture stands under “The discriminator's view”, below the picture above." }</p>
                </section>
                <section>
                    <h3>{ "What a map does not prove" }</h3>
                    <p>{ "A bright cell says where a layer fetched from, not why a pixel has its colour. Convolutions before the layer have already mixed neighbours into every cell, those behind it mix again, and x goes past the layer untouched. Two maps can differ a great deal and draw the same picture. A map is evidence for a guess. What one layer's output owes to a place can be worked out: " }{ live(EYE_LOSES, "what the eye's place would lose") }{ ". What the picture owes to it is tested by changing the network and looking." }</p>
                </section>
            </div>
            <Differences />
        </article>
    }
}
