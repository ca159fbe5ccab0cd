//! The adapter that native tests run on: a real GPU, or on Linux without one Mesa's lavapipe.

use std::path::{Path, PathBuf};

use crate::step::root;

/// Where Linux distributions list Vulkan drivers.
const DRIVER_LISTS: [&str; 3] = [
    "/usr/share/vulkan/icd.d",
    "/etc/vulkan/icd.d",
    "/usr/local/share/vulkan/icd.d",
];

/// Where they keep the loader, `libvulkan.so.1`.
const LIBRARIES: [&str; 5] = [
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
];

/// Device nodes that only a real GPU has (Mesa's, NVIDIA's, WSL's).
const GPU_NODES: [&str; 3] = ["/dev/dri/renderD128", "/dev/nvidiactl", "/dev/dxg"];

/// Whether native GPU tests can find an adapter. macOS and Windows bring their own.
pub(crate) fn present() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let named = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"]
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    let loader = LIBRARIES
        .iter()
        .any(|folder| Path::new(folder).join("libvulkan.so.1").exists());
    let driver = if has_gpu() {
        !drivers().is_empty()
    } else {
        lavapipe().is_some()
    };
    loader && (named || driver)
}

/// What native tests need in their environment to find the adapter.
pub(crate) fn environment() -> Vec<(&'static str, PathBuf)> {
    let mut variables = Vec::new();
    if !cfg!(target_os = "linux") {
        return variables;
    }
    // Mesa looks for a display socket there, and complains on every start where it is not set.
    if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        let folder = root().join("target/xdg-runtime");
        if std::fs::create_dir_all(&folder).is_ok() {
            variables.push(("XDG_RUNTIME_DIR", folder));
        }
    }
    // Without a GPU only lavapipe can answer; naming it keeps the other drivers from being tried.
    if !has_gpu()
        && let Some(driver) = lavapipe()
    {
        let unset = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"]
            .into_iter()
            .filter(|name| std::env::var_os(name).is_none());
        variables.extend(unset.map(|name| (name, driver.clone())));
    }
    variables
}

/// Whether the machine has a real GPU, as far as its device nodes tell; taken for granted where
/// there are none to ask, on macOS and Windows.
pub(crate) fn has_gpu() -> bool {
    !cfg!(target_os = "linux") || GPU_NODES.iter().any(|node| Path::new(node).exists())
}

fn drivers() -> Vec<PathBuf> {
    let folders = DRIVER_LISTS
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok());
    folders
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect()
}

fn lavapipe() -> Option<PathBuf> {
    drivers().into_iter().find(|driver| {
        driver
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("lvp_icd"))
    })
}
