// In the browser: TensorFlow.js on WebGPU, or on its WebAssembly backend with one thread.

const BACKEND = {
  gpu: { name: 'webgpu', script: 'tf-backend-webgpu.min.js' },
  cpu: { name: 'wasm', script: 'tf-backend-wasm.min.js' },
};

// `tf`, the global of its script, once it runs there.
export async function start(device) {
  const { name, script } = BACKEND[device];
  await load('tf.min.js');
  await load(script);
  const { tf } = globalThis;
  if (device === 'cpu') {
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    tf.wasm.setWasmPaths(new URL('./', import.meta.url).href);
  }
  await tf.setBackend(name);
  await tf.ready();
  if (tf.getBackend() !== name) throw new Error(`TensorFlow.js runs on ${tf.getBackend()}`);
  return tf;
}

function load(name) {
  return new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = name;
    script.onload = done;
    script.onerror = () => failed(new Error(`${name} does not load`));
    document.head.append(script);
  });
}
