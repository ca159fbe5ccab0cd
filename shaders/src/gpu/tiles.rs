//! How sums over the pixels of a batch are cut into workgroups.

/// Channels of a thread.
pub(super) const CHANNELS: usize = 4;

/// Workgroups that keep a large GPU busy.
pub(super) const BUSY: usize = 256;

/// Rows of 16 threads in a workgroup, each row for [`CHANNELS`] channels: 16, 8 or 4.
///
/// Tall groups read less, low ones leave less idle where there are few channels, and make more
/// groups where `others`, the groups beside each other, are few.
pub(super) fn rows(channels: usize, others: usize) -> usize {
    let mut rows = 16;
    while rows > 4 {
        let half = CHANNELS * rows / 2;
        let groups = channels.div_ceil(CHANNELS * rows) * others;
        if channels > half && groups >= BUSY {
            break;
        }
        rows /= 2;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_the_channels_and_the_groups() {
        assert_eq!(rows(64, 1000), 16);
        assert_eq!(rows(32, 1000), 8);
        assert_eq!(rows(3, 1000), 4);
        assert_eq!(rows(512, 4), 4);
    }
}
