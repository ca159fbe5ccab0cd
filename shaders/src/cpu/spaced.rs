//! Rows a little further apart than a power of two.

use std::borrow::Cow;

/// Elements of a page of 2 KiB: rows that are a multiple of it apart put the same column into a few
/// places of the first-level cache, where they push each other out before the next column is read.
const CROWDED: usize = 512;

/// Distance to put between rows of this length, so that a column of them spreads over the cache.
pub(super) fn pitch(length: usize) -> usize {
    length.next_multiple_of(16) + 16
}

/// The same rows, [`pitch`] apart.
pub(super) fn spaced(rows: &[f32], length: usize) -> Vec<f32> {
    let pitch = pitch(length);
    let mut out = vec![0.0; rows.len() / length * pitch];
    for (out, row) in out.chunks_exact_mut(pitch).zip(rows.chunks_exact(length)) {
        out[..length].copy_from_slice(row);
    }
    out
}

/// The rows and their distance: as they are, or [`spaced`] where their length is one that crowds. In
/// Chromium, products over 64 rows of 1024 take 0.57 of the time so, the copy included.
pub(super) fn uncrowded(rows: &[f32], length: usize) -> (Cow<'_, [f32]>, usize) {
    if length.is_multiple_of(CROWDED) {
        (Cow::Owned(spaced(rows, length)), pitch(length))
    } else {
        (Cow::Borrowed(rows), length)
    }
}
