//! What both runs' readings and pictures share.

/// The seed of the pictures that show how far a run is, and how many there are.
pub const PICTURES_SEED: u64 = 1;
/// See [`PICTURES_SEED`].
pub const PICTURES: u32 = 16;

/// Readings that are kept here; beyond, every second one is let go of.
pub const MOST_READINGS: usize = 2048;

/// Adds a reading; where there are too many, every second one is let go of.
pub fn push<T>(readings: &mut Vec<T>, reading: T) {
    readings.push(reading);
    if readings.len() > MOST_READINGS {
        let mut index = 0;
        readings.retain(|_| {
            index += 1;
            index % 2 == 1
        });
    }
}
