//! Circles in a graph.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What each module imports from.
pub(super) type Imports = BTreeMap<String, BTreeSet<String>>;

/// Circles that must be broken before there is none: each is told once, the shortest first.
pub(super) fn circles(mut imports: Imports) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    while let Some(circle) = shortest(&imports) {
        // As if its last import were mended.
        if let [.., from, to] = circle.as_slice() {
            imports.entry(from.clone()).or_default().remove(to);
        }
        found.push(circle);
    }
    found
}

/// The shortest circle, its first module again at its end; the first by name among equals.
fn shortest(imports: &Imports) -> Option<Vec<String>> {
    let circles = imports.keys().filter_map(|module| back(module, imports));
    circles.min_by_key(Vec::len)
}

/// The shortest way from a module to itself.
fn back(start: &str, imports: &Imports) -> Option<Vec<String>> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(module) = queue.pop_front() {
        for next in imports.get(module).into_iter().flatten() {
            if next == start {
                return Some(way(start, module, &before));
            }
            if !before.contains_key(next.as_str()) {
                before.insert(next, module);
                queue.push_back(next);
            }
        }
    }
    None
}

/// From `start` to `last`, and to `start` again.
fn way(start: &str, last: &str, before: &BTreeMap<&str, &str>) -> Vec<String> {
    let mut way = vec![start.to_owned(), last.to_owned()];
    let mut at = last;
    while at != start {
        let Some(&previous) = before.get(at) else {
            break;
        };
        way.push(previous.to_owned());
        at = previous;
    }
    if last == start {
        way.pop();
    }
    way.reverse();
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(edges: &[(&str, &[&str])]) -> Imports {
        let edge = |&(from, to): &(&str, &[&str])| {
            let to = to.iter().map(|&to| to.to_owned());
            (from.to_owned(), to.collect())
        };
        edges.iter().map(edge).collect()
    }

    #[test]
    fn a_tree_has_none() {
        let tree = imports(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])]);
        assert_eq!(circles(tree), Vec::<Vec<String>>::new());
    }

    #[test]
    fn each_is_told_with_its_first_module_at_both_ends_and_the_shortest_first() {
        let found = circles(imports(&[
            ("a", &["b"]),
            ("b", &["c"]),
            ("c", &["a", "d"]),
            ("d", &["c"]),
        ]));
        let told: Vec<_> = found.iter().map(|circle| circle.join(" ")).collect();
        assert_eq!(told, ["c d c", "a b c a"]);
    }
}
