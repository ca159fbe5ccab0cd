//! Numbers about a layer and one of its rows or columns.

use yew::prelude::*;

use crate::page::attention::lens::Direction;
use crate::page::attention::look::Look;
use crate::page::attention::partner::Partner;
use crate::page::view::slot::Shared;
use crate::page::words;

/// What the facts need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// Which layer, 0 for the coarsest.
    pub layer: usize,
    /// The layer's γ.
    pub gamma: f32,
    /// ‖γ·o‖ / ‖x‖ in this picture.
    pub share: f32,
    /// The row or column.
    pub look: Shared<Look>,
    /// What a row puts on its partner, where that is known.
    pub partner: Option<Partner>,
    /// Width and height of the picture, in pixels.
    pub size: u32,
}

/// One number: its name for tests, its name, what it means, its value, and how that is written.
type Fact = (&'static str, &'static str, &'static str, f64, String);

/// Four numbers about a layer and one of its rows or columns, and four more folded away; each with
/// what it means.
#[component]
pub fn Facts(props: &Props) -> Html {
    let Props {
        layer,
        gamma,
        share,
        ref look,
        partner,
        size,
    } = *props;
    let fact = |(id, name, meaning, value, text): Fact| {
        html! {
            <div class="fact" title={meaning}>
                <dt>{ name }</dt>
                <dd data-testid={format!("stat-{layer}-{id}")} data-value={value.to_string()}>{ text }</dd>
            </div>
        }
    };
    let of_layer = [
        (
            "gamma",
            "γ",
            "The learned factor on what the layer adds. It starts at 0, which switches the layer off.",
            f64::from(gamma),
            words::gamma(gamma),
        ),
        (
            "share",
            "‖γ·o‖ / ‖x‖",
            "How large what the layer adds is, compared with what passes through it.",
            f64::from(share),
            words::percent(f64::from(share)),
        ),
    ];
    html! {
        <>
            <dl class="facts">
                { for of_layer.into_iter().chain(first(look)).map(fact) }
            </dl>
            <details class="more">
                <summary data-testid={format!("more-{layer}")}>{ "More numbers" }</summary>
                <dl class="facts">{ for more(look, size).into_iter().chain(partner.map(on_the_partner)).map(fact) }</dl>
            </details>
        </>
    }
}

/// The two that tell most.
fn first(look: &Look) -> [Fact; 2] {
    let numbers = look.numbers;
    let of = |effective: f64| format!("{} of {}", words::significant(effective), look.cells());
    match look.question.direction {
        Direction::From => {
            let bits = numbers.bits.unwrap_or_default();
            [
                (
                    "effective",
                    "Cells in effect",
                    "How many cells the weight is effectively spread over: exp of the row's entropy.",
                    numbers.effective,
                    of(numbers.effective),
                ),
                (
                    "kl",
                    "From the mean row",
                    "How much this row differs from the average row of all pixels: KL divergence. 0 bits: every pixel looks at the same places.",
                    bits,
                    format!("{bits:.2} bits"),
                ),
            ]
        }
        Direction::To => [
            (
                "effective",
                "Lookers in effect",
                "How many cells the looking effectively comes from: exp of the column's entropy.",
                numbers.effective,
                of(numbers.effective),
            ),
            (
                "received",
                "Looked at",
                "The column's sum: how much this cell is looked at in all. 1× is what a cell gets on average.",
                numbers.total,
                words::times(numbers.total),
            ),
        ],
    }
}

/// What a row puts on its partner.
fn on_the_partner(partner: Partner) -> Fact {
    (
        "partner",
        "On its partner",
        "The weight on the mirrored cell and those around it, and how many times an even share that is. What one side of the picture shows, the other shows too: a pixel that is drawn by looking there has much more than 1× here.",
        partner.share,
        words::on_partner(&partner),
    )
}

/// The rest.
fn more(look: &Look, size: u32) -> [Fact; 4] {
    let numbers = look.numbers;
    let distance = numbers.distance * f64::from(size) / f64::from(look.side);
    let entropy = format!(
        "{:.2} of {:.0} bits",
        numbers.entropy,
        (look.cells() as f64).log2()
    );
    [
        (
            "entropy",
            "Entropy",
            "How evenly the weight is spread: 0 bits if all of it is on one cell, log2 of the number of cells if it is spread evenly.",
            numbers.entropy,
            entropy,
        ),
        (
            "distance",
            "Mean distance",
            "How far from the pixel's cell the weight is on average, in pixels of the picture.",
            distance,
            format!("{distance:.1} px"),
        ),
        (
            "own",
            "On its own cell",
            "The weight that the cell gives itself.",
            numbers.own,
            words::percent(numbers.own),
        ),
        (
            "top",
            "On the top cell",
            "The largest weight.",
            numbers.top,
            words::percent(numbers.top),
        ),
    ]
}
