#![allow(clippy::unwrap_used)]

use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder, Luma, LumaA, Rgb, Rgba};
use proptest::prelude::*;
use tempfile::{TempDir, tempdir};

use super::*;

const SIZE: usize = 8;

fn open(dir: &TempDir) -> Result<(Folder, Vec<Skipped>), DataError> {
    Folder::open(dir.path(), SIZE, 1)
}

fn draw(folder: &Folder, index: u64) -> Vec<f32> {
    let mut out = vec![f32::NAN; 3 * SIZE * SIZE];
    folder.draw(index, SIZE, &mut out);
    out
}

/// The only picture of the folder, as colours 0 to 255 by [y][x].
fn only(dir: &TempDir) -> Vec<Vec<[i32; 3]>> {
    let (folder, skipped) = open(dir).unwrap();
    assert_eq!((folder.len(), skipped), (1, vec![]));
    let values = draw(&folder, 0);
    let byte = |value: f32| ((value + 1.0) * 127.5).round() as i32;
    let at = |x, y| [0, 1, 2].map(|c| byte(values[c * SIZE * SIZE + y * SIZE + x]));
    (0..SIZE)
        .map(|y| (0..SIZE).map(|x| at(x, y)).collect())
        .collect()
}

fn assert_all(picture: &[Vec<[i32; 3]>], colour: [i32; 3]) {
    assert!(
        picture.iter().flatten().all(|found| *found == colour),
        "{picture:?}"
    );
}

/// A plain picture that says which one it is by its shade of grey.
fn write_shade(path: &Path, shade: u8) {
    RgbImage::from_pixel(12, 10, Rgb([shade; 3]))
        .save(path)
        .unwrap();
}

#[test]
fn the_middle_square_is_shown() {
    let dir = tempdir().unwrap();
    let stripe = |x, _| {
        if (20..40).contains(&x) {
            Rgb([10, 200, 30])
        } else {
            Rgb([255, 0, 0])
        }
    };
    RgbImage::from_fn(60, 20, stripe)
        .save(dir.path().join("wide.png"))
        .unwrap();
    assert_all(&only(&dir), [10, 200, 30]);
}

#[test]
fn resizing_averages_instead_of_dropping_pixels() {
    let dir = tempdir().unwrap();
    let board = |x, y| {
        if (x + y) % 2 == 0 {
            Luma([0u8])
        } else {
            Luma([255])
        }
    };
    image::GrayImage::from_fn(256, 256, board)
        .save(dir.path().join("board.png"))
        .unwrap();
    for colour in only(&dir).into_iter().flatten() {
        assert!(
            colour.iter().all(|value| (120..=135).contains(value)),
            "{colour:?}"
        );
    }
}

#[test]
fn rows_run_from_the_top_and_columns_from_the_left() {
    let dir = tempdir().unwrap();
    let ramp = |x, y| Rgb([20 * x as u8, 30 * y as u8, 7]);
    RgbImage::from_fn(8, 8, ramp)
        .save(dir.path().join("ramp.webp"))
        .unwrap();
    let picture = only(&dir);
    for (y, row) in picture.iter().enumerate() {
        for (x, colour) in row.iter().enumerate() {
            assert_eq!(*colour, [20 * x as i32, 30 * y as i32, 7]);
        }
    }
}

#[test]
fn transparent_pictures_lie_on_white() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("clear.png");
    image::RgbaImage::from_pixel(9, 9, Rgba([0, 100, 255, 51]))
        .save(&path)
        .unwrap();
    assert_all(&only(&dir), [204, 224, 255]);
    image::GrayAlphaImage::from_pixel(9, 9, LumaA([0, 0]))
        .save(&path)
        .unwrap();
    assert_all(&only(&dir), [255, 255, 255]);
}

#[test]
fn grey_and_deep_pictures_become_rgb() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("grey.PNG");
    image::ImageBuffer::from_pixel(9, 9, Luma([257u16 * 77]))
        .save(&path)
        .unwrap();
    assert_all(&only(&dir), [77, 77, 77]);
}

/// EXIF orientation 6: the camera was held upright, the picture is to be turned clockwise.
#[test]
fn photographs_stand_upright() {
    let dir = tempdir().unwrap();
    let stored = RgbImage::from_fn(64, 64, |x, _| Rgb(if x < 32 { [250; 3] } else { [5; 3] }));
    let mut exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([6, 0, 0, 0, 0, 0, 0]);
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    encoder.set_exif_metadata(exif).unwrap();
    encoder
        .write_image(&stored, 64, 64, image::ExtendedColorType::Rgb8)
        .unwrap();
    fs::write(dir.path().join("photo.jpeg"), bytes).unwrap();
    let picture = only(&dir);
    assert!(
        picture[0].iter().all(|colour| colour[0] > 230),
        "left should be on top: {picture:?}"
    );
    assert!(
        picture[7].iter().all(|colour| colour[0] < 25),
        "{picture:?}"
    );
}

#[test]
fn unreadable_files_are_named_and_skipped() {
    let dir = tempdir().unwrap();
    write_shade(&dir.path().join("good.png"), 90);
    fs::write(dir.path().join("text.jpg"), "not a picture").unwrap();
    let whole = fs::read(dir.path().join("good.png")).unwrap();
    fs::write(dir.path().join("cut.png"), &whole[..whole.len() / 2]).unwrap();
    fs::write(dir.path().join("empty.webp"), "").unwrap();
    fs::write(dir.path().join("notes.txt"), "nobody asked for this file").unwrap();

    let (folder, skipped) = open(&dir).unwrap();
    assert_eq!(folder.len(), 1);
    assert!((draw(&folder, 0)[0] - (90.0 / 127.5 - 1.0)).abs() < 1e-6);
    let names: Vec<_> = skipped
        .iter()
        .map(|file| file.path.file_name().unwrap())
        .collect();
    assert_eq!(names, ["cut.png", "empty.webp", "text.jpg"]);
    for file in &skipped {
        assert!(file.reason.starts_with("cannot be decoded ("), "{file}");
        assert!(
            file.to_string()
                .starts_with(&file.path.display().to_string())
        );
    }
}

#[test]
fn folders_below_are_read_too() {
    let dir = tempdir().unwrap();
    let below = dir.path().join("b/c");
    fs::create_dir_all(&below).unwrap();
    fs::create_dir(dir.path().join("folder.png")).unwrap();
    write_shade(&dir.path().join("a.png"), 10);
    write_shade(&below.join("d.png"), 20);
    let (folder, skipped) = open(&dir).unwrap();
    assert_eq!((folder.len(), skipped), (2, vec![]));
}

#[test]
fn unusable_folders_are_explained() {
    let dir = tempdir().unwrap();
    let explain = |path: &Path| {
        Folder::open(path, SIZE, 1)
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    let name = dir.path().display();

    assert_eq!(
        explain(dir.path()),
        format!(
            "The folder {name} holds no PNG, JPEG or WebP file: put pictures in it or give another \
             folder."
        )
    );
    let missing = dir.path().join("no");
    assert_eq!(
        explain(&missing),
        format!(
            "There is no folder {}: give the path of a folder with PNG, JPEG or WebP files.",
            missing.display()
        )
    );
    let file = dir.path().join("bad.png");
    fs::write(&file, "x").unwrap();
    assert_eq!(
        explain(&file),
        format!(
            "{} is not a folder: give the path of a folder with PNG, JPEG or WebP files.",
            file.display()
        )
    );
    let all = explain(dir.path());
    let start = format!(
        "None of the 1 picture files in {name} can be used, the first of them, {}: cannot be \
         decoded (",
        file.display()
    );
    assert!(all.starts_with(&start), "{all}");
}

/// Which picture a folder made by [`shades`] shows.
fn shade(folder: &Folder, index: u64) -> usize {
    ((draw(folder, index)[0] + 1.0) * 127.5).round() as usize
}

fn shades(seed: u64, count: u8) -> Folder {
    let dir = tempdir().unwrap();
    for shade in 0..count {
        write_shade(&dir.path().join(format!("{shade:03}.png")), shade);
    }
    Folder::open(dir.path(), SIZE, seed).unwrap().0
}

#[test]
fn every_epoch_shows_each_picture_once_in_an_order_of_its_own() {
    let folder = shades(5, 20);
    let epochs: Vec<Vec<usize>> = (0..6)
        .map(|epoch| {
            (0..20)
                .map(|place| shade(&folder, epoch * 20 + place))
                .collect()
        })
        .collect();
    for epoch in &epochs {
        let mut sorted = epoch.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..20).collect::<Vec<_>>());
    }
    for (i, epoch) in epochs.iter().enumerate() {
        assert!(
            !epochs[..i].contains(epoch),
            "epoch {i} repeats an earlier one"
        );
    }
    let other = shades(6, 20);
    assert_ne!(
        epochs[0],
        (0..20)
            .map(|index| shade(&other, index))
            .collect::<Vec<_>>()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// What is shown depends on the index alone, not on what was shown before.
    #[test]
    fn any_index_can_be_asked_for_at_any_time(
        seed: u64, count in 1u8..6, indices in prop::collection::vec(0u64..40, 1..20),
    ) {
        let (jumping, walking) = (shades(seed, count), shades(seed, count));
        let walked: Vec<usize> = (0..40).map(|index| shade(&walking, index)).collect();
        for index in indices {
            prop_assert_eq!(shade(&jumping, index), walked[index as usize]);
        }
    }
}
