//! How much of the page is shown, and in which colours: for a page that stands inside another.
//!
//! | name | values |
//! |---|---|
//! | `embed` | `1`: the picture and its maps, and nothing else |
//! | `hide` | parts that are left out, joined by `_`: see [`PARTS`] |
//! | `theme` | `light` or `dark`, whatever the system prefers |

use super::query::Query;

/// The parts that can be left out, as the style sheet calls them.
pub const PARTS: [&str; 7] = [
    "header",
    "samples",
    "maps",
    "reading",
    "numbers",
    "tools",
    "explanation",
];

/// How much of the page is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Only the picture and its maps.
    pub embed: bool,
    /// Which of [`PARTS`] are left out.
    hidden: [bool; PARTS.len()],
    /// Its colours, where the system's choice does not count.
    pub theme: Option<Theme>,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Its name in the address and the style sheet.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Frame {
    /// What the address says.
    pub fn read(query: &Query) -> Self {
        Self {
            embed: query
                .word("embed", &[("1", true), ("0", false)])
                .unwrap_or_default(),
            hidden: query.value("hide", hidden).unwrap_or_default(),
            theme: query.word("theme", &[Theme::Light, Theme::Dark].map(|t| (t.name(), t))),
        }
    }

    /// The names and values that say the same.
    pub fn write(&self) -> Vec<(&'static str, String)> {
        let hidden = self.hidden().join("_");
        let embed = self.embed.then(|| ("embed", "1".to_owned()));
        let hide = (!hidden.is_empty()).then_some(("hide", hidden));
        let theme = self.theme.map(|theme| ("theme", theme.name().to_owned()));
        embed.into_iter().chain(hide).chain(theme).collect()
    }

    /// The parts that are left out.
    pub fn hidden(&self) -> Vec<&'static str> {
        let parts = PARTS.into_iter().zip(self.hidden);
        parts.filter_map(|(part, is)| is.then_some(part)).collect()
    }
}

/// Nothing where a part is unknown: the whole list is then told to be.
fn hidden(text: &str) -> Option<[bool; PARTS.len()]> {
    let mut hidden = [false; PARTS.len()];
    for name in text.split(['_', ',']) {
        let at = PARTS.iter().position(|&part| part == name)?;
        hidden[at] = true;
    }
    Some(hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (Frame, Vec<String>) {
        let owned = pairs.iter().map(|&(n, v)| (n.to_owned(), v.to_owned()));
        let query = Query::new(owned);
        (Frame::read(&query), query.left_over())
    }

    #[test]
    fn what_is_written_reads_back() {
        let pairs = [
            ("embed", "1"),
            ("hide", "samples_numbers"),
            ("theme", "dark"),
        ];
        let (frame, left) = read(&pairs);
        assert_eq!((frame.hidden(), left), (vec!["samples", "numbers"], vec![]));
        let written = frame.write();
        let written: Vec<_> = written.iter().map(|(n, v)| (*n, v.as_str())).collect();
        assert_eq!(written, pairs);
        assert_eq!(Frame::default().write(), []);
    }

    #[test]
    fn nonsense_is_left_over() {
        let (frame, left) = read(&[("embed", "yes"), ("hide", "samples_sky"), ("theme", "red")]);
        assert_eq!(frame, Frame::default());
        assert_eq!(left.len(), 3);
    }
}
