//! The modules of a crate, and from which others each imports.
//!
//! What counts is where a name is defined: `use super::Map` of a parent that has
//! `pub use map::Map` is an import from `map`. A parent may declare its children and hand on what
//! they define; only where its own code needs them does it import from them. Tests do not count.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, Visibility};

use super::graph::Imports;
use crate::failure::Failure;

/// A module's name in parts, from the crate's root on.
type Name = Vec<String>;

/// All modules of a crate.
#[derive(Default)]
pub(super) struct Crate {
    modules: BTreeMap<Name, Module>,
}

/// What a module says of others.
#[derive(Default)]
struct Module {
    children: Vec<String>,
    /// What it imports, under which name.
    uses: Vec<Use>,
    /// Paths in its code.
    paths: Vec<Name>,
}

/// One name that a `use` brings.
struct Use {
    /// `*` for all that there is.
    name: String,
    path: Name,
    /// Handed on to others.
    public: bool,
}

impl Crate {
    /// Reads a crate from its first file on.
    ///
    /// # Errors
    /// If one of its files cannot be read or is no Rust.
    pub(super) fn read(file: &Path) -> Result<Self, Failure> {
        let mut all = Self::default();
        let folder = file.parent().unwrap_or(Path::new(""));
        all.add(Name::new(), &parse(file)?.items, folder)?;
        Ok(all)
    }

    /// Adds a module; files of its children lie in `folder`.
    fn add(&mut self, name: Name, items: &[Item], folder: &Path) -> Result<(), Failure> {
        let mut module = Module::default();
        for item in items {
            match item {
                Item::Mod(child) if !of_tests(&child.attrs) => {
                    module.children.push(child.ident.to_string());
                    self.add_child(&name, child, folder)?;
                }
                _ => module.visit_item(item),
            }
        }
        // Where one of two forms of a module is compiled, both count.
        let known = self.modules.entry(name).or_default();
        known.children.extend(module.children);
        known.uses.extend(module.uses);
        known.paths.extend(module.paths);
        Ok(())
    }

    fn add_child(&mut self, parent: &Name, child: &ItemMod, folder: &Path) -> Result<(), Failure> {
        let ident = child.ident.to_string();
        let mut name = parent.clone();
        name.push(ident.clone());
        let below = folder.join(&ident);
        if let Some((_, items)) = &child.content {
            return self.add(name, items, &below);
        }
        let elsewhere = child.attrs.iter().find_map(|attribute| {
            let value = &attribute.meta.require_name_value().ok()?.value;
            let syn::Expr::Lit(literal) = value else {
                return None;
            };
            match &literal.lit {
                syn::Lit::Str(text) if attribute.path().is_ident("path") => Some(text.value()),
                _ => None,
            }
        });
        let file = match elsewhere {
            Some(path) => folder.join(path),
            None => first_that_is([below.join("mod.rs"), folder.join(format!("{ident}.rs"))]),
        };
        self.add(name, &parse(&file)?.items, &below)
    }

    /// From which modules each imports.
    pub(super) fn imports(&self) -> Imports {
        let imports = self.modules.iter().map(|(name, module)| {
            let uses = module.uses.iter().filter_map(|used| {
                let target = self.defined_in(&self.absolute(name, &used.path)?, 0);
                let handed_on = used.public && target.starts_with(name);
                (!handed_on).then_some(target)
            });
            let paths = module
                .paths
                .iter()
                .filter_map(|path| Some(self.defined_in(&self.absolute(name, path)?, 0)));
            let targets = uses.chain(paths).filter(|target| target != name);
            (told(name), targets.map(|target| told(&target)).collect())
        });
        imports.collect()
    }

    /// From the crate's root on, where the path leads into the crate.
    fn absolute(&self, module: &Name, path: &[String]) -> Option<Name> {
        let mut at = module.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => (at, rest) = (Name::new(), &path[1..]),
            "self" => rest = &path[1..],
            "super" => {}
            first => {
                let children = &self.modules.get(module)?.children;
                children.iter().any(|child| child == first).then_some(())?;
            }
        }
        while let [first, more @ ..] = rest
            && first == "super"
        {
            at.pop()?;
            rest = more;
        }
        at.extend_from_slice(rest);
        Some(at)
    }

    /// The module that defines what an absolute path names.
    fn defined_in(&self, path: &[String], depth: usize) -> Name {
        let mut at = Name::new();
        for (index, part) in path.iter().enumerate() {
            let mut child = at.clone();
            child.push(part.clone());
            if self.modules.contains_key(&child) {
                at = child;
                continue;
            }
            let uses = self.modules.get(&at).map_or(&[][..], |module| &module.uses);
            let handed_on = uses.iter().find(|used| used.name == *part);
            // Two modules may hand the same name to each other where a macro makes it.
            if let Some(mut whole) = handed_on.and_then(|used| self.absolute(&at, &used.path))
                && depth < 16
            {
                whole.extend_from_slice(&path[index + 1..]);
                return self.defined_in(&whole, depth + 1);
            }
            break;
        }
        at
    }
}

impl Module {
    fn add_use(&mut self, tree: &UseTree, before: &[String], public: bool) {
        let with = |name: &syn::Ident| {
            let mut path = before.to_vec();
            path.push(name.to_string());
            path
        };
        let (name, path) = match tree {
            UseTree::Path(path) => return self.add_use(&path.tree, &with(&path.ident), public),
            UseTree::Group(group) => {
                let trees = group.items.iter();
                return trees.for_each(|tree| self.add_use(tree, before, public));
            }
            UseTree::Name(name) if name.ident == "self" => {
                (before.last().cloned().unwrap_or_default(), before.to_vec())
            }
            UseTree::Name(name) => (name.ident.to_string(), with(&name.ident)),
            UseTree::Rename(rename) if rename.ident == "self" => {
                (rename.rename.to_string(), before.to_vec())
            }
            UseTree::Rename(rename) => (rename.rename.to_string(), with(&rename.ident)),
            UseTree::Glob(_) => ("*".into(), before.to_vec()),
        };
        self.uses.push(Use { name, path, public });
    }
}

impl<'ast> Visit<'ast> for Module {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => &Vec::new(),
        };
        if !of_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let public = !matches!(item.vis, Visibility::Inherited);
        self.add_use(&item.tree, &[], public);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        // One part alone names something that is here already.
        if path.segments.len() > 1 && path.leading_colon.is_none() {
            let parts = path.segments.iter().map(|part| part.ident.to_string());
            self.paths.push(parts.collect());
        }
        visit::visit_path(self, path);
    }

    /// `pub(in path)` is no import.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

/// Reads and parses a source file.
fn parse(path: &Path) -> Result<syn::File, Failure> {
    let unreadable = |reason: String| Failure::Unreadable {
        path: path.to_path_buf(),
        reason,
    };
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    syn::parse_file(&text).map_err(|error| unreadable(error.to_string()))
}

/// Whether this is compiled for tests alone.
fn of_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let condition = attribute.path().is_ident("cfg");
        let test = || attribute.parse_args::<syn::Ident>();
        condition && test().is_ok_and(|name| name == "test")
    })
}

fn first_that_is([first, second]: [PathBuf; 2]) -> PathBuf {
    if first.is_file() { first } else { second }
}

/// As a reader says it.
fn told(name: &[String]) -> String {
    match name {
        [] => "the crate's root".into(),
        parts => parts.join("::"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use super::super::graph::circles;
    use super::*;

    /// The first circle of a crate with these files.
    fn circle_of(files: &[(&str, &str)]) -> Option<Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let read = Crate::read(&folder.path().join("lib.rs")).unwrap();
        circles(read.imports()).into_iter().next()
    }

    #[test]
    fn two_that_import_each_other_are_a_circle() {
        let found = circle_of(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::{self, other::Thing as T};"),
            ("b/mod.rs", "pub mod other; use super::a;"),
            ("b/other.rs", "pub struct Thing;"),
        ]);
        assert_eq!(found.unwrap(), ["a", "b", "a"]);
    }

    #[test]
    fn a_path_in_the_code_is_an_import() {
        let found = circle_of(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "pub fn f() { crate::b::g() }"),
            ("b.rs", "pub fn g() { if false { super::a::f() } }"),
        ]);
        assert_eq!(found.unwrap(), ["a", "b", "a"]);
    }

    #[test]
    fn a_parent_may_declare_its_children_and_hand_on_what_they_define() {
        let found = circle_of(&[
            ("lib.rs", "mod a; pub use a::{One, Two}; pub struct Shared;"),
            (
                "a/mod.rs",
                "mod one; mod two; pub use one::One; pub(crate) use two::Two;",
            ),
            ("a/one.rs", "use crate::Shared; pub struct One(Shared);"),
            ("a/two.rs", "use super::One; pub struct Two(One);"),
        ]);
        assert_eq!(found, None);
    }

    #[test]
    fn what_is_handed_on_is_an_import_from_where_it_is_defined() {
        let found = circle_of(&[
            ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
            ("a.rs", "use crate::B; pub struct A(B);"),
            ("b.rs", "use crate::A; pub struct B(Box<A>);"),
        ]);
        assert_eq!(found.unwrap(), ["a", "b", "a"]);
    }

    #[test]
    fn a_parent_whose_code_needs_a_child_that_needs_it_is_a_circle() {
        let found = circle_of(&[
            (
                "lib.rs",
                "mod a; use a::f; pub struct Shared; pub fn g() { f() }",
            ),
            ("a.rs", "use super::Shared; pub fn f() { let _ = Shared; }"),
        ]);
        assert_eq!(found.unwrap(), ["a", "the crate's root", "a"]);
    }

    #[test]
    fn tests_may_import_what_they_test() {
        let found = circle_of(&[
            ("lib.rs", "mod a; mod b; #[cfg(test)] mod not_there;"),
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            (
                "b.rs",
                "pub struct B; #[cfg(test)] mod tests { use crate::a::A; }",
            ),
        ]);
        assert_eq!(found, None);
    }
}
