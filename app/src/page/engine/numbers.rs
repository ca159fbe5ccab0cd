//! What the page calls the models that it opens and the topics that it asks pictures on.

/// The model that the visitor chose.
pub const CHOSEN_MODEL: u32 = 1;

/// The discriminator of the chosen model.
pub const CHOSEN_JUDGE: u32 = 1;

/// The model beside it, under the same pins.
pub const SECOND_MODEL: u32 = 2;

/// The training run of the page.
pub const RUN: u32 = 1;

/// A second run beside it.
pub const RIVAL: u32 = 2;

/// A run's number, and the topics of its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunNumbers {
    /// What the page calls it.
    pub run: u32,
    /// Its pictures.
    pub pictures: u32,
    /// The same as a snapshot of it draws them.
    pub past: u32,
    /// The large one of those.
    pub past_large: u32,
}

/// The first run's.
pub const OF_RUN: RunNumbers = RunNumbers {
    run: RUN,
    pictures: 11,
    past: 12,
    past_large: 13,
};

/// The second run's.
pub const OF_RIVAL: RunNumbers = RunNumbers {
    run: RIVAL,
    pictures: 14,
    past: 15,
    past_large: 16,
};

/// The pictures of an animated picture that is being made.
pub const FILM: u32 = 17;

/// Stored runs that are compared, the first of them and two more.
pub const COMPARED: u32 = 10;

/// What each of those drew, likewise.
pub const COMPARED_PICTURES: u32 = 30;

/// What all rows of the chosen picture's maps say.
pub const ALL_ROWS: u32 = 3;

/// What the layers of the chosen picture fetch and make.
pub const CONTENTS: u32 = 21;

/// What a discriminator says of a picture.
pub const EXAMINED: u32 = 22;

/// The pictures to choose from.
pub const GRID: u32 = 1;

/// The chosen picture with changes.
pub const CHANGED: u32 = 2;

/// The chosen picture as the second model draws it.
pub const SECOND: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    /// A newer call silences the older one on its topic.
    #[test]
    fn no_two_kinds_of_pictures_have_a_topic_in_common() {
        let of_runs = [OF_RUN, OF_RIVAL].map(|of| [of.pictures, of.past, of.past_large]);
        let compared = (0..3).map(|which| COMPARED_PICTURES + which);
        let others = [GRID, CHANGED, ALL_ROWS, SECOND, FILM, CONTENTS, EXAMINED];
        let all: Vec<u32> = of_runs
            .into_iter()
            .flatten()
            .chain(compared)
            .chain(others)
            .collect();
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len(), "{all:?}");
    }
}
