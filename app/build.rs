//! Names the build, writes the list of shipped models, and tells the linker to leave the engine's
//! static constructors to us.
//!
//! Page and engine are compiled apart and may come from different publications of the page; the name
//! of the sources that both hold tells them whether they belong together.
//!
//! Burn's compiler registers its parts in constructors. Where nobody calls them, the linker puts a
//! call of all of them in front of *every* exported function, those included that wasm-bindgen's glue
//! calls several times for each WebGPU call: that took some 5 ms a kernel launch, nine tenths of the
//! time of drawing a picture. Once they are exported, the linker takes them to be our affair, and
//! `www/engine_worker.js` calls them once.

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
};

#[path = "build/models.rs"]
mod models;

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src");
    let mut sources = BTreeMap::new();
    read(Path::new("src"), &mut sources)?;
    let mut hasher = DefaultHasher::new();
    sources.hash(&mut hasher);
    models::write();
    println!("cargo:rustc-env=SAGANSCOPE_BUILD={:016x}", hasher.finish());
    if std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        println!("cargo:rustc-link-arg-bin=engine=--export=__wasm_call_ctors");
    }
    Ok(())
}

/// All files under `folder`, by path.
fn read(folder: &Path, into: &mut BTreeMap<PathBuf, Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read(&path, into)?;
        } else {
            into.insert(path.clone(), fs::read(path)?);
        }
    }
    Ok(())
}
