//! Where Chromium or Chrome is on this machine.

use std::path::PathBuf;

/// Names on the `PATH`, the most neutral first.
const NAMES: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
];

/// Where macOS and Windows put browsers, below the folders that [`folders`] lists.
const PLACES: [&str; 6] = [
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
];

/// The browser that `CHROME` names, or else the first one found.
pub(crate) fn find() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROME") {
        return which::which(named).ok();
    }
    let on_path = NAMES.iter().find_map(|name| which::which(name).ok());
    on_path.or_else(|| {
        let places = folders()
            .into_iter()
            .flat_map(|folder| PLACES.map(|place| folder.join(place)));
        places.into_iter().find(|place| place.is_file())
    })
}

fn folders() -> Vec<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    if cfg!(target_os = "macos") {
        let own = variable("HOME").map(|home| home.join("Applications"));
        return own.into_iter().chain(["/Applications".into()]).collect();
    }
    if cfg!(windows) {
        return ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"]
            .into_iter()
            .filter_map(variable)
            .collect();
    }
    Vec::new()
}
