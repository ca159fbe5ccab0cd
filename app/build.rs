//! Tells the linker to leave the engine's static constructors to us.
//!
//! Burn's compiler registers its parts in constructors. Where nobody calls them, the linker puts a
//! call of all of them in front of *every* exported function, those included that wasm-bindgen's glue
//! calls several times for each WebGPU call: that took some 5 ms a kernel launch, nine tenths of the
//! time of drawing a picture. Once they are exported, the linker takes them to be our affair, and
//! `www/engine_worker.js` calls them once.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        println!("cargo:rustc-link-arg-bin=engine=--export=__wasm_call_ctors");
    }
}
