//! How much two regions look at each other, in numbers.

use yew::prelude::*;

use crate::page::attention::flow::{Flow, Part};
use crate::page::attention::map::Map;
use crate::page::attention::region::Region;
use crate::page::view::slot::Shared;
use crate::page::words;

/// What the table needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The picture's attention layers, from the coarsest.
    pub layers: Vec<Shared<Map>>,
    /// Width and height of the picture, in pixels.
    pub size: u32,
    /// Pixels of it.
    pub first: Region,
    /// Others.
    pub second: Region,
}

/// What part of each region's looking goes into the other, layer by layer.
#[component]
pub fn RegionFlow(props: &Props) -> Html {
    let flows = use_memo(props.clone(), |props| props.flows());
    let cell = |layer: usize, way: &str, part: Part| {
        html! {
            <td data-testid={format!("flow-{layer}-{way}")} data-value={part.share.to_string()}>
                { words::percent(part.share) }<span class="quiet">{ words::times(part.times()) }</span>
            </td>
        }
    };
    let line = |(layer, (map, flow)): (usize, (&Shared<Map>, &Flow))| {
        html! {
            <tr>
                <th scope="row">{ format!("{0}×{0}", map.side()) }</th>
                { cell(layer, "there", flow.there) }
                { cell(layer, "back", flow.back) }
            </tr>
        }
    };
    html! {
        <div class="flow" data-testid="flow">
            <table>
                <thead><tr>
                    <th scope="col">{ "layer" }</th>
                    <th scope="col">{ "1 looks at 2" }</th>
                    <th scope="col">{ "2 looks at 1" }</th>
                </tr></thead>
                <tbody>{ for props.layers.iter().zip(&*flows).enumerate().map(line) }</tbody>
            </table>
            <p class="quiet">{ "What part of all that one region looks at lies in the other; beside it, how many times an even share that is." }</p>
        </div>
    }
}

impl Props {
    fn flows(&self) -> Vec<Flow> {
        let of = |map: &Shared<Map>| {
            let [first, second] = [self.first, self.second]
                .map(|region| region.clamped(self.size).cells(self.size, map.side()));
            Flow::between(map, first, second)
        };
        self.layers.iter().map(of).collect()
    }
}
