use super::*;
use crate::data::Butterflies;

/// Large, so that smoothed edges are a small part of the picture.
const SIDE: usize = 512;

fn worlds() -> impl Iterator<Item = World> {
    World::names().map(|name| World::named(name, 6).expect("a listed name is known"))
}

fn picture(world: &World, index: u64, size: usize) -> Vec<f32> {
    let mut out = vec![f32::NAN; 3 * size * size];
    world.draw(index, size, &mut out);
    out
}

/// FNV-1a of the values as bytes, so that the last bit of a float does not matter.
fn checksum(values: &[f32]) -> u64 {
    values.iter().fold(0xcbf2_9ce4_8422_2325, |sum, value| {
        let byte = ((value + 1.0) * 127.5 + 0.5) as u8;
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Weights are trained on these pictures and attention is measured on them: a change here is a
/// change of the data set, never a detail.
#[test]
fn the_data_sets_stay_what_they_are() {
    let sums: Vec<_> = worlds()
        .map(|world| {
            let values = (0..16).flat_map(|index| picture(&world, index, 64));
            (world.name(), checksum(&values.collect::<Vec<_>>()))
        })
        .collect();
    assert_eq!(
        sums,
        [
            ("butterflies", 5_842_185_201_049_933_624),
            ("upright-butterflies", 7_140_753_687_150_090_433),
            ("twins", 13_876_511_035_297_660_388),
            ("rosettes", 16_735_282_247_410_748_472),
            ("swatches", 3_813_271_418_190_652_306),
            ("plain-butterflies", 9_495_766_337_176_829_689),
        ]
    );
}

#[test]
fn the_plain_world_is_the_stream_of_plain_butterflies() {
    let world = World::named("plain-butterflies", 6).expect("it is listed");
    let mut stream = vec![f32::NAN; 3 * 32 * 32];
    for index in 0..4 {
        Butterflies { seed: 6 }.draw(index, 32, &mut stream);
        assert_eq!(picture(&world, index, 32), stream);
    }
}

#[test]
fn an_unknown_name_names_no_world() {
    assert!(World::named("twin", 6).is_none() && World::named("", 6).is_none());
}

#[test]
fn values_stay_in_range_and_pictures_differ() {
    for world in worlds() {
        let mut sums = std::collections::BTreeSet::new();
        for index in 0..50 {
            let values = picture(&world, index, 24);
            let within = values.iter().all(|value| (-1.0..=1.0).contains(value));
            assert!(within, "{world:?}, picture {index}");
            sums.insert(checksum(&values));
        }
        assert_eq!(sums.len(), 50, "{world:?}");
    }
}

/// Edges are smoothed by area: a picture drawn at twice the size and averaged down is the picture.
#[test]
fn sizes_agree_with_each_other() {
    for world in worlds() {
        for index in 0..10 {
            let (small, large) = (picture(&world, index, 64), picture(&world, index, 128));
            let mut sum = 0.0;
            for (i, value) in small.iter().enumerate() {
                let (channel, y, x) = (i / 4096, i / 64 % 64, i % 64);
                let at =
                    |dy: usize, dx: usize| large[channel * 16384 + (2 * y + dy) * 128 + 2 * x + dx];
                sum += (value - (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4.0).abs();
            }
            let mean = sum / small.len() as f32;
            assert!(
                mean < 0.05,
                "{world:?}, picture {index}: mean difference {mean}"
            );
        }
    }
}

/// There is a figure, and background around it.
#[test]
fn figures_fill_much_of_their_pictures() {
    for world in worlds() {
        for index in 0..50 {
            let scene = world.scene(index);
            let inside = (0..32 * 32).filter(|i| scene.figure(centre(32, i % 32, i / 32)));
            let part = inside.count() as f32 / 1024.0;
            assert!(
                (0.08..0.7).contains(&part),
                "{world:?}, picture {index}: {part}"
            );
        }
    }
}

#[test]
fn a_mirror_is_known_of_upright_pictures_only() {
    for world in worlds() {
        let known = (world.name() == "upright-butterflies").then_some(0.5);
        assert_eq!(world.mirror(), known, "{}", world.name());
    }
}

/// In pixels, the centre of pixel (0, 0) at (0, 0).
#[test]
fn an_upright_butterflys_partner_is_the_mirrored_pixel() {
    let world = World::named("upright-butterflies", 6).expect("it is listed");
    for (x, y) in [(0, 0), (5, 17), (31, 40), (63, 63)] {
        let [px, py] = world.partner(9, 64, x, y).expect("it lies in the picture");
        let near = |a: f32, b: usize| (a - b as f32).abs() < 1e-3;
        assert!(
            near(px, 63 - x) && near(py, y),
            "({px}, {py}) of ({x}, {y})"
        );
    }
}

/// Every sector has its turn, and all partners are as far from the middle.
#[test]
fn a_rosette_has_a_partner_in_each_other_sector() {
    let world = World::named("rosettes", 6).expect("it is listed");
    let mut counts = std::collections::BTreeSet::new();
    for index in 0..60 {
        counts.insert(world.scene(index).partners([0.6, 0.5]).len() + 1);
    }
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8]);
}

/// Attention, not a convolution, has to reach them.
#[test]
fn partners_are_far_away() {
    for world in worlds() {
        let (mut sum, mut count) = (0.0, 0);
        for index in 0..20 {
            let scene = world.scene(index);
            for i in 0..32 * 32 {
                let here = centre(32, i % 32, i / 32);
                let partners = scene.partners(here);
                if let (true, Some(there)) = (scene.figure(here), partners.first()) {
                    sum += (there[0] - here[0]).hypot(there[1] - here[1]);
                    count += 1;
                }
            }
        }
        let mean = sum / count as f32;
        assert!(mean > 0.35, "{world:?}: {mean} of the side");
    }
}

/// A twin's partner lies in the other twin, and its own partner is where one began.
#[test]
fn twins_are_each_others_partners() {
    let world = World::named("twins", 6).expect("it is listed");
    for index in 0..20 {
        let scene = world.scene(index);
        let mut figure = 0;
        for i in 0..32 * 32 {
            let here = centre(32, i % 32, i / 32);
            let partners = scene.partners(here);
            assert_eq!(
                partners.len(),
                usize::from(scene.figure(here)),
                "picture {index}"
            );
            let Some(&there) = partners.first() else {
                continue;
            };
            let [back] = scene.partners(there)[..] else {
                continue;
            };
            let far = (back[0] - here[0]).hypot(back[1] - here[1]);
            assert!(far < 1e-4, "picture {index}: {back:?} of {here:?}");
            figure += 1;
        }
        assert!(figure > 50, "picture {index}");
    }
}

/// The sum of differences of a figure's pixels from their partners and from places a little beside
/// these, and how many pixels were compared.
fn disagreement(world: &World, index: u64) -> (f64, f64, usize) {
    let values = picture(world, index, SIDE);
    let scene = world.scene(index);
    let plane = SIDE * SIDE;
    let (mut differences, mut controls, mut count) = (0.0, 0.0, 0);
    for at in (0..plane).step_by(7) {
        let here = centre(SIDE, at % SIDE, at / SIDE);
        let difference = |[x, y]: [f32; 2]| {
            let inside = |at: f32| {
                (0.0..1.0)
                    .contains(&at)
                    .then_some((at * SIDE as f32) as usize)
            };
            let there = inside(y)? * SIDE + inside(x)?;
            let channels = (0..3).map(|c| values[c * plane + at] - values[c * plane + there]);
            Some(f64::from(channels.map(f32::abs).sum::<f32>() / 3.0))
        };
        if !scene.figure(here) {
            continue;
        }
        for [x, y] in scene.partners(here) {
            let beside = [x + 0.09, y - 0.11];
            if let (Some(true_one), Some(control)) = (difference([x, y]), difference(beside)) {
                differences += true_one;
                controls += control;
                count += 1;
            }
        }
    }
    (differences, controls, count)
}

#[test]
fn partners_look_alike_and_places_beside_them_do_not() {
    for world in worlds() {
        let (mut differences, mut controls, mut count) = (0.0, 0.0, 0);
        for index in 0..8 {
            let (difference, control, compared) = disagreement(&world, index);
            differences += difference;
            controls += control;
            count += compared;
        }
        let (difference, control) = (differences / count as f64, controls / count as f64);
        println!(
            "{}: {difference:.4} against {control:.4} of {count}",
            world.name()
        );
        assert!(count > 5_000, "{}: {count} pixels", world.name());
        assert!(difference < 0.02, "{}: {difference}", world.name());
        assert!(control > 0.15, "{}: {control}", world.name());
    }
}
