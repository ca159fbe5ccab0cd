// Saganscope, TensorFlow.js and ONNX Runtime Web draw with the same weights in one Chromium, on its
// software GPU: `cargo xtask bench --browser` runs this. Each must draw what the native command draws.

import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { launch } from '../support/chromium.mjs';
import { required } from '../support/environment.mjs';
import { FIXTURE, fixture, generate } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';
import { serve } from '../support/site.mjs';
import { folded } from './folded.mjs';
import { draw, latents } from './native.mjs';
import { onnxModel } from './onnx_model.mjs';
import { measure as measureOurs } from './ours.mjs';

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    seconds: { type: 'string', default: '4' },
    runs: { type: 'string', default: '9' },
  },
});
const BATCHES = [1, 4];
const CONV_DIM = 16;
const SEED = 11;
const budget = { runs: Number(options.runs), seconds: Number(options.seconds) };
const FOLDER = 'bench/';

const checkpoint = fixture();
const model = folded(checkpoint);
const site = await serve(required('DIST', 'the built site'));
site.files.set(FIXTURE, checkpoint);
await publishPeers();

const browser = await launch('swiftshader');
const figures = [];
const notes = [];
try {
  const device = `Chromium ${browser.version()}, SwiftShader`;
  const record = (engine, batch, { first, rest }) => {
    const figure = {
      engine, device, task: 'generate', conv_dim: CONV_DIM, batch,
      first_ms: first, median_ms: median(rest), runs: rest.length,
    };
    figures.push(figure);
    console.log(`${engine.padEnd(5)} batch ${batch}: first ${first.toFixed(0)} ms, median ${figure.median_ms.toFixed(0)} ms of ${rest.length}`);
  };
  for (const batch of BATCHES) {
    record('ours', batch, await ours(batch));
    for (const peer of ['tfjs', 'ort']) record(peer, batch, await theirs(peer, batch));
  }
} finally {
  await browser.close();
  await site.close();
}
console.log(notes.join('\n'));
if (options.json) await writeFile(options.json, JSON.stringify({ figures, notes }, null, 2));

async function ours(batch) {
  const scope = await Saganscope.tab(browser);
  const result = await measureOurs(scope, site.url, { seed: SEED, count: batch, checkpoint: FIXTURE }, budget);
  await scope.close();
  const native = generate(checkpoint, SEED, batch).pictures;
  const worst = Math.max(...native.map((picture, i) => difference(picture, result.pictures[i])));
  check('Saganscope', batch, worst);
  return result;
}

async function theirs(peer, batch) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`${peer}: ${error}`));
  await page.goto(`${site.url}${FOLDER}${peer}.html`);
  const z = latents(batch, model.zDim);
  const argument = {
    module: `./${peer}.mjs`,
    model: peer === 'ort' ? { zDim: model.zDim, onnx: Array.from(onnxModel(model)) } : plain(model),
    run: { z: Array.from(z), batch, ...budget },
  };
  const result = await page.evaluate(async ({ module, model, run }) => {
    const [{ open }, { measure }] = await Promise.all([import(new URL(module, location.href)), import(new URL('./measure.mjs', location.href))]);
    return measure(await open(model), run);
  }, argument);
  await context.close();
  const bytes = (image) => Array.from(image, (v) => Math.round((Math.min(Math.max(v, -1), 1) + 1) * 127.5));
  check(peer === 'ort' ? 'ONNX Runtime Web' : 'TensorFlow.js', batch, difference(bytes(draw(checkpoint, z, model.zDim)), bytes(result.image)));
  return result;
}

// Stops the bench where an engine draws something else.
function check(name, batch, worst) {
  if (worst > 2) throw new Error(`${name} draws another picture: a colour is ${worst}/255 off`);
  notes.push(`${name}, batch ${batch}: the same pictures as the native command, to ${worst}/255.`);
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
  for (const name of ['tfjs.mjs', 'ort.mjs', 'measure.mjs']) {
    put(name, 'text/javascript', await readFile(join(here, 'peers', name)));
  }
  const packages = join(here, 'node_modules');
  const scripts = [
    '@tensorflow/tfjs-core/dist/tf-core.min.js',
    '@tensorflow/tfjs-backend-cpu/dist/tf-backend-cpu.min.js',
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
