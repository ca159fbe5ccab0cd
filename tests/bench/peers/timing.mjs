// In the browser: times a peer's drawing. A run ends when the pictures are in main memory.

export function timed(draw) {
  return {
    async draw(z, batch) {
      const latents = Float32Array.from(z);
      const start = performance.now();
      const image = await draw(latents, batch);
      return { millis: performance.now() - start, image: Array.from(image) };
    },
  };
}
