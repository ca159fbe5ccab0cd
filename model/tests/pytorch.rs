//! PyTorch files that somebody sends: made to harm, or damaged on the way.
#![allow(clippy::unwrap_used)]

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use saganscope_model::checkpoint::{Checkpoint, read_pytorch};

fn golden(file: &str) -> PathBuf {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden");
    golden.join(file)
}

fn refusal(bytes: &[u8]) -> String {
    read_pytorch(bytes.to_vec()).unwrap_err().to_string()
}

#[test]
fn what_is_made_to_harm_is_refused_at_once_and_none_of_it_is_run() {
    for (file, says) in [
        ("expanded", "no convolution"),
        ("deflated", "packed anew"),
        ("runs", "cannot be read"),
        ("nested", "cannot be read"),
        ("hollow", "promise more numbers than it holds"),
    ] {
        let bytes = std::fs::read(golden(&format!("hostile/{file}.pth"))).unwrap();
        let start = Instant::now();
        let sentence = refusal(&bytes);
        assert!(sentence.contains(says), "{file}: {sentence}");
        assert!(start.elapsed() < Duration::from_secs(2), "{file}");
    }
    assert!(!Path::new("harm").exists(), "a pickle was run");
}

#[test]
fn a_damaged_file_is_refused_in_a_sentence_or_read_but_never_stops_the_program() {
    // The zip keeps what it holds in its end, the older stream in its beginning.
    for file in ["c8/G.pth", "c16/G_legacy.pth"] {
        let whole = std::fs::read(golden(file)).unwrap();
        let random = &mut ChaCha8Rng::seed_from_u64(1);
        let mut refused = 0;
        for trial in 0..200 {
            let mut bytes = whole.clone();
            let reach = bytes.len().min(20_000);
            for _ in 0..random.random_range(1..8) {
                let at = random.random_range(0..reach);
                let at = if trial % 2 == 0 {
                    at
                } else {
                    bytes.len() - 1 - at
                };
                bytes[at] = random.random();
            }
            if trial % 5 == 0 {
                bytes.truncate(random.random_range(0..whole.len()));
            }
            if let Err(error) = Checkpoint::from_file("G.pth", bytes) {
                let sentence = error.to_string();
                let one = sentence.ends_with('.') && !sentence.contains('\n');
                assert!(one, "{file}, trial {trial}: {sentence:?}");
                refused += 1;
            }
        }
        assert!((50..200).contains(&refused), "{file}: {refused} refused");
    }
}

#[test]
fn a_file_is_what_its_first_bytes_say_and_else_what_it_is_called() {
    let generator = std::fs::read(golden("c8/G.pth")).unwrap();
    let read = Checkpoint::from_file("G.safetensors", generator.clone()).unwrap();
    assert_eq!(read, read_pytorch(generator).unwrap());
    let said = |name| {
        let error = Checkpoint::from_file(name, b"neither of them".to_vec());
        error.unwrap_err().to_string()
    };
    assert!(said("G.PTH").contains("PyTorch"), "{}", said("G.PTH"));
    assert!(said("G").contains("safetensors"), "{}", said("G"));
}
