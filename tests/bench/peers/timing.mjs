// In the browser: times a peer's work, which ends when its result is in main memory.

export function timed(work) {
  return async function run(z, batch) {
    const latents = Float32Array.from(z);
    const start = performance.now();
    const result = await work(latents, batch);
    return { millis: performance.now() - start, result: Array.from(result) };
  };
}
