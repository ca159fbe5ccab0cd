//! Where a model's weights come from.

use web_sys::File;

use super::models::Model;

/// Where a model's weights come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file of this site: its path, relative to the page.
    Site(String),
    /// A file of the visitor's.
    Own(OwnFile),
}

/// A checkpoint on the visitor's machine, which it never leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFile {
    /// What it is called.
    pub name: String,
    /// Where it is read from; nothing where only an address names it, until it is chosen again.
    pub file: Option<File>,
}

impl From<File> for Origin {
    fn from(file: File) -> Self {
        Self::Own(OwnFile {
            name: file.name(),
            file: Some(file),
        })
    }
}

impl Origin {
    /// A shipped model.
    pub fn of(model: &Model) -> Self {
        Self::Site(model.path())
    }

    /// The visitor's file of this name, which is yet to be chosen.
    pub fn awaited(name: &str) -> Self {
        Self::Own(OwnFile {
            name: name.to_owned(),
            file: None,
        })
    }

    /// The shipped model, if it is one.
    pub fn model(&self) -> Option<&'static Model> {
        match self {
            Self::Site(path) => Model::of_path(path),
            Self::Own(_) => None,
        }
    }

    /// What the model is called: a shipped one by its name, any other by its file's.
    pub fn model_name(&self) -> String {
        match self {
            Self::Site(path) => Model::name_of(path),
            Self::Own(own) => own.name.clone(),
        }
    }

    /// What the file is called, without its folders.
    pub fn file_name(&self) -> &str {
        match self {
            Self::Site(path) => path.rsplit('/').next().unwrap_or_default(),
            Self::Own(own) => &own.name,
        }
    }

    /// Whether both are called the same, be a visitor's file there or yet to be chosen.
    pub fn is_called_as(&self, other: &Self) -> bool {
        match (self, other) {
            // An address loses blanks at the ends of a name.
            (Self::Own(own), Self::Own(other)) => own.name.trim() == other.name.trim(),
            _ => self == other,
        }
    }

    /// Whether it is a visitor's file that is yet to be chosen.
    pub fn is_awaited(&self) -> bool {
        matches!(self, Self::Own(own) if own.file.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_called_as_it_ships_and_any_other_by_its_file() {
        let first = Model::first();
        assert_eq!(Origin::of(first).model(), Some(first));
        assert_eq!(Origin::of(first).model_name(), first.name);
        let run = Origin::Site("runs/a.safetensors".into());
        assert_eq!((run.model(), run.file_name()), (None, "a.safetensors"));
        // A visitor's file of a shipped one's name is not the shipped one.
        let own = Origin::awaited(&first.path());
        assert_eq!((own.model(), own.model_name()), (None, first.path()));
        assert!(own.is_awaited() && !run.is_awaited());
        assert!(own.is_called_as(&own) && !own.is_called_as(&Origin::of(first)));
        assert!(!own.is_called_as(&Origin::awaited("other.pth")));
    }
}
