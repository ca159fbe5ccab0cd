//! The query part of an address, read name by name, so that in the end it is known what nobody could
//! make sense of.

use std::cell::RefCell;
use std::collections::BTreeSet;

/// Names and values, and which of them were understood.
#[derive(Debug, Default)]
pub struct Query {
    pairs: Vec<(String, String)>,
    understood: RefCell<BTreeSet<String>>,
}

impl Query {
    /// From names and values as they stand in the address.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            pairs: pairs.into_iter().collect(),
            understood: RefCell::default(),
        }
    }

    /// What the address says under this name, if it does and `parse` can read it. Of a name that
    /// stands twice, the first counts.
    pub fn value<T>(&self, name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let (_, text) = self.pairs.iter().find(|(known, _)| known == name)?;
        let value = parse(text.trim())?;
        self.understood.borrow_mut().insert(name.to_owned());
        Some(value)
    }

    /// A number.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.value(name, |text| text.parse().ok())
    }

    /// What one of these words stands for.
    pub fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Option<T> {
        self.value(name, |text| {
            let known = words.iter().find(|(word, _)| *word == text)?;
            Some(known.1)
        })
    }

    /// Each `name=value` that nothing asked for, or of which nothing could be made.
    pub fn left_over(&self) -> Vec<String> {
        let understood = self.understood.borrow();
        let left = self.pairs.iter();
        left.filter(|(name, _)| !understood.contains(name))
            .map(|(name, value)| format!("{name}={value}"))
            .collect()
    }
}

/// What the reader of an address is told of what was left over, if anything was.
pub fn notice(left_over: &[String]) -> Option<String> {
    /// Longer ones are cut: an address can hold anything.
    const LONGEST: usize = 40;
    let quoted = |text: &String| {
        let cut: String = text.chars().take(LONGEST).collect();
        let dots = if cut.len() < text.len() { "…" } else { "" };
        format!("“{cut}{dots}”")
    };
    let what = match left_over {
        [] => return None,
        [one] => quoted(one),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(quoted).collect();
            format!("{} and {}", first.join(", "), quoted(last))
        }
    };
    Some(format!(
        "The address asks for {what}, which this page does not know; the rest of the address is shown."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query() -> Query {
        let pairs = [("seed", " 7 "), ("way", "out"), ("x", "y"), ("seed", "8")];
        Query::new(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }

    #[test]
    fn what_is_not_asked_for_or_not_understood_is_left_over() {
        let query = query();
        assert_eq!(query.number::<u64>("seed"), Some(7));
        assert_eq!(query.word("way", &[("to", 1), ("from", 2)]), None);
        assert_eq!(query.number::<u8>("sample"), None);
        assert_eq!(query.left_over(), ["way=out", "x=y"]);
    }

    #[test]
    fn a_notice_names_all_and_is_never_long() {
        assert_eq!(notice(&[]), None);
        let long = format!("a={}", "b".repeat(999));
        let text = notice(&["c=d".into(), long]).unwrap_or_default();
        assert!(
            text.starts_with("The address asks for “c=d” and “a=bb"),
            "{text}"
        );
        assert!(text.len() < 200 && text.contains("…”"));
    }
}
