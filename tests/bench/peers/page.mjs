// In the browser: what a page that uses the peer does. It loads the peer and the weights, runs once,
// and puts the first picture onto a canvas. The address says which peer and on what.

const query = new URLSearchParams(location.search);

globalThis.bench = begin();

async function begin() {
  const [{ open }, task] = await Promise.all([import(`./${query.get('peer')}.mjs`), read('task.json')]);
  const run = await open(query.get('device'), task);
  const { millis, result } = await timed(run);
  if (task.latents) show(result);
  return { first: millis, result: Array.from(result), again: async () => (await timed(run)).millis };
}

// A run ends when its result is in main memory.
async function timed(run) {
  const start = performance.now();
  const result = await run();
  return { millis: performance.now() - start, result };
}

// The first picture of [count, 3, side, side], in [-1, 1].
function show(pictures) {
  const canvas = document.querySelector('canvas');
  const side = canvas.width;
  const pixels = side * side;
  const data = new ImageData(side, side);
  for (let i = 0; i < pixels; i++) {
    for (let channel = 0; channel < 3; channel++) data.data[4 * i + channel] = (pictures[channel * pixels + i] + 1) * 127.5;
    data.data[4 * i + 3] = 255;
  }
  canvas.getContext('2d').putImageData(data, 0, 0);
}

async function read(name) {
  return (await fetch(name)).json();
}
