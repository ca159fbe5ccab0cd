//! What the tabs of one visitor say to each other about runs.

/// What a tab says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Whoever keeps this run should let go of it: this tab wants to.
    Take(u64),
    /// This run was kept once more.
    Kept(u64),
}

impl Said {
    /// As it crosses.
    pub fn text(self) -> String {
        match self {
            Self::Take(id) => format!("take {id}"),
            Self::Kept(id) => format!("kept {id}"),
        }
    }

    /// What came; nothing where a page of another version says something else.
    pub fn read(text: &str) -> Option<Self> {
        let (word, id) = text.split_once(' ')?;
        let id = id.parse().ok()?;
        match word {
            "take" => Some(Self::Take(id)),
            "kept" => Some(Self::Kept(id)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_understood_and_nothing_else() {
        for said in [Said::Take(1_764_000_000_123), Said::Kept(0)] {
            assert_eq!(Said::read(&said.text()), Some(said));
        }
        for text in ["", "take", "take x", "sell 1", "take 1 2"] {
            assert_eq!(Said::read(text), None, "{text}");
        }
    }
}
