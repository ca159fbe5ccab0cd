// The engine's worker. The page downloads the engine's wasm, with progress, and sends it here,
// compiled or as bytes; then the engine takes over `onmessage`. Only what goes wrong is told here: as `failed` before
// the engine runs, as `crashed` after.
let running = false;

const tell = (error) => {
  const detail = String(error?.message ?? error);
  postMessage(running ? { crashed: detail } : { failed: detail });
};

onmessage = async ({ data }) => {
  onmessage = null;
  try {
    // The script must be of the same build as the wasm: ask whether the browser's copy is current.
    await fetch("./engine.js", { cache: "no-cache" });
    importScripts("./engine.js");
    const engine = await wasm_bindgen({ module_or_path: data.program });
    // Once, and before the first message; app/build.rs says why here.
    engine.__wasm_call_ctors();
    running = true;
  } catch (error) {
    tell(error);
  }
};

// A trap in a promise reaches no one: only errors in events reach the page by themselves.
addEventListener("unhandledrejection", (event) => tell(event.reason));
