//! The engine: a dedicated Web Worker that owns the device and the model.
#![forbid(unsafe_code)]

fn main() {
    console_error_panic_hook::set_once();
    saganscope_app::engine::listen();
}
