// In the browser: times a peer's drawing. Each run ends when the pictures are in main memory.

export async function measure(draw, { z, batch, runs, seconds }) {
  const times = [];
  let image;
  let begun = 0;
  while (times.length <= runs && (times.length < 2 || performance.now() - begun < 1000 * seconds)) {
    const start = performance.now();
    image = await draw(Float32Array.from(z), batch);
    times.push(performance.now() - start);
    if (times.length === 1) begun = performance.now();
  }
  return { first: times[0], rest: times.slice(1), image: Array.from(image) };
}
