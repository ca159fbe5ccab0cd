// In the browser: the generator's ONNX model in ONNX Runtime Web, on WebGPU or on its WebAssembly
// backend with one thread.

const BUILD = { gpu: 'webgpu', cpu: 'wasm' };

export async function open(device, { batch, zDim, latents }) {
  const provider = BUILD[device];
  const [ort, model] = await Promise.all([import(`./ort.${provider}.bundle.min.mjs`), bytes('model.onnx')]);
  ort.env.wasm.wasmPaths = new URL('./', import.meta.url).href;
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(model, { executionProviders: [provider] });
  const z = Float32Array.from(latents);

  // [batch, 3, 64, 64]
  return async function draw() {
    const result = await session.run({ z: new ort.Tensor('float32', z, [batch, zDim]) });
    const values = await result.image.getData();
    result.image.dispose();
    return values;
  };
}

async function bytes(name) {
  return new Uint8Array(await (await fetch(name)).arrayBuffer());
}
