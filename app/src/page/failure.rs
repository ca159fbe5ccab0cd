//! Everything that can stop the page, each with a sentence for the reader.

use thiserror::Error;

/// The longest checkpoint of a visitor's that is read, in bytes. A generator four times as wide as the
/// public code's has 200 MB; the engine holds the file, its numbers and what is folded of them in the
/// four gigabytes that a page has.
pub const LARGEST_OWN: u64 = 400_000_000;

/// What stopped the page.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// The server has no such file.
    #[error(
        "{file} is not on this site: the server answered {status}. Check the address, or that the site was published whole."
    )]
    Missing {
        /// The path asked for.
        file: String,
        /// The HTTP status.
        status: u16,
    },
    /// The server answered with something other than the file.
    #[error("{file} could not be downloaded: the server answered {status}. Try again in a moment.")]
    Refused {
        /// The path asked for.
        file: String,
        /// The HTTP status.
        status: u16,
    },
    /// The server answered with a web page in the file's place, as some do for missing files.
    #[error(
        "{file} is not on this site: the server sent a web page in its place. Check the address, or that the site was published whole."
    )]
    WebPage {
        /// The path asked for.
        file: String,
    },
    /// No answer, or it broke off.
    #[error(
        "{file} could not be downloaded: the connection failed ({detail}). Check that you are online, then try again."
    )]
    Connection {
        /// The path asked for.
        file: String,
        /// The browser's words.
        detail: String,
    },
    /// A model that comes with the page without its discriminator.
    #[error(
        "The discriminator that learned with this model was not kept, so it cannot be asked. Choose another model, or train one in the training room."
    )]
    NoDiscriminator,
    /// The address names a checkpoint elsewhere.
    #[error(
        "The address asks for the checkpoint “{path}”. Only files under this page can be opened, by a relative path without “..”."
    )]
    ForeignCheckpoint {
        /// What the address says.
        path: String,
    },
    /// The address names a file of the visitor's, which only the visitor can choose.
    #[error(
        "This is a view of {name}, a file on the machine of whoever made it: its weights are not in the address. Choose that file, or drop it here, and the view is as it was."
    )]
    Awaited {
        /// What the file is called.
        name: String,
    },
    /// A file of the visitor's that the browser cannot read any more.
    #[error(
        "{name} could not be read: it was moved, changed or taken away since it was chosen. Choose it again."
    )]
    Unread {
        /// What the file is called.
        name: String,
    },
    /// A file of the visitor's that is no model of this kind, as its length tells.
    #[error(
        "{name} is larger than {0} MB, and so no SAGAN that this page can open. Choose a generator's file.", LARGEST_OWN / 1_000_000
    )]
    TooLarge {
        /// What the file is called.
        name: String,
    },
    /// The browser has no workers, or forbids them here.
    #[error(
        "This browser did not start a background worker, which the engine needs ({detail}). Try a current browser, outside of restricted or embedded views."
    )]
    NoWorker {
        /// The browser's words.
        detail: String,
    },
    /// The worker runs but the engine in it did not start.
    #[error("The engine was downloaded but did not start: {detail}")]
    NoStart {
        /// What the worker says.
        detail: String,
    },
    /// Page and engine were published at different times, and a reload did not help.
    #[error(
        "This page and its engine are of different versions, though it was reloaded: the site is just being published, or a cache on the way holds old files. Try again in a few minutes, or reload without the cache (Ctrl+F5)."
    )]
    OtherBuild,
    /// The engine says what is wrong with a model.
    #[error("{sentence}")]
    Model {
        /// The engine's own sentence.
        sentence: String,
    },
    /// The engine says what is wrong.
    #[error("{sentence}")]
    Engine {
        /// The engine's own sentence.
        sentence: String,
    },
    /// The worker died.
    #[error(
        "The engine stopped unexpectedly ({detail}). Starting it again usually helps; if it does not, the address with ?device=cpu runs it without the GPU."
    )]
    Crashed {
        /// The browser's words.
        detail: String,
    },
    /// The engine sent what the page cannot read.
    #[error(
        "The engine sent something this page cannot read: {detail}. The two are probably of different versions: reload the page without the cache."
    )]
    Unreadable {
        /// What disagrees.
        detail: String,
    },
}

impl Failure {
    /// A heading for the failure.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Missing { .. } | Self::WebPage { .. } | Self::NoDiscriminator => {
                "A file is missing"
            }
            Self::Refused { .. } | Self::Connection { .. } => "A download failed",
            Self::ForeignCheckpoint { .. } | Self::Unread { .. } | Self::TooLarge { .. } => {
                "That checkpoint cannot be opened"
            }
            Self::Awaited { .. } => "A file is needed",
            Self::Model { .. } => "The model could not be opened",
            Self::NoWorker { .. } | Self::NoStart { .. } => "The engine did not start",
            Self::Engine { .. } => "The engine cannot go on",
            Self::Crashed { .. } => "The engine stopped",
            Self::Unreadable { .. } | Self::OtherBuild => "Page and engine do not fit",
        }
    }

    /// Whether the same start, tried once more, may succeed.
    pub fn can_retry(&self) -> bool {
        !matches!(
            self,
            Self::ForeignCheckpoint { .. }
                | Self::NoDiscriminator
                | Self::Awaited { .. }
                | Self::Unread { .. }
                | Self::TooLarge { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_named_with_its_status() {
        let failure = Failure::Missing {
            file: "checkpoints/x.safetensors".into(),
            status: 404,
        };
        let text = failure.to_string();
        assert!(
            text.contains("checkpoints/x.safetensors") && text.contains("404"),
            "{text}"
        );
    }
}
