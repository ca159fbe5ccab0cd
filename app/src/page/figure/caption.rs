//! A figure in words.

use super::changes::changes;
use super::{Figure, Query};
use crate::page::attention::arrows::MOST_ARROWS;
use crate::page::attention::field::{FULL_BITS, MOST_BITS, Sight};
use crate::page::attention::flow::Part;
use crate::page::attention::lens::{Direction, Lens};
use crate::page::attention::pixel::Point;
use crate::page::attention::scale::Scale;
use crate::page::words;

/// What a figure shows: model, seed, sample, pixels, layers, reading, direction and scale.
pub fn caption(figure: &Figure) -> String {
    let of = figure.title();
    let changed = changes(&figure.edits)
        .map(|words| format!(" {words}"))
        .unwrap_or_default();
    if figure.is_whole() {
        return whole(figure) + &changed;
    }
    let Some(look) = figure.look() else {
        return format!("{of}.{changed}");
    };
    let question = look.question;
    let mut sentences = vec![
        format!(
            "{of}: {}.",
            asked(question.direction, question.lens, &pixels(figure))
        ),
        format!("Maps: {}.", layers(figure)),
        what_a_cell_is(question.direction, question.lens).to_owned(),
        colours(figure),
    ];
    if question.region.is_some() {
        sentences.push(of_the_region(question.direction, question.lens).into());
    }
    sentences.extend(flow(figure));
    sentences.extend(arrows(figure, question.lens));
    if !figure.changes.is_empty() {
        sentences.push(format!(
            "Something was changed while it was drawn: {} (named as in the address).",
            figure.changes
        ));
    }
    sentences.join(" ") + &changed
}

/// All rows at once.
fn whole(figure: &Figure) -> String {
    let (title, layers) = (figure.title(), layers(figure));
    let says = match figure.sight {
        Sight::Parts => {
            let held = figure.layers.iter().zip(&figure.all).map(|(layer, all)| {
                let [red, green, blue] = all.held.map(|part| words::percent(f64::from(part)));
                format!("{0}×{0}: {red}, {green} and {blue}", layer.side)
            });
            format!(
                "like colours for pixels that look alike. Maps: {layers}. Red, green and blue are the rows' coordinates along the three directions in which the square roots of their weights differ most, from two deviations below the mean to two above (parts of all difference: {}).",
                held.collect::<Vec<_>>().join("; ")
            )
        }
        Sight::Bits => {
            let means = figure.layers.iter().zip(&figure.all).map(|(layer, all)| {
                let total: f64 = all.bits.iter().map(|&bits| f64::from(bits)).sum();
                let mean = total / all.bits.len().max(1) as f64;
                format!("{0}×{0}: {mean:.2} bits", layer.side)
            });
            format!(
                "how much of its own every pixel's row is. Maps: {layers}. The row's divergence from the mean row, from 0 to {MOST_BITS} bits and more, the same scale for every map (mean of all rows: {}).",
                means.collect::<Vec<_>>().join("; ")
            )
        }
        Sight::Pixel | Sight::Whither => format!(
            "where every pixel looks more than others do. Maps: {layers}. Hue is the direction, as in the wheel; colour grows with the distance, up to half the picture's width; the darker, the less a row differs from the mean row, below {FULL_BITS} bits."
        ),
    };
    let marked = (!figure.queries.is_empty()).then(|| format!(" Marked: {}.", pixels(figure)));
    format!("{title}: {says}{}", marked.unwrap_or_default())
}

/// "pixel (1, 2)", "pixels 1 (1, 2) and 2 (3, 4)".
fn pixels(figure: &Figure) -> String {
    let place = |Point { x, y }: Point| format!("({x}, {y})");
    match &figure.queries[..] {
        [
            Query {
                region: Some(region),
                ..
            },
        ] => format!("the region {}", words::region(*region)),
        [query] => format!("pixel {}", place(query.pixel)),
        queries => {
            let each = queries
                .iter()
                .map(|query| format!("{} {}", query.number + 1, place(query.pixel)));
            format!("pixels {}", listed(each.collect()))
        }
    }
}

fn asked(direction: Direction, lens: Lens, pixels: &str) -> String {
    let several = pixels.starts_with("pixels");
    let verb = if several { "look" } else { "looks" };
    match (direction, lens) {
        (Direction::From, Lens::LooksAt) => format!("where {pixels} {verb}"),
        (Direction::To, Lens::LooksAt) => format!("what looks at {pixels}"),
        (Direction::From, Lens::OnlyThis) => {
            format!("what {pixels} {verb} at more than other pixels do")
        }
        (Direction::To, Lens::OnlyThis) => format!("what looks at {pixels} more than others do"),
        (Direction::From, Lens::WouldLose) => {
            let verb = if several { "lose" } else { "loses" };
            format!("what {pixels} {verb} without each place")
        }
        (Direction::To, Lens::WouldLose) => format!("what each place loses without {pixels}"),
        (_, Lens::Everybody) => format!("what all pixels look at on average, and {pixels}"),
    }
}

fn layers(figure: &Figure) -> String {
    let named = figure.layers.iter().enumerate().map(|(index, layer)| {
        format!(
            "attention layer {} ({side}×{side}, γ = {}, ‖γ·o‖/‖x‖ = {})",
            index + 1,
            words::gamma(layer.gamma),
            words::percent(f64::from(layer.share)),
            side = layer.side,
        )
    });
    listed(named.collect())
}

fn what_a_cell_is(direction: Direction, lens: Lens) -> &'static str {
    match (direction, lens) {
        (Direction::From, Lens::LooksAt) => "Each is one row of the layer's attention matrix.",
        (Direction::To, Lens::LooksAt) => "Each is one column of the layer's attention matrix.",
        (Direction::From, Lens::OnlyThis) => {
            "Each cell is its weight in the row times log2 of how many times its average weight that is."
        }
        (Direction::To, Lens::OnlyThis) => {
            "Each cell is its weight in the column times log2 of how many times the column's average that is."
        }
        (_, Lens::WouldLose) => {
            "Each cell is ‖γ·(o − r)‖ / ‖y‖ in percent, where o is what is fetched with the layer's weights, r with the one key's weight taken out and the rest divided by its sum, and y = γ·o + x the layer's output."
        }
        (_, Lens::Everybody) => "Each is the mean of all rows of the layer's attention matrix.",
    }
}

/// How several cells are asked about together.
fn of_the_region(direction: Direction, lens: Lens) -> &'static str {
    match (direction, lens) {
        (Direction::To, Lens::WouldLose) => "The keys of the region are taken out together.",
        _ => "Of the region, the mean over its cells is shown.",
    }
}

/// How much the region and the second one look at each other.
fn flow(figure: &Figure) -> Option<String> {
    let (second, flows) = figure.second.as_ref()?;
    let each = figure.layers.iter().zip(flows).map(|(layer, flow)| {
        let said = |part: Part| {
            format!(
                "{} ({} an even share)",
                words::percent(part.share),
                words::times(part.times())
            )
        };
        format!(
            "{0}×{0}: {1} there and {2} back",
            layer.side,
            said(flow.there),
            said(flow.back)
        )
    });
    Some(format!(
        "What part of its looking goes from the region into the region {}, and back: {}.",
        words::region(*second),
        each.collect::<Vec<_>>().join("; ")
    ))
}

fn colours(figure: &Figure) -> String {
    let range = match figure.look().map(|look| look.question.lens) {
        Some(Lens::OnlyThis) => "¼ to 64 times one cell's even share of a bit",
        Some(Lens::WouldLose) => "a hundredth of a percent to 10 %",
        _ => "¼ to 64 times a uniform row",
    };
    let name = figure.display.palette.name();
    match figure.display.scale {
        Scale::Fixed => {
            format!("Colours ({name}) run logarithmically from {range}, alike in all maps.")
        }
        Scale::Linear => {
            format!("Colours ({name}) run linearly from nothing to each map's own largest value.")
        }
        Scale::Log => format!(
            "Colours ({name}) run logarithmically from a thousandth of each map's own largest value to that value."
        ),
        Scale::Strongest(percent) => format!(
            "Colours ({name}) run logarithmically from {range}, alike in all maps; only the strongest cells that together hold {percent} % are lit."
        ),
    }
}

fn arrows(figure: &Figure, lens: Lens) -> Option<String> {
    let side = figure.layers.get(figure.arrows_of?)?.side;
    (lens != Lens::Everybody).then(|| {
        format!("Arrows: the strongest cells of each {side}×{side} map, at most {MOST_ARROWS}.")
    })
}

/// "a", "a and b", "a, b and c".
fn listed(items: Vec<String>) -> String {
    match &items[..] {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{figure, whole_figure};
    use super::*;
    use crate::page::attention::flow::Flow;
    use crate::page::attention::form::Form;
    use crate::page::attention::region::Region;
    use crate::page::view::changes::Changes;
    use crate::protocol::LayerEdit;

    #[test]
    fn a_caption_names_all_that_is_needed_to_draw_the_figure_again() {
        let mut figure = figure(Direction::From, Lens::LooksAt);
        let text = caption(&figure);
        for part in [
            "Faces & <Masks>, seed 7, sample 3: where pixels 1 (1, 6) and 3 (7, 0) look.",
            "attention layer 1 (2×2, γ = 0.50, ‖γ·o‖/‖x‖ = 25.0 %) and attention layer 2 (4×4",
            "one row of",
            "(inferno) run logarithmically from ¼ to 64 times a uniform row",
            "the strongest cells of each 4×4 map, at most 3",
        ] {
            assert!(text.contains(part), "{part} is not in: {text}");
        }
        figure.queries.truncate(1);
        figure.display.scale = Scale::Strongest(35);
        let text = caption(&figure);
        assert!(text.contains("where pixel (1, 6) looks"), "{text}");
        assert!(text.contains("hold 35 %"), "{text}");
        let (a, b) = (Point { x: 5, y: 6 }, Point { x: 1, y: 2 });
        figure.queries[0].region = Some(Region::between(a, b));
        let text = caption(&figure);
        assert!(
            text.contains("where the region (1, 2) to (5, 6) looks"),
            "{text}"
        );
        let part = |share| Part { share, even: 0.125 };
        let flow = Flow {
            there: part(0.25),
            back: part(0.5),
        };
        figure.second = Some((Region::between(a, a), vec![flow; 2]));
        let text = caption(&figure);
        assert!(
            text.contains("region (5, 6) to (5, 6), and back: 2×2: 25.0 % (2.00× an even share) there and 50.0 % (4.00×"),
            "{text}"
        );
        let form = Form::read("4.1.0.2.2.e").map(|form| Region::of_form(form, 8));
        figure.second = form.map(|region| (region, vec![flow; 2]));
        figure.queries[0].region = form;
        let text = caption(&figure);
        for part in [
            "where the region of free form, 3 of 4×4 cells within (2, 0) to (5, 3) looks",
            "into the region of free form, 3 of 4×4 cells within (2, 0) to (5, 3), and back",
        ] {
            assert!(text.contains(part), "{part} is not in: {text}");
        }
        figure.changes = "g1=0.5".into();
        let text = caption(&figure);
        assert!(text.contains("was drawn: g1=0.5"), "{text}");
        figure.queries.clear();
        assert_eq!(caption(&figure), "Faces & <Masks>, seed 7, sample 3.");
        figure.edits = Changes::of_layers(vec![LayerEdit {
            gamma: 0.5,
            ..LayerEdit::default()
        }]);
        assert!(caption(&figure).ends_with("sample 3. Changed: layer 1: γ times 0.50."));
    }

    #[test]
    fn all_rows_at_once_are_told_with_what_they_hold() {
        let parts = caption(&whole_figure(Sight::Parts));
        assert!(
            parts.contains("2×2: 50.0 %, 25.0 % and 12.5 %; 4×4: 50.0 %"),
            "{parts}"
        );
        assert!(
            parts.contains("Marked: pixels 1 (1, 6) and 3 (7, 0)."),
            "{parts}"
        );
        let bits = caption(&whole_figure(Sight::Bits));
        assert!(bits.contains("from 0 to 6 bits and more"), "{bits}");
        let whither = caption(&whole_figure(Sight::Whither));
        assert!(
            whither.contains("Hue is the direction") && whither.contains("below 3 bits"),
            "{whither}"
        );
    }

    #[test]
    fn each_reading_has_words_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for direction in [Direction::From, Direction::To] {
            for lens in [Lens::LooksAt, Lens::OnlyThis, Lens::WouldLose] {
                seen.insert(caption(&figure(direction, lens)));
            }
        }
        let everybody = caption(&figure(Direction::From, Lens::Everybody));
        assert!(everybody.contains("mean of all rows") && !everybody.contains("Arrows"));
        seen.insert(everybody);
        assert_eq!(seen.len(), 7);
        let lost = caption(&figure(Direction::To, Lens::WouldLose));
        assert!(
            lost.contains("what each place loses without pixels 1")
                && lost.contains("a percent to 10 %"),
            "{lost}"
        );
    }
}
