//! Reloading the page where it and its engine are of different builds: once, not in a loop.

/// Where the browser's tab remembers that it has reloaded for this.
const KEY: &str = "saganscope-reloaded";

/// Reloads the page, unless that was tried already; whether it does.
pub fn once() -> bool {
    let Some(storage) = storage() else {
        return false;
    };
    let tried = !matches!(storage.get_item(KEY), Ok(None));
    // What cannot be remembered must not be done: it would never end.
    let remembered = !tried && storage.set_item(KEY, "1").is_ok();
    remembered && web_sys::window().is_some_and(|window| window.location().reload().is_ok())
}

/// Page and engine fit: the next time that they do not, a reload may help again.
pub fn succeeded() {
    if let Some(storage) = storage() {
        // Where nothing can be forgotten, nothing was remembered.
        let _ = storage.remove_item(KEY);
    }
}

/// None where the browser forbids it.
fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}
