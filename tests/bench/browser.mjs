// Saganscope, TensorFlow.js and ONNX Runtime Web draw with the same weights in one Chromium, on its
// software GPU and on the CPU: `cargo xtask bench --browser` runs this. Each must draw what the native
// command draws. Saganscope and TensorFlow.js train a network of the same shape, with dot-product
// attention; on the CPU TensorFlow.js has no gradients of a convolution, so there it does not train.

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { launch } from '../support/chromium.mjs';
import { absolute } from '../support/distance.mjs';
import { required } from '../support/environment.mjs';
import { FIXTURE, fixture, generate, published, untrained } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';
import { serve } from '../support/site.mjs';
import { folded, packed } from './folded.mjs';
import { draw, latents } from './native.mjs';
import { BATCH, MOST, WIDTH, interfaceCost } from './interface.mjs';
import { onnxModel } from './onnx_model.mjs';
import { again, drawMany, open, openDrawing, openTraining, trainStep } from './ours.mjs';
import { FOLDER, Peer, publishPeers } from './peer.mjs';
import { processorTimes } from './processor.mjs';

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    seconds: { type: 'string', default: '4' },
    runs: { type: 'string', default: '9' },
    // Only this, `gpu` or `cpu`.
    device: { type: 'string' },
  },
});
// Widths, and pictures drawn at once with each.
const DRAWINGS = {
  gpu: [[16, [1, 4, 16]], [32, [1]], [64, [1]]],
  cpu: [[16, [1]], [32, [1]], [64, [1]]],
};
const PLACES = { gpu: 'browser', cpu: 'browsercpu' };
const NAMES = { tfjs: 'TensorFlow.js', ort: 'ONNX Runtime Web' };
// Widths that are trained, on networks that have learned nothing yet.
const TRAINED = [16, 32];
const Z_DIM = 100;
const TRAIN_BATCH = 4;
const SEED = 11;
const budget = { runs: Number(options.runs), seconds: Number(options.seconds) };
const devices = options.device ? [options.device] : ['gpu', 'cpu'];

const site = await serve(required('DIST', 'the built site'));
await publishPeers(site);

const browser = await launch('swiftshader');
const figures = [];
const notes = [];
const broken = [];
// The worst difference of a colour by engine.
const agreed = new Map();
try {
  const checkpoints = new Map();
  for (const device of devices) {
    for (const [width, batches] of DRAWINGS[device]) {
      if (!checkpoints.has(width)) checkpoints.set(width, fixture(width));
      const checkpoint = checkpoints.get(width);
      for (const batch of batches) {
        const contestants = [ours(device, checkpoint, batch), theirs('tfjs', device, checkpoint, batch), theirs('ort', device, checkpoint, batch)];
        await compare('generate', device, width, batch, contestants);
      }
      if (device === 'cpu') {
        const contestants = [oursAlone(device, checkpoint), theirs('tfjs', device, checkpoint, 1), theirs('ort', device, checkpoint, 1)];
        await compareProcessor(device, width, contestants);
      }
    }
    for (const width of TRAINED) {
      const training = [oursTraining(device, width)];
      if (device === 'gpu') training.push(theirTraining(device, width));
      await compare('train', device, width, TRAIN_BATCH, training);
    }
    await costOfInterface(device);
  }
  notes.push('Training in the browser: Saganscope\'s first run is opening the run and two steps, of which one is thrown away.');
} finally {
  await browser.close();
  await site.close();
}
for (const [name, worst] of agreed) notes.push(`${name} in the browser draws what the native command draws, to ${worst}/255.`);
console.log(notes.join('\n'));
if (options.json) await writeFile(options.json, JSON.stringify({ figures, notes }, null, 2));
if (broken.length) throw new Error(broken.join('\n'));

// Runs the contestants in turn, so that what else the machine does meets all alike, and notes their
// figures. A contestant is `{ engine, start, again, close }`: `start` gives `{ first, appeared }`,
// the milliseconds of its first call and, where it draws, from navigation to the first picture on a
// canvas; `again` gives those of one more call.
async function compare(task, device, width, batch, contestants) {
  const starts = [];
  for (const { start } of contestants) starts.push(await start());
  const times = contestants.map(() => []);
  const begun = performance.now();
  for (let run = 0; run < budget.runs && (run < 1 || performance.now() - begun < 1000 * budget.seconds * contestants.length); run++) {
    for (const [index, { again }] of contestants.entries()) times[index].push(await again());
  }
  const on = device === 'gpu' ? 'SwiftShader' : 'WebAssembly, one thread';
  for (const [index, { engine, close }] of contestants.entries()) {
    const { first, appeared } = starts[index];
    figures.push({
      place: PLACES[device], engine, device: `Chromium ${browser.version()}, ${on}`, task, conv_dim: width, batch,
      first_ms: first, median_ms: median(times[index]), runs: times[index].length, appeared_ms: appeared,
    });
    const shown = appeared === undefined ? '' : `, first picture after ${appeared.toFixed(0)} ms`;
    console.log(`${device} ${task} ${engine.padEnd(5)} conv_dim ${width} batch ${batch}: first call ${first.toFixed(1)} ms, median ${median(times[index]).toFixed(1)} ms of ${times[index].length}${shown}`);
    await close();
  }
}

// Notes the processor time of one picture beside the figures of the clock. Here a contestant is
// `{ engine, start, many, close }`.
async function compareProcessor(device, width, contestants) {
  for (const { start } of contestants) await start();
  const times = await processorTimes(browser, contestants, budget.runs);
  for (const [index, { engine, close }] of contestants.entries()) {
    const same = (f) => f.place === PLACES[device] && f.engine === engine && f.task === 'generate' && f.conv_dim === width && f.batch === 1;
    figures.find(same).processor_ms = times[index];
    console.log(`${device} generate ${engine.padEnd(5)} conv_dim ${width} batch 1: processor time ${times[index].toFixed(2)} ms a picture`);
    await close();
  }
}

// Notes what the page around the engine costs a training step; the bench fails in the end where that is
// more than was promised.
async function costOfInterface(device) {
  // A round ends with a last reading and a last drawing; of a short one they are a tenth.
  const seconds = Math.max(10, 2 * budget.seconds);
  const { alone, inPage, steps } = await interfaceCost(browser, site, device, { rounds: 3, seconds });
  const ratio = inPage / alone;
  const on = device === 'gpu' ? 'WebGPU' : 'the CPU';
  const note = `A training step on ${on} at conv_dim ${WIDTH}, batch ${BATCH}, with the page's curves and pictures: ${inPage.toFixed(1)} ms, without: ${alone.toFixed(1)} ms, ${ratio.toFixed(2)} times (the least of three rounds of ${steps} steps; at most ${MOST} is promised).`;
  console.log(note);
  notes.push(note);
  if (!(ratio <= MOST)) broken.push(`The interface costs too much. ${note}`);
}

function ours(device, checkpoint, batch) {
  let scope;
  return {
    engine: 'ours',
    async start() {
      site.files.set(FIXTURE, checkpoint);
      scope = await Saganscope.tab(browser);
      const { first, appeared, pictures } = await open(scope, site.url, device, { seed: SEED, count: batch, checkpoint: FIXTURE });
      const native = generate(checkpoint, SEED, batch).pictures;
      check('Saganscope', Math.max(...native.map((picture, i) => absolute(picture, pictures[i]))));
      return { first, appeared };
    },
    again: () => again(scope),
    close: () => scope.close(),
  };
}

// The engine's worker without the page.
function oursAlone(device, checkpoint) {
  let engine;
  return {
    engine: 'ours',
    async start() {
      // The run as a whole is more than a message to a page can hold.
      engine = await openDrawing(browser, site, device, published(checkpoint));
    },
    many: (count) => drawMany(engine, count),
    close: () => engine.close(),
  };
}

function theirs(name, device, checkpoint, batch) {
  const network = folded(checkpoint);
  const z = latents(batch, network.zDim);
  let peer;
  return {
    engine: name,
    async start() {
      const { model, weights } = packed(network);
      site.files.set(`${FOLDER}weights.bin`, weights);
      site.files.set(`${FOLDER}model.onnx`, Buffer.from(onnxModel(network)));
      peer = await Peer.open(browser, site, name, device, { batch, zDim: network.zDim, latents: Array.from(z), model });
      const { first, appeared, result } = await peer.begun();
      check(NAMES[name], absolute(bytes(draw(checkpoint, z, network.zDim)), bytes(result)));
      return { first, appeared };
    },
    again: () => peer.again(),
    many: (count) => peer.many(count),
    close: () => peer.close(),
  };
}

// One step of both networks, as the engine's worker does it. What it learns is checked by
// tests/e2e/training.test.mjs.
function oursTraining(device, convDim) {
  const real = Float32Array.from({ length: TRAIN_BATCH * 3 * 64 * 64 }, (_, i) => Math.sin(i * i));
  let engine;
  return {
    engine: 'ours',
    async start() {
      const opened = await openTraining(browser, site, device, untrained(convDim, Z_DIM, TRAIN_BATCH), real);
      engine = opened.engine;
      return { first: opened.millis };
    },
    again: () => trainStep(engine, real),
    close: () => engine.close(),
  };
}

// One step of both networks in TensorFlow.js.
function theirTraining(device, convDim) {
  let peer;
  return {
    engine: 'tfjs',
    async start() {
      peer = await Peer.open(browser, site, 'tfjs_training', device, { batch: TRAIN_BATCH, convDim, zDim: Z_DIM });
      const { first } = await peer.begun();
      return { first };
    },
    again: () => peer.again(),
    close: () => peer.close(),
  };
}

// Values in [-1, 1] as the bytes of a picture.
function bytes(image) {
  return Array.from(image, (v) => Math.round((Math.min(Math.max(v, -1), 1) + 1) * 127.5));
}

// Stops the bench where an engine draws something else.
function check(name, worst) {
  // Not `worst > 2`, which would let a NaN pass.
  if (!(worst <= 2)) throw new Error(`${name} draws another picture: a colour is ${worst}/255 off`);
  agreed.set(name, Math.max(agreed.get(name) ?? 0, worst));
}

function median(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
