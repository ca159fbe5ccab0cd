//! What differs between the paper, its official code and the PyTorch code that most people read.

use yew::prelude::*;

/// One line: what, in the paper (arXiv 1805.08318), in brain-research/self-attention-gan, in
/// heykeetae/Self-Attention-GAN, here.
const LINES: [[&str; 5]; 8] = [
    [
        "Blocks of the networks",
        "not told",
        "ResNet, nearest-neighbour upsampling",
        "transposed convolutions, 4×4",
        "as the PyTorch code",
    ],
    [
        "Keys and values",
        "every place",
        "max-pooled 2×2: a map of N × N/4",
        "every place: N × N",
        "every place: N × N",
    ],
    [
        "Width of queries and keys",
        "C/8",
        "C/8",
        "C/8",
        "C/8, or any",
    ],
    [
        "Values",
        "C/8, and a 1×1 convolution back to C",
        "C/2, and back to C",
        "C, used as they are",
        "C, used as they are",
    ],
    [
        "Spectral norm in attention",
        "“in both networks”",
        "yes",
        "no",
        "no, or yes (“spectral”)",
    ],
    [
        "Where the generator attends",
        "32×32 of 128 (tried: 8 to 64)",
        "32×32 of 128",
        "16×16 and 32×32 of 64",
        "any maps",
    ],
    [
        "Where the discriminator attends",
        "32×32 of 128",
        "32×32 of 128",
        "8×8 and 4×4 of 64",
        "any maps",
    ],
    ["Adam's β₂", "0.9", "0.999", "0.9", "0.9, or any"],
];

/// What differs, as a table.
#[component]
pub fn Differences() -> Html {
    let line = |line: &[&'static str; 5]| {
        let [what, values @ ..] = line;
        html! {
            <tr><th scope="row">{ *what }</th>{ for values.iter().map(|value| html! { <td>{ *value }</td> }) }</tr>
        }
    };
    html! {
        <section class="differences" aria-labelledby="differences-title">
            <h3 id="differences-title">{ "One name, several networks" }</h3>
            <p>{ "“SAGAN” is built in more than one way, and a checkpoint of one does not fit another." }</p>
            <div class="scrolled" tabindex="0" role="group" aria-label="Table of differences">
                <table>
                    <thead><tr>
                        <td></td><th scope="col">{ "paper" }</th><th scope="col">{ "official code (TensorFlow)" }</th>
                        <th scope="col">{ "widespread PyTorch code" }</th><th scope="col">{ "here" }</th>
                    </tr></thead>
                    <tbody>{ for LINES.iter().map(line) }</tbody>
                </table>
            </div>
        </section>
    }
}
