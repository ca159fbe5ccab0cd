//! Marks on a map: the cell in question, and the strongest cells.

use yew::prelude::*;

use super::picture_marks::diamond;
use super::pin_handles::pin_class;
use crate::page::attention::look::Look;
use crate::page::attention::pixel::Point;
use crate::page::attention::region::Region;
use crate::page::attention::sinks::{Kind, Sink};
use crate::page::view::slot::Shared;

/// What the marks need.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// What is shown.
    pub look: Shared<Look>,
    /// The pin in question, if it is one.
    pub pin: Option<usize>,
    /// The cell to bring out, as a place among the strongest.
    #[prop_or_default]
    pub lit: Option<usize>,
    /// The cells whose exchange with those in question is asked about.
    #[prop_or_default]
    pub second: Option<Region>,
    /// Cells to be marked that most rows look at.
    #[prop_or_default]
    pub sinks: Vec<Sink>,
    /// The cells of the partner of the one in question, where they are to be outlined.
    #[prop_or_default]
    pub partner: Option<Region>,
    /// Whether only the cell in question is marked.
    #[prop_or_default]
    pub bare: bool,
}

/// Outlines of the strongest cells that stand out, and the cell in question: a ring, or a diamond when pinned.
#[component]
pub fn MapMarks(props: &Props) -> Html {
    let Look { question, side, .. } = &*props.look;
    let outline = |(rank, &cell): (usize, &usize)| {
        let Point { x, y } = Point::of_index(cell, *side);
        let class = if props.lit == Some(rank) {
            "key lit"
        } else {
            "key"
        };
        html! { <rect {class} x={x.to_string()} y={y.to_string()} width="1" height="1" /> }
    };
    let sink = |&Sink { cell, kind }: &Sink| {
        let Point { x, y } = Point::of_index(cell, *side);
        let (class, d) = match kind {
            Kind::Empty => ("sink empty", format!("M{x} {y}l1 1m-1 0l1 -1")),
            Kind::Broadcast => ("sink broadcast", format!("M{x} {y}m.5 0v1m-.5 -.5h1")),
        };
        html! { <path {class} {d} /> }
    };
    let cell = question.cell;
    let (x, y) = (f64::from(cell.x) + 0.5, f64::from(cell.y) + 0.5);
    let unit = f64::from(*side) / 32.0;
    html! {
        <svg class={classes!("marks", props.pin.map(pin_class))} viewBox={format!("0 0 {side} {side}")} aria-hidden="true">
            if !props.bare {
                { for props.look.standing_out().iter().enumerate().map(outline) }
                { for props.sinks.iter().map(sink) }
                if let Some(partner) = props.partner {
                    { frame(partner, *side, "under") }
                    { frame(partner, *side, "partner") }
                }
            }
            if let Some(region) = question.region {
                { frame(region, *side, "under") }
                { frame(region, *side, "over") }
                if let Some(second) = props.second {
                    { frame(second, *side, "under") }
                    { frame(second, *side, "over") }
                }
            } else if props.pin.is_some() {
                <path class="pin" d={diamond(x, y, 1.3 * unit)} />
            } else {
                <circle class="under" cx={x.to_string()} cy={y.to_string()} r={(1.2 * unit).to_string()} />
                <circle class="over" cx={x.to_string()} cy={y.to_string()} r={(1.2 * unit).to_string()} />
            }
        </svg>
    }
}

/// The outline of several cells.
fn frame(region: Region, side: u32, class: &'static str) -> Html {
    html! { <path class={classes!("outline", class)} d={region.outline(side, 1.0, (0.0, 0.0))} /> }
}
