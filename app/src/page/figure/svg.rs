//! A figure as SVG, in the manner of the paper's Figure 5: the picture with its numbered queries and
//! their arrows, beside it each query's maps, below it legend and caption.

use super::{Figure, Query, caption::caption};
use crate::page::attention::arrows::arrows;
use crate::page::attention::field::{Sight, sight_image, whither_legend};
use crate::page::attention::legend::Legend;
use crate::page::attention::look::Look;
use crate::page::attention::paint::map_image;
use crate::page::attention::pixel::Point;
use crate::page::attention::region::Region;
use crate::page::image::Image;

/// Around everything, and between picture and maps.
const MARGIN: f64 = 16.0;
/// Above picture and maps: titles.
const HEAD: f64 = 24.0;
/// Width and height of the picture.
const PICTURE: f64 = 292.0;
/// Width and height of a map, and what lies between two.
const MAP: f64 = 128.0;
const GAP: f64 = 12.0;
/// Below a map: its name.
const FOOT: f64 = 18.0;
/// Width and height of the wheel of directions, and how many cells it is drawn of.
const WHEEL: f64 = 56.0;
const WHEEL_CELLS: u32 = 65;
/// Width of a legend's bar.
const BAR: f64 = 200.0;
/// A caption's line, and about how wide a character of it is.
const LINE: f64 = 15.0;
const CHARACTER: f64 = 6.5;

/// The pins' colours, those of the style sheet: Okabe and Ito's.
const PINS: [&str; 5] = ["#56b4e9", "#e69f00", "#cc79a7", "#2cc295", "#f0e442"];

/// Width and height of a figure, before it is enlarged.
pub fn size(figure: &Figure) -> (f64, f64) {
    let layout = Layout::of(figure);
    (layout.width, layout.height)
}

/// A figure as an SVG file, `scale` times its [`size`]. `encode` makes a data address of a picture.
///
/// # Errors
/// Those of `encode`.
pub fn svg<E>(
    figure: &Figure,
    scale: f64,
    encode: impl Fn(&Image) -> Result<String, E>,
) -> Result<String, E> {
    let layout = Layout::of(figure);
    let Layout { width, height, .. } = layout;
    let mut parts = vec![
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" viewBox="0 0 {width} {height}" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#222">"##,
            scale * width,
            scale * height
        ),
        metadata(figure),
        format!(r##"<rect width="{width}" height="{height}" fill="#fff"/>"##),
        text(MARGIN, MARGIN + 12.0, "start", &figure.title()),
        picture(figure, &encode)?,
    ];
    if figure.is_whole() {
        parts.push(fields(figure, &encode)?);
        parts.push(wheel(figure, layout.legend, &encode)?);
    } else {
        for (column, query) in figure.queries.iter().enumerate() {
            parts.push(maps(figure, query, column, &encode)?);
        }
        parts.extend(legends(figure, layout.legend));
    }
    parts.extend(layout.caption.iter().enumerate().map(|(line, words)| {
        text(
            MARGIN,
            layout.words + LINE * line as f64,
            "start",
            words.trim(),
        )
    }));
    parts.push("</svg>\n".into());
    Ok(parts.join("\n"))
}

/// The address that such a file carries, if it does.
pub fn address(file: &str) -> Option<String> {
    let (_, after) = file.split_once("<dc:source")?;
    let (_, after) = after.split_once('>')?;
    let (address, _) = after.split_once("</dc:source>")?;
    Some(
        address
            .trim()
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&"),
    )
}

/// Where things stand.
struct Layout {
    width: f64,
    height: f64,
    legend: f64,
    words: f64,
    caption: Vec<String>,
}

impl Layout {
    fn of(figure: &Figure) -> Self {
        let columns = match figure.is_whole() {
            true => 1.0,
            false => figure.queries.len() as f64,
        };
        let width = (2.0 * MARGIN + PICTURE)
            + if columns > 0.0 {
                MARGIN + columns * (MAP + GAP) - GAP
            } else {
                0.0
            };
        let maps = figure.layers.len() as f64 * (MAP + FOOT);
        let legend = MARGIN + HEAD + PICTURE.max(maps) + MARGIN;
        let legend_height = match (figure.is_whole(), figure.sight) {
            (true, Sight::Parts | Sight::Bits) => 0.0,
            (true, _) => WHEEL,
            (false, _) if figure.queries.is_empty() || figure.layers.is_empty() => 0.0,
            (false, _) => 44.0,
        };
        let words = legend + legend_height + 8.0;
        let caption = lines(
            &caption(figure),
            ((width - 2.0 * MARGIN) / CHARACTER) as usize,
        );
        let height = words + LINE * caption.len() as f64 + MARGIN - 8.0;
        Self {
            width,
            height,
            legend,
            words,
            caption,
        }
    }
}

/// For programs that read what a picture is: the address, and the caption.
fn metadata(figure: &Figure) -> String {
    format!(
        r#"<title>{}</title>
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>Saganscope</dc:creator><dc:source>{}</dc:source><dc:description>{}</dc:description></metadata>"#,
        escaped(&figure.title()),
        escaped(&figure.address),
        escaped(&caption(figure))
    )
}

/// The picture, its arrows and its queries.
fn picture<E>(figure: &Figure, encode: &impl Fn(&Image) -> Result<String, E>) -> Result<String, E> {
    let side = figure.picture.side;
    let pixel = PICTURE / f64::from(side);
    let (left, top) = (MARGIN, MARGIN + HEAD);
    let mut parts = vec![image(
        &encode(&figure.picture)?,
        left,
        top,
        PICTURE,
        figure.display.smooth,
    )];
    for query in &figure.queries {
        let look = figure.arrows_of.and_then(|layer| query.looks.get(layer));
        for (rank, path) in look.map_or(Vec::new(), |look| arrows(query.pixel, look, side)) {
            let thick = [2.5, 1.75, 1.25][rank.min(2)] / pixel;
            let line = |colour: &str, width: f64| {
                format!(
                    r#"<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:.3}" stroke-linecap="round" stroke-linejoin="round"/>"#
                )
            };
            parts.push(format!(
                r#"<g transform="translate({left} {top}) scale({pixel:.4})">{}{}</g>"#,
                line("#000", thick + 2.0 / pixel),
                line(colour(query), thick)
            ));
        }
    }
    for query in &figure.queries {
        let Point { x, y } = query.pixel;
        let at = |along: u32| pixel * (f64::from(along) + 0.5);
        let (x, y) = (left + at(x), top + at(y));
        match query.region {
            None => parts.push(dot(x, y, 3.5, colour(query))),
            Some(region) => parts.push(frame(region, side, pixel, (left, top), colour(query))),
        }
        if let (Some(_), Some((second, _))) = (query.region, &figure.second) {
            parts.push(frame(*second, side, pixel, (left, top), PINS[1]));
        }
        let above = if y - top < 24.0 { 15.0 } else { -15.0 };
        parts.push(badge(x, y + above, query));
    }
    Ok(parts.join("\n"))
}

/// One query's column: its number and place, and each layer's map.
fn maps<E>(
    figure: &Figure,
    query: &Query,
    column: usize,
    encode: &impl Fn(&Image) -> Result<String, E>,
) -> Result<String, E> {
    let left = 2.0 * MARGIN + PICTURE + column as f64 * (MAP + GAP);
    let Point { x, y } = query.pixel;
    let mut parts = vec![
        badge(left + 8.0, MARGIN + 8.0, query),
        text(left + 22.0, MARGIN + 12.0, "start", &format!("({x}, {y})")),
    ];
    for (row, look) in query.looks.iter().enumerate() {
        let top = MARGIN + HEAD + row as f64 * (MAP + FOOT);
        parts.push(map(figure, look, left, top, colour(query), encode)?);
    }
    Ok(parts.join("\n"))
}

/// All rows of each layer.
fn fields<E>(figure: &Figure, encode: &impl Fn(&Image) -> Result<String, E>) -> Result<String, E> {
    let left = 2.0 * MARGIN + PICTURE;
    let mut parts = Vec::new();
    for (row, (layer, all)) in figure.layers.iter().zip(&figure.all).enumerate() {
        let top = MARGIN + HEAD + row as f64 * (MAP + FOOT);
        let field = sight_image(figure.sight, all, layer.side, figure.display.palette);
        parts.push(image(
            &encode(&field)?,
            left,
            top,
            MAP,
            figure.display.smooth,
        ));
        let name = format!("{0}×{0}", layer.side);
        parts.push(text(left, top + MAP + 13.0, "start", &name));
    }
    Ok(parts.join("\n"))
}

/// The directions' colours, where they are shown.
fn wheel<E>(
    figure: &Figure,
    top: f64,
    encode: &impl Fn(&Image) -> Result<String, E>,
) -> Result<String, E> {
    if matches!(figure.sight, Sight::Parts | Sight::Bits) {
        return Ok(String::new());
    }
    Ok(image(
        &encode(&whither_legend(WHEEL_CELLS))?,
        MARGIN,
        top - 8.0,
        WHEEL,
        true,
    ))
}

/// One map, the query's cell on it, and its name.
fn map<E>(
    figure: &Figure,
    look: &Look,
    left: f64,
    top: f64,
    colour: &str,
    encode: &impl Fn(&Image) -> Result<String, E>,
) -> Result<String, E> {
    let display = figure.display;
    let axis = look.axis(display.scale);
    let heat = map_image(&look.values, look.side, axis, display.palette);
    let cell = MAP / f64::from(look.side);
    let at = |along: u32| cell * (f64::from(along) + 0.5);
    let Point { x, y } = look.question.cell;
    let legend = Legend::of(look, display.scale);
    let name = format!("{0}×{0}, most {1}", look.side, legend.most);
    Ok([
        image(&encode(&heat)?, left, top, MAP, display.smooth),
        match look.question.region {
            None => dot(left + at(x), top + at(y), 3.0, colour),
            Some(region) => frame(region, look.side, cell, (left, top), colour),
        },
        text(left, top + MAP + 13.0, "start", &name),
    ]
    .join("\n"))
}

/// What the colours mean: once where all maps share it, else once a layer; where each map has a
/// scale of its own, its ends are named instead of numbered.
fn legends(figure: &Figure, top: f64) -> Vec<String> {
    let Some(query) = figure.queries.first() else {
        return Vec::new();
    };
    let named = query.looks.iter().map(|look| {
        let Legend {
            ticks,
            unit,
            stretched,
            ..
        } = Legend::of(look, figure.display.scale);
        if !stretched {
            return (look.side, ticks, unit.to_owned());
        }
        let ends = [("dark", 0.0), ("the map's most", 1.0)];
        let ends = ends.map(|(name, place)| (name.to_owned(), place)).to_vec();
        (look.side, ends, format!("{unit}, each map by itself"))
    });
    // A layer's side, its ticks and their unit.
    type Named = (u32, Vec<(String, f32)>, String);
    let mut different: Vec<Named> = Vec::new();
    for legend in named {
        if different.last().is_none_or(|last| last.1 != legend.1) {
            different.push(legend);
        }
    }
    let several = different.len() > 1;
    let mut parts = vec![gradient(figure)];
    for (index, (side, ticks, unit)) in different.into_iter().enumerate() {
        let left = MARGIN + index as f64 * (BAR + 2.0 * MARGIN);
        let unit = match several {
            true => format!("{side}×{side}: {unit}"),
            false => unit,
        };
        parts.push(text(left, top + 4.0, "start", &unit));
        parts.push(format!(
            r##"<rect x="{left}" y="{}" width="{BAR}" height="8" fill="url(#colours)"/>"##,
            top + 10.0
        ));
        let last = ticks.len().saturating_sub(1);
        for (at, (name, place)) in ticks.iter().enumerate() {
            let anchor = match at {
                0 => "start",
                at if at == last => "end",
                _ => "middle",
            };
            let x = left + BAR * f64::from(*place);
            parts.push(text(x, top + 31.0, anchor, name));
        }
    }
    parts
}

fn gradient(figure: &Figure) -> String {
    let stops: String = (0..=16u8)
        .map(|stop| {
            let place = f32::from(stop) / 16.0;
            let [r, g, b] = figure.display.palette.colour(place);
            format!(r#"<stop offset="{place}" stop-color="rgb({r},{g},{b})"/>"#)
        })
        .collect();
    format!(r#"<defs><linearGradient id="colours">{stops}</linearGradient></defs>"#)
}

fn colour(query: &Query) -> &'static str {
    PINS[query.number % PINS.len()]
}

fn badge(x: f64, y: f64, query: &Query) -> String {
    let number = text(x, y + 4.0, "middle", &(query.number + 1).to_string());
    format!(
        r##"<circle cx="{x:.1}" cy="{y:.1}" r="8" fill="{}" stroke="#000"/><g font-weight="700" fill="#000">{number}</g>"##,
        colour(query)
    )
}

fn dot(x: f64, y: f64, r: f64, colour: &str) -> String {
    format!(
        r##"<circle cx="{x:.1}" cy="{y:.1}" r="{r}" fill="{colour}" stroke="#000" stroke-width="1.25"/>"##
    )
}

/// The outline of a region of a `side`² grid whose cells have this edge.
fn frame(region: Region, side: u32, edge: f64, corner: (f64, f64), colour: &str) -> String {
    let path = region.outline(side, edge, corner);
    let line = |colour: &str, width: f64| {
        format!(
            r#"<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="square"/>"#
        )
    };
    line("#000", 3.5) + &line(colour, 1.75)
}

fn image(data: &str, x: f64, y: f64, edge: f64, smooth: bool) -> String {
    let pixelated = if smooth {
        ""
    } else {
        r#" style="image-rendering:pixelated""#
    };
    format!(r#"<image href="{data}" x="{x}" y="{y}" width="{edge}" height="{edge}"{pixelated}/>"#)
}

fn text(x: f64, y: f64, anchor: &str, words: &str) -> String {
    format!(
        r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{}</text>"#,
        escaped(words)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Words in lines of at most so many characters, where no single word is longer.
fn lines(words: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::tests::{figure, whole_figure};
    use super::*;
    use crate::page::attention::lens::{Direction, Lens};
    use crate::page::attention::scale::Scale;

    fn drawn(figure: &Figure) -> String {
        let encode = |image: &Image| Ok::<_, ()>(format!("data:{}", image.side));
        svg(figure, 2.0, encode).unwrap_or_default()
    }

    #[test]
    fn a_figure_has_the_picture_and_a_map_a_query_and_layer() {
        let text = drawn(&figure(Direction::From, Lens::LooksAt));
        let count = |part: &str| text.matches(part).count();
        assert_eq!(
            [8, 2, 4].map(|side| count(&format!("\"data:{side}\""))),
            [1, 2, 2]
        );
        // Pins keep their numbers: once on the picture, once above the maps.
        let numbered = [2, 3].map(|n| count(&format!(">{n}</text></g>")));
        assert_eq!((count("font-weight=\"700\""), numbered), (4, [0, 2]));
        assert_eq!(count("url(#colours)"), 1, "one legend for all");
        assert!(text.contains(">≤¼</text>") && text.contains(">64+</text>"));
        let (width, height) = size(&figure(Direction::From, Lens::LooksAt));
        assert!(text.contains(&format!(
            r#"width="{}" height="{}""#,
            2.0 * width,
            2.0 * height
        )));
    }

    #[test]
    fn names_are_escaped_and_the_address_comes_back() {
        let figure = figure(Direction::From, Lens::LooksAt);
        let text = drawn(&figure);
        assert!(text.contains("Faces &amp; &lt;Masks&gt;") && !text.contains("<Masks>"));
        assert_eq!(address(&text), Some(figure.address));
        assert_eq!(address("<svg/>"), None);
    }

    #[test]
    fn bits_have_a_legend_a_layer_and_a_stretched_scale_names_its_ends() {
        let count = |text: &str, part: &str| text.matches(part).count();
        let text = drawn(&figure(Direction::From, Lens::OnlyThis));
        assert_eq!(count(&text, "url(#colours)"), 2);
        let mut stretched = figure(Direction::From, Lens::LooksAt);
        stretched.display.scale = Scale::Linear;
        let text = drawn(&stretched);
        assert_eq!(count(&text, "url(#colours)"), 1);
        assert!(text.contains("the map's most") && text.contains("each map by itself"));
    }

    #[test]
    fn all_rows_at_once_are_one_map_a_layer_and_the_wheel() {
        for (sight, wheels) in [(Sight::Whither, 1), (Sight::Parts, 0), (Sight::Bits, 0)] {
            let text = drawn(&whole_figure(sight));
            let count = |part: &str| text.matches(part).count();
            assert_eq!(
                [8, 2, 4].map(|side| count(&format!("\"data:{side}\""))),
                [1; 3]
            );
            assert_eq!((count("data:65"), count("url(#colours)")), (wheels, 0));
            assert_eq!(
                count("font-weight=\"700\""),
                2,
                "the pins stay on the picture"
            );
        }
    }

    #[test]
    fn a_picture_without_queries_is_a_figure_too() {
        let mut bare = figure(Direction::From, Lens::LooksAt);
        bare.queries.clear();
        let text = drawn(&bare);
        assert_eq!(text.matches("<image").count(), 1);
        assert!(!text.contains("NaN") && text.ends_with("</svg>\n"));
    }

    #[test]
    fn words_fill_lines_and_none_is_lost() {
        let words = "a bb ccc dddd eeeee ffffffffffff g";
        let found = lines(words, 8);
        assert_eq!(found, ["a bb ccc", "dddd", "eeeee", "ffffffffffff", "g"]);
    }
}
