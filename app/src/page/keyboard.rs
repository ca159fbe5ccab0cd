//! What keys ask for.

use web_sys::KeyboardEvent;

/// Columns and rows that an arrow key moves by; eight with Shift.
pub fn step_of_key(event: &KeyboardEvent) -> Option<(i32, i32)> {
    let step = if event.shift_key() { 8 } else { 1 };
    match event.key().as_str() {
        "ArrowLeft" => Some((-step, 0)),
        "ArrowRight" => Some((step, 0)),
        "ArrowUp" => Some((0, -step)),
        "ArrowDown" => Some((0, step)),
        _ => None,
    }
}
