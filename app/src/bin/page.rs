//! The page's program: mounts the page.

fn main() -> Result<(), wasm_bindgen::JsValue> {
    saganscope_app::page::run()
}
