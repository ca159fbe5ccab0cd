// Saganscope, TensorFlow.js and ONNX Runtime Web draw with the same weights in one Chromium, on its
// software GPU: `cargo xtask bench --browser` runs this. Each must draw what the native command draws.
// Saganscope and TensorFlow.js train a network of the same shape, with dot-product attention.

import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { launch } from '../support/chromium.mjs';
import { required } from '../support/environment.mjs';
import { FIXTURE, fixture, generate, goldenRun } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';
import { serve } from '../support/site.mjs';
import { folded } from './folded.mjs';
import { draw, latents } from './native.mjs';
import { onnxModel } from './onnx_model.mjs';
import { again, open, openTraining, trainStep } from './ours.mjs';

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    seconds: { type: 'string', default: '4' },
    runs: { type: 'string', default: '9' },
  },
});
// Widths, and pictures drawn at once with each.
const DRAWINGS = [[16, [1, 4, 16]], [32, [1]], [64, [1]]];
// The golden run's sizes.
const TRAINING = { convDim: 16, zDim: 100 };
const TRAIN_BATCH = 4;
const SEED = 11;
const budget = { runs: Number(options.runs), seconds: Number(options.seconds) };
const FOLDER = 'bench/';

const site = await serve(required('DIST', 'the built site'));
await publishPeers();

const browser = await launch('swiftshader');
const figures = [];
const notes = [];
// The worst difference of a colour by engine.
const agreed = new Map();
try {
  for (const [width, batches] of DRAWINGS) {
    const checkpoint = fixture(width);
    site.files.set(FIXTURE, checkpoint);
    for (const batch of batches) {
      const contestants = [ours(checkpoint, batch), theirs('tfjs', checkpoint, batch), theirs('ort', checkpoint, batch)];
      await compare('generate', width, batch, contestants);
    }
  }
  await compare('train', TRAINING.convDim, TRAIN_BATCH, [oursTraining(), theirTraining()]);
  notes.push('Drawing in the browser: Saganscope compiles its kernels as the page opens, so its first drawing is without that.');
  notes.push('Training in the browser: Saganscope\'s first run is opening the run and two steps, of which one is thrown away.');
} finally {
  await browser.close();
  await site.close();
}
for (const [name, worst] of agreed) notes.push(`${name} in the browser draws what the native command draws, to ${worst}/255.`);
console.log(notes.join('\n'));
if (options.json) await writeFile(options.json, JSON.stringify({ figures, notes }, null, 2));

// Runs the contestants in turn, so that what else the machine does meets all alike, and notes their
// figures. A contestant is `{ engine, first, again, close }`: `first` and `again` give milliseconds.
async function compare(task, width, batch, contestants) {
  const times = contestants.map(() => []);
  for (const [index, { first }] of contestants.entries()) times[index].push(await first());
  const begun = performance.now();
  for (let run = 0; run < budget.runs && (run < 1 || performance.now() - begun < 1000 * budget.seconds * contestants.length); run++) {
    for (const [index, { again }] of contestants.entries()) times[index].push(await again());
  }
  for (const [index, { engine, close }] of contestants.entries()) {
    const [first, ...rest] = times[index];
    figures.push({
      engine, device: `Chromium ${browser.version()}, SwiftShader`, task, conv_dim: width, batch,
      first_ms: first, median_ms: median(rest), runs: rest.length,
    });
    console.log(`${task} ${engine.padEnd(5)} conv_dim ${width} batch ${batch}: first ${first.toFixed(0)} ms, median ${median(rest).toFixed(0)} ms of ${rest.length}`);
    await close();
  }
}

function ours(checkpoint, batch) {
  let scope;
  return {
    engine: 'ours',
    async first() {
      scope = await Saganscope.tab(browser);
      const { millis, pictures } = await open(scope, site.url, { seed: SEED, count: batch, checkpoint: FIXTURE });
      const native = generate(checkpoint, SEED, batch).pictures;
      check('Saganscope', Math.max(...native.map((picture, i) => difference(picture, pictures[i]))));
      return millis;
    },
    again: () => again(scope),
    close: () => scope.close(),
  };
}

function theirs(peer, checkpoint, batch) {
  const model = folded(checkpoint);
  const z = latents(batch, model.zDim);
  const argument = peer === 'ort' ? { zDim: model.zDim, onnx: Array.from(onnxModel(model)) } : plain(model);
  let page;
  return {
    engine: peer,
    async first() {
      page = await openPeer(`${peer}.html`, `${peer}.mjs`, argument);
      const { millis, result } = await runPeer(page, z, batch);
      const name = peer === 'ort' ? 'ONNX Runtime Web' : 'TensorFlow.js';
      check(name, difference(bytes(draw(checkpoint, z, model.zDim)), bytes(result)));
      return millis;
    },
    again: async () => (await runPeer(page, z, batch)).millis,
    close: () => page.context().close(),
  };
}

// One step of both networks, as the engine's worker does it. What it learns is checked by
// tests/e2e/training.test.mjs.
function oursTraining() {
  const real = Float32Array.from({ length: TRAIN_BATCH * 3 * 64 * 64 }, (_, i) => Math.sin(i * i));
  let engine;
  return {
    engine: 'ours',
    async first() {
      const opened = await openTraining(browser, site, goldenRun(TRAIN_BATCH), real);
      engine = opened.engine;
      return opened.millis;
    },
    again: () => trainStep(engine, real),
    close: () => engine.close(),
  };
}

// One step of both networks in TensorFlow.js.
function theirTraining() {
  let page;
  const again = async () => (await runPeer(page, [], TRAIN_BATCH)).millis;
  return {
    engine: 'tfjs',
    async first() {
      page = await openPeer('tfjs.html', 'tfjs_training.mjs', TRAINING);
      return again();
    },
    again,
    close: () => page.context().close(),
  };
}

async function openPeer(file, module, argument) {
  const page = await (await browser.newContext()).newPage();
  page.on('pageerror', (error) => console.error(`${module}: ${error}`));
  await page.goto(`${site.url}${FOLDER}${file}`);
  await page.evaluate(
    async ([module, argument]) => {
      const load = (name) => import(new URL(name, location.href));
      const [{ timed }, { open }] = await Promise.all([load('timing.mjs'), load(module)]);
      globalThis.bench = timed(await open(argument));
    },
    [module, argument],
  );
  return page;
}

function runPeer(page, z, batch) {
  return page.evaluate(([z, batch]) => globalThis.bench(z, batch), [Array.from(z), batch]);
}

// Values in [-1, 1] as the bytes of a picture.
function bytes(image) {
  return Array.from(image, (v) => Math.round((Math.min(Math.max(v, -1), 1) + 1) * 127.5));
}

// Stops the bench where an engine draws something else.
function check(name, worst) {
  if (worst > 2) throw new Error(`${name} draws another picture: a colour is ${worst}/255 off`);
  agreed.set(name, Math.max(agreed.get(name) ?? 0, worst));
}

function difference(a, b) {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]));
  return worst;
}

function median(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// Typed arrays do not pass through `evaluate`; plain ones do.
function plain(value) {
  if (ArrayBuffer.isView(value)) return Array.from(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  return value;
}

// Puts the peers and their pages beside the site.
async function publishPeers() {
  const put = (name, type, body) => site.files.set(FOLDER + name, { type, body });
  const here = import.meta.dirname ?? dirname(new URL(import.meta.url).pathname);
  for (const name of ['tfjs.mjs', 'tfjs_training.mjs', 'ort.mjs', 'timing.mjs']) {
    put(name, 'text/javascript', await readFile(join(here, 'peers', name)));
  }
  const packages = join(here, 'node_modules');
  const scripts = [
    '@tensorflow/tfjs/dist/tf.min.js',
    '@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js',
  ];
  const runtime = ['ort.webgpu.bundle.min.mjs', 'ort-wasm-simd-threaded.asyncify.mjs', 'ort-wasm-simd-threaded.asyncify.wasm'];
  for (const path of [...scripts, ...runtime.map((name) => `onnxruntime-web/dist/${name}`)]) {
    const name = path.split('/').at(-1);
    const type = name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
    put(name, type, await readFile(join(packages, path)));
  }
  const page = (head) => Buffer.from(`<!doctype html><meta charset="utf-8"><title>bench</title>${head}`);
  put('ort.html', 'text/html', page(''));
  put('tfjs.html', 'text/html', page(scripts.map((path) => `<script src="${path.split('/').at(-1)}"></script>`).join('')));
}
