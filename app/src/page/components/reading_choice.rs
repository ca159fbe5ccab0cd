//! How maps are read: which way, and through which lens.

use yew::prelude::*;

use super::segments::{Segment, Segments};
use crate::page::attention::field::Sight;
use crate::page::attention::lens::{Direction, Lens};
use crate::page::view::looking::LookingAction;
use crate::page::view::state::State;

/// What the choice needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Which way.
    pub direction: Direction,
    /// Through which lens.
    pub lens: Lens,
    /// What the maps show.
    pub sight: Sight,
    /// Where the choice goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// The two ways, in the order of their switch.
const DIRECTIONS: [Direction; 2] = [Direction::From, Direction::To];

/// How maps are read, as two switches and one sentence on what is seen.
#[component]
pub fn ReadingChoice(props: &Props) -> Html {
    let Props {
        direction,
        lens,
        sight,
        dispatch,
    } = props.clone();
    let read = {
        let dispatch = dispatch.clone();
        Callback::from(move |index: usize| {
            dispatch.dispatch(LookingAction::Read(Lens::ALL[index]).into());
        })
    };
    let see = {
        let dispatch = dispatch.clone();
        Callback::from(move |index: usize| {
            dispatch.dispatch(LookingAction::See(Sight::ALL[index]).into());
        })
    };
    let follow = Callback::from(move |index: usize| {
        dispatch.dispatch(LookingAction::Follow(DIRECTIONS[index]).into());
    });
    let ways = [
        ("where it looks", "way-from"),
        ("who looks at it", "way-to"),
    ];
    let first = match direction {
        Direction::From => "looks at",
        Direction::To => "looked at by",
    };
    let lenses = [
        (first, "read-looks"),
        ("only this pixel", "read-only"),
        ("would lose", "read-lose"),
        ("everybody", "read-everybody"),
    ];
    let sights = [
        ("this pixel", "see-pixel"),
        ("all: where to", "see-where"),
        ("all: parts", "see-parts"),
        ("all: bits", "see-bits"),
    ];
    let segments = |named: &[(&'static str, &'static str)]| -> Vec<Segment> {
        let segment = |&(name, testid)| Segment {
            name: AttrValue::Static(name),
            testid: AttrValue::Static(testid),
        };
        named.iter().map(segment).collect()
    };
    html! {
        <div class="reading">
            <div class="reading-switches">
                <Segments
                    legend="What the maps show" group="see" segments={segments(&sights)}
                    chosen={Sight::ALL.iter().position(|&s| s == sight)} onchoose={see}
                />
                if sight == Sight::Pixel {
                    <Segments
                        legend="Which way" group="way" segments={segments(&ways)}
                        chosen={DIRECTIONS.iter().position(|&d| d == direction)} onchoose={follow}
                    />
                    <Segments
                        legend="How to read it" group="read" segments={segments(&lenses)}
                        chosen={Lens::ALL.iter().position(|&l| l == lens)} onchoose={read}
                    />
                }
            </div>
            <p data-testid="reading-words">{ sentence(direction, lens, sight) }</p>
        </div>
    }
}

/// What is seen, in one sentence.
fn sentence(direction: Direction, lens: Lens, sight: Sight) -> &'static str {
    match sight {
        Sight::Pixel => {}
        Sight::Whither => {
            return "For every pixel at once, which way and how far it looks more than others do: a mirror shows as two halves, a sink not at all.";
        }
        Sight::Parts => {
            return "Pixels that look alike have like colours, whatever they show: parts fall out by themselves. Click one to pin it.";
        }
        Sight::Bits => {
            return "How much of its own every pixel's row is, in bits: dark pixels look where everybody looks, bright ones at something else.";
        }
    }
    match (direction, lens) {
        (Direction::From, Lens::LooksAt) => {
            "How the pixel's place shares out its looking: one row of each layer's map."
        }
        (Direction::To, Lens::LooksAt) => {
            "How much every place looks at the pixel's: one column of each layer's map."
        }
        (Direction::From, Lens::OnlyThis) => {
            "What this pixel looks at more than the others do, in bits. What everybody looks at goes dark."
        }
        (Direction::To, Lens::OnlyThis) => {
            "Which places look at this one more than the others do, in bits."
        }
        (Direction::From, Lens::WouldLose) => {
            "How much the layer's output here would change if the pixel could not look at that cell. What that does to the picture, only a redraw shows."
        }
        (Direction::To, Lens::WouldLose) => {
            "How much the layer's output at every place would change if nobody could look at this one."
        }
        (_, Lens::Everybody) => {
            "What all pixels look at on average, the same for every pixel: what is bright here is a hub. At 5× uniform, a cell is looked at five times as much as its share."
        }
    }
}
