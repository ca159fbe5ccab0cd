//! The list of shipped models as Rust, from `www/checkpoints/models.json`, with the length of each
//! file and its picture, where there is one: `page/view/models.rs` says what the entries mean, and
//! takes them in.

use std::path::Path;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    name: String,
    sentence: String,
    attribution: String,
    first_look: [u32; 4],
    #[serde(default)]
    mirror: Option<f32>,
}

/// Writes `models.rs` into OUT_DIR.
///
/// Panics, which is how a build script says no, if the list is not as it should be or a file that
/// it names is missing.
pub(crate) fn write() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/checkpoints");
    let list = folder.join("models.json");
    println!("cargo:rerun-if-changed={}", folder.display());
    let entries: Vec<Entry> = std::fs::read(&list)
        .map_err(|error| error.to_string())
        .and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string()))
        .unwrap_or_else(|error| panic!("{}: {error}", list.display()));
    assert!(!entries.is_empty(), "{}: it lists no model", list.display());
    let length = |file: &str| {
        let path = folder.join(file);
        match std::fs::metadata(&path) {
            Ok(found) => found.len(),
            Err(error) => panic!(
                "{}: {error}, but {} lists it",
                path.display(),
                list.display()
            ),
        }
    };
    let models: String = entries
        .iter()
        .map(|entry| {
            let Entry { file, name, sentence, attribution, first_look, mirror } = entry;
            let bytes = length(file);
            let stem = file.split('.').next().unwrap_or(file);
            let picture = Some(format!("{stem}.png")).filter(|name| folder.join(name).is_file());
            let discriminator = format!("{stem}-discriminator.safetensors");
            let discriminator = Some(discriminator).filter(|name| folder.join(name).is_file());
            format!(
                "Model {{ file: {file:?}, name: {name:?}, sentence: {sentence:?}, attribution: {attribution:?}, \
                 picture: {picture:?}, discriminator: {discriminator:?}, bytes: {bytes}, first_look: {first_look:?}, mirror: {mirror:?} }},\n"
            )
        })
        .collect();
    let source = format!(
        "/// The models that come with the page.\npub const SHIPPED: &[Model] = &[\n{models}];\n"
    );
    let out = std::env::var("OUT_DIR").unwrap_or_default();
    std::fs::write(Path::new(&out).join("models.rs"), source)
        .unwrap_or_else(|error| panic!("{out}/models.rs: {error}"));
}
