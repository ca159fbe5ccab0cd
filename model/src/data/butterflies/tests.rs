use proptest::prelude::*;

use super::*;

fn picture(seed: u64, index: u64, size: usize) -> Vec<f32> {
    let mut out = vec![f32::NAN; 3 * size * size];
    Butterfly::new(seed, index).draw(size, &mut out);
    out
}

/// FNV-1a of the values as bytes, so that the last bit of a float does not matter.
fn checksum(values: &[f32]) -> u64 {
    values.iter().fold(0xcbf2_9ce4_8422_2325, |sum, value| {
        let byte = ((value + 1.0) * 127.5 + 0.5) as u8;
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Shipped weights are trained on these pictures and attention is measured on them: a change here
/// is a change of the data set, never a detail.
#[test]
fn the_data_set_stays_what_it_is() {
    let sums = [(0, 0, 64), (0, 1, 64), (7, 123_456_789, 32)]
        .map(|(seed, index, size)| checksum(&picture(seed, index, size)));
    assert_eq!(
        sums,
        [
            8_493_540_457_272_182_453,
            3_512_243_101_324_247_571,
            9_741_477_237_245_775_884,
        ]
    );
}

#[test]
fn seeds_and_indices_give_different_butterflies() {
    let mut sums: Vec<u64> = (0..8)
        .flat_map(|seed| (0..8).map(move |index| checksum(&picture(seed, index, 32))))
        .collect();
    sums.sort_unstable();
    sums.dedup();
    assert_eq!(sums.len(), 64);
}

#[test]
fn a_butterfly_fills_much_of_its_picture_and_leaves_background() {
    for index in 0..200 {
        let butterfly = Butterfly::new(3, index);
        let ground = butterfly.background.map(|value| 2.0 * value - 1.0);
        let painted = (0..64 * 64)
            .filter(|i| {
                let colour = butterfly.colour_at((i % 64) as f32 + 0.5, (i / 64) as f32 + 0.5, 64);
                (0..3).any(|c| (colour[c] - ground[c]).abs() > 0.1)
            })
            .count() as f32
            / (64.0 * 64.0);
        assert!(
            (0.15..0.65).contains(&painted),
            "butterfly {index} covers {painted}"
        );
    }
}

/// A picture drawn at twice the size and averaged down is the picture: edges are smoothed by area,
/// so no size has jagged or missing parts.
#[test]
fn sizes_agree_with_each_other() {
    for index in 0..20 {
        let (small, large) = (picture(5, index, 64), picture(5, index, 128));
        let mut sum = 0.0;
        for (i, value) in small.iter().enumerate() {
            let (channel, y, x) = (i / 4096, i / 64 % 64, i % 64);
            let at =
                |dy: usize, dx: usize| large[channel * 16384 + (2 * y + dy) * 128 + 2 * x + dx];
            sum += (value - (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4.0).abs();
        }
        let mean = sum / small.len() as f32;
        assert!(mean < 0.03, "butterfly {index}: mean difference {mean}");
    }
}

/// More than a short latent vector can tell, and large enough to be seen.
#[test]
fn freckles_are_several_and_large() {
    let mut total = 0;
    for index in 0..200 {
        let butterfly = Butterfly::freckled(3, index, Pose::Upright);
        let wings = [&butterfly.fore, &butterfly.hind];
        let radii: Vec<f32> = wings
            .iter()
            .flat_map(|wing| wing.freckles.radii())
            .collect();
        let smallest = radii.iter().copied().fold(f32::MAX, f32::min);
        let pixels = 2.0 * smallest * butterfly.frame.scale * 64.0;
        assert!(pixels > 4.5, "butterfly {index}: {pixels} pixels across");
        assert!(
            radii.len() >= 3,
            "butterfly {index}: {} freckles",
            radii.len()
        );
        total += radii.len();
    }
    assert!(total > 200 * 5, "{} freckles a side", total as f32 / 200.0);
}

/// One of the three kinds.
fn butterfly(kind: usize, seed: u64, index: u64) -> Butterfly {
    match kind {
        0 => Butterfly::new(seed, index),
        1 => Butterfly::freckled(seed, index, Pose::Upright),
        _ => Butterfly::freckled(seed, index, Pose::Turned),
    }
}

proptest! {
    #[test]
    fn wings_agree_at_every_position(
        kind in 0usize..3, seed: u64, index: u64, size in 8usize..200, x in 0f32..1.0, y in 0f32..1.0,
    ) {
        let butterfly = butterfly(kind, seed, index);
        let (x, y) = (x * size as f32, y * size as f32);
        let (px, py) = butterfly.partner(x, y, size);
        let (here, there) = (butterfly.colour_at(x, y, size), butterfly.colour_at(px, py, size));
        for (a, b) in here.into_iter().zip(there) {
            prop_assert!((a - b).abs() < 1e-3, "{here:?} at ({x}, {y}), {there:?} at ({px}, {py})");
        }
    }

    #[test]
    fn the_partner_of_the_partner_is_the_position(
        kind in 0usize..3, seed: u64, index: u64, size in 8usize..200, x in 0f32..1.0, y in 0f32..1.0,
    ) {
        let butterfly = butterfly(kind, seed, index);
        let (x, y) = (x * size as f32, y * size as f32);
        let (px, py) = butterfly.partner(x, y, size);
        let (qx, qy) = butterfly.partner(px, py, size);
        let near = 1e-5 * size as f32;
        prop_assert!((x - qx).abs() < near && (y - qy).abs() < near, "({qx}, {qy})");
    }

    #[test]
    fn values_stay_in_range(seed: u64, index: u64, size in 1usize..72) {
        for value in picture(seed, index, size) {
            prop_assert!((-1.0..=1.0).contains(&value), "{value}");
        }
    }
}

/// The mirror is a reflection across the body's axis, not just any map to an equal colour: it keeps
/// distances, swaps left and right, and leaves the axis where it is.
#[test]
fn the_mirror_is_a_reflection() {
    let butterfly = Butterfly::new(0, 0);
    let partner = |x, y| butterfly.partner(x, y, 64);
    let ((ax, ay), (bx, by), (cx, cy)) =
        (partner(0.0, 0.0), partner(64.0, 0.0), partner(0.0, 64.0));
    let (ux, uy, vx, vy) = (bx - ax, by - ay, cx - ax, cy - ay);
    assert!((hypot(ux, uy) - 64.0).abs() < 1e-3 && (hypot(vx, vy) - 64.0).abs() < 1e-3);
    assert!(ux * vy - uy * vx < 0.0, "orientation is kept");
    let (x, y) = (
        butterfly.frame.centre[0] * 64.0,
        butterfly.frame.centre[1] * 64.0,
    );
    let (px, py) = partner(x, y);
    assert!((x - px).abs() < 1e-4 && (y - py).abs() < 1e-4);
}
