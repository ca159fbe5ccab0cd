// In the browser: the generator's ONNX model in ONNX Runtime Web on WebGPU.

import * as ort from './ort.webgpu.bundle.min.mjs';

export async function open({ zDim, onnx }) {
  ort.env.wasm.wasmPaths = new URL('./', import.meta.url).href;
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(new Uint8Array(onnx), { executionProviders: ['webgpu'] });

  // z [batch · zDim] → [batch, 3, 64, 64]
  return async function draw(z, batch) {
    const result = await session.run({ z: new ort.Tensor('float32', z, [batch, zDim]) });
    const values = await result.image.getData();
    result.image.dispose();
    return values;
  };
}
