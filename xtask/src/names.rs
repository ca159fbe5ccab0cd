//! Takes the names of functions out of the built wasm. They are for a debugger: a panic says its file
//! and line without them, and they are a tenth of what a visitor downloads. The linker's `strip` leaves
//! them to wasm-bindgen, which writes them anew, and trunk does not hand on the option that would not.

use std::path::Path;

use crate::failure::Failure;

/// A module begins with its magic number and its version.
const HEAD: &[u8] = b"\0asm\x01\0\0\0";

/// The kind of a section that carries its own name, and what the one with names is called.
const CUSTOM: u8 = 0;
const NAMES: &[u8] = b"name";

/// Takes the names out of all wasm in a folder, and says what that saved.
///
/// # Errors
/// If a file cannot be read or written, or is no wasm.
pub(crate) fn take_out(folder: &Path) -> Result<(), Failure> {
    let unreadable = |path: &Path, reason: String| Failure::Unreadable {
        path: path.to_owned(),
        reason,
    };
    let entries = std::fs::read_dir(folder);
    let entries = entries.map_err(|error| unreadable(folder, error.to_string()))?;
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.extension().is_none_or(|kind| kind != "wasm") {
            continue;
        }
        let module = std::fs::read(&path);
        let module = module.map_err(|error| unreadable(&path, error.to_string()))?;
        let without = without_names(&module)
            .ok_or_else(|| unreadable(&path, "it is no whole wasm module".into()))?;
        std::fs::write(&path, &without).map_err(|error| Failure::Unwritable {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let [before, after] = [module.len(), without.len()].map(|bytes| bytes as f64 / 1e6);
        println!("    {name}: {before:.1} MB, without the names of functions {after:.1} MB");
    }
    Ok(())
}

/// The module without its section of names; nothing where it is no whole module.
fn without_names(module: &[u8]) -> Option<Vec<u8>> {
    let mut rest = module.strip_prefix(HEAD)?;
    let mut kept = HEAD.to_vec();
    while let Some((&kind, after)) = rest.split_first() {
        let (length, content) = number(after)?;
        let (content, following) = content.split_at_checked(length)?;
        let is_names = kind == CUSTOM && {
            let (length, name) = number(content)?;
            name.get(..length)? == NAMES
        };
        if !is_names {
            let whole = rest.len() - following.len();
            kept.extend_from_slice(&rest[..whole]);
        }
        rest = following;
    }
    Some(kept)
}

/// An unsigned number of at most 32 bits in LEB128, and what follows it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0u64;
    for (place, &byte) in bytes.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte < 0x80 {
            return Some((usize::try_from(value).ok()?, &bytes[place + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A section whose length takes two bytes, as a linker may write it.
    fn section(kind: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).expect("it is short");
        [&[kind, length | 0x80, 0], content].concat()
    }

    #[test]
    fn the_names_go_and_all_else_stays() {
        let code = section(10, b"\x01\x04name");
        let producers = section(CUSTOM, b"\x09producers\x01");
        let names = section(CUSTOM, b"\x04name\x01\x02\x03");
        let module = [HEAD, &producers, &names, &code].concat();
        let wanted = [HEAD, &producers, &code].concat();
        assert_eq!(without_names(&module), Some(wanted.clone()));
        assert_eq!(
            without_names(&wanted),
            Some(wanted.clone()),
            "nothing to do"
        );
    }

    #[test]
    fn what_is_no_whole_module_is_left_alone() {
        let module = [HEAD, &section(10, b"abc")].concat();
        assert!(without_names(&module).is_some());
        for broken in [
            &module[..module.len() - 1],
            &module[1..],
            b"",
            &[HEAD, b"\x0a\xff"].concat(),
        ] {
            assert_eq!(without_names(broken), None, "{broken:?}");
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("page.wasm");
        std::fs::write(&path, b"<!doctype html>").expect("a file");
        assert!(take_out(folder.path()).is_err());
        assert_eq!(
            std::fs::read(&path).expect("it is there"),
            b"<!doctype html>"
        );
        std::fs::write(&path, [HEAD, &section(CUSTOM, b"\x04name")].concat()).expect("a file");
        assert!(take_out(folder.path()).is_ok());
        assert_eq!(std::fs::read(&path).expect("it is there"), HEAD);
    }
}
