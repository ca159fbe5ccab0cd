//! What one came to do: look at what a model drew, or train one.

/// A room of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Room {
    /// Look where a model looked.
    #[default]
    Look,
    /// Train a model.
    Train,
}

impl Room {
    /// Both, in the order of the tabs.
    pub const ALL: [Self; 2] = [Self::Look, Self::Train];

    /// What the tab says, and in small letters the address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Look => "Look",
            Self::Train => "Train",
        }
    }
}
