// The engine's worker, asked through its protocol: who it says it is, what it draws and in which
// order, and what it says where something is wrong.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Engine, pictures, read } from '../support/engine.mjs';
import { hosted } from '../support/hosted.mjs';
import { fixture, generate, row } from '../support/sagan.mjs';
import { REPORT_GPU_ERRORS, WORKER, withScripts } from '../support/worker_scripts.mjs';

const SEED = 11;

const { dist, site, browser } = await hosted('swiftshader');
// `lose()` in the worker takes the GPU away, as a driver's reset does.
const lose = `
  const requestDevice = GPUAdapter.prototype.requestDevice;
  globalThis.devices = [];
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await requestDevice.apply(this, args);
    globalThis.devices.push(device);
    return device;
  };`;
site.files.set(WORKER, await withScripts(dist, `{${lose}}`, `{${REPORT_GPU_ERRORS}}`));
const checkpoint = fixture();
const native = generate(checkpoint, SEED, 2);

async function opened(device) {
  const engine = await Engine.start(browser, site);
  const ready = await engine.ask('Draw', open({ device }));
  assert.equal(ready.kind, 'Ready', ready.sentence);
  return { engine, ready };
}

function open(fields) {
  return { Open: { model: 1, checkpoint, name: 'fixture.safetensors', device: 'Cpu', ...fields } };
}

function seed(seed, count, first = 0) {
  return { Seed: { seed: BigInt(seed), first, count } };
}

test('the engine greets with its build, and tells what it has opened', async () => {
  const { engine, ready } = await opened('Cpu');
  assert.equal(engine.greeting.version, 2);
  assert.match(engine.greeting.build, /^[0-9a-f]{16}$/);
  assert.deepEqual(ready.device, { gpu: false, name: 'CPU', note: "The CPU was asked for in the page's address." });
  const { layers, ...model } = ready.model;
  assert.deepEqual(model, { size: 64, z_dim: 100, conv_dim: 16, energy: 'dot', steps: 2n, noisy: [] });
  assert.deepEqual(layers.map(({ side, channels }) => [side, channels]), [[16, 32], [32, 16]]);
  for (const { gamma } of layers) assert.ok(Math.abs(gamma - 0.8) < 1e-6);
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

for (const device of ['Cpu', 'Gpu']) {
  test(`what a sample brings is what the whole map of the native command says (${device})`, async () => {
    const { engine } = await opened(device);
    const parts = { attention: true, bits: true, values: false, layer_maps: false };
    const done = await engine.ask('Draw', pictures({ latents: seed(SEED, 1, 1), parts }));
    assert.equal(done.kind, 'Done', done.sentence);
    assert.deepEqual(done.others.map(({ kind, index }) => [kind, index]), [['Sample', 0]]);
    const { size, rgba, layers } = done.others[0].sample;
    assert.equal(size, 64);
    assert.equal(rgba.length, native.pictures[1].length);
    assert.ok(rgba.every((value, i) => Math.abs(value - native.pictures[1][i]) <= 2), 'the picture');
    assert.equal(layers.length, 2);
    for (const [at, layer] of layers.entries()) sameMap(layer, (query) => row(native.raw, at + 1, 1, query));
    assert.deepEqual(engine.complaints, []);
    await engine.close();
  });
}

// A layer's reading against the rows of its map.
function sameMap(layer, rowOf) {
  const n = layer.side ** 2;
  const mean = new Float64Array(n);
  for (let query = 0; query < n; query++) rowOf(query).forEach((weight, key) => (mean[key] += weight / n));
  assert.equal(layer.mean_row.length, n);
  assert.ok(Math.abs(layer.mean_row.reduce((a, b) => a + b) - 1) < 1e-5);
  for (const [key, weight] of layer.mean_row.entries()) {
    assert.ok(Math.abs(weight - mean[key]) <= 1e-6 + 1e-3 * mean[key], `mean row at ${key}: ${weight}, not ${mean[key]}`);
  }
  assert.equal(layer.bits.length, n);
  for (let query = 0; query < n; query += 37) {
    const wanted = rowOf(query);
    const bits = wanted.reduce((sum, weight, key) => sum + (weight > 0 ? weight * Math.log2(weight / mean[key]) : 0), 0);
    assert.ok(Math.abs(layer.bits[query] - bits) < 2e-3, `bits of ${query}: ${layer.bits[query]}, not ${bits}`);
    for (let key = 0; key < n; key++) {
      const weight = Math.exp(dot(layer, query, key) - layer.log_sum_exp[query]);
      assert.ok(Math.abs(weight - wanted[key]) <= 1e-5 + 1e-3 * wanted[key], `weight ${query}, ${key}: ${weight}, not ${wanted[key]}`);
    }
  }
}

function dot({ dim, queries, keys }, query, key) {
  let sum = 0;
  for (let c = 0; c < dim; c++) sum += queries[query * dim + c] * keys[key * dim + c];
  return sum;
}

test('given latents draw alike wherever they stand, and otherwise than others', async () => {
  const { engine } = await opened('Cpu');
  const z = Float32Array.from({ length: 2 * 100 }, (_, i) => Math.sin(i * i));
  const draw = async (values) => {
    const done = await engine.ask('Draw', pictures({ latents: { Given: { values } } }));
    assert.equal(done.kind, 'Done', done.sentence);
    return done.others.map(({ sample }) => sample.rgba);
  };
  const [first, second] = await draw(z);
  assert.deepEqual(await draw(z.slice(100)), [second]);
  assert.notDeepEqual(first, second);
  await engine.close();
});

const bias = (keys, factor, queries) => ({ keys, factor, queries });
const own = { gamma: 1, map: 'Own', biases: [] };

// What is changed, on the command line and in the protocol.
const EDITS = {
  'γ and a uniform map': {
    line: ['--gamma1', '0', '--gamma2', '1.5', '--uniform', '2'],
    edits: [{ ...own, gamma: 0 }, { ...own, gamma: 1.5, map: 'Uniform' }],
  },
  'the mean row, with masked and heavier keys': {
    line: ['--mean-row', '1', '--mask', '1:3,4', '--weigh', '2:6:17,500', '--mask', '2:20'],
    edits: [{ ...own, map: 'MeanRow', biases: [bias([3, 4], 0)] }, { ...own, biases: [bias([20], 0), bias([17, 500], 6)] }],
  },
  'shuffled rows and a patch': {
    line: ['--shuffle', '1:9', '--patch', '2:7:3'],
    edits: [{ ...own, map: { Shuffled: { seed: 9n } } }, { ...own, map: { Patch: { seed: 7n, index: 3 } } }],
  },
};

for (const device of ['Cpu', 'Gpu']) {
  test(`edits draw what the native command draws with them (${device})`, async () => {
    const { engine } = await opened(device);
    for (const [what, { line, edits }] of Object.entries(EDITS)) {
      const wanted = generate(checkpoint, SEED, 1, ...line);
      const parts = { attention: true, bits: true, values: false, layer_maps: false };
      const done = await engine.ask('Draw', pictures({ latents: seed(SEED, 1), edits, parts }));
      assert.equal(done.kind, 'Done', `${what}: ${done.sentence}`);
      const { rgba, layers } = done.others[0].sample;
      assert.ok(rgba.every((value, i) => Math.abs(value - wanted.pictures[0][i]) <= 2), what);
      assert.ok(rgba.some((value, i) => Math.abs(value - native.pictures[0][i]) > 8), `${what} moves the picture`);
      for (const [at, layer] of layers.entries()) sameMap(layer, (query) => row(wanted.raw, at + 1, 0, query));
    }
    assert.deepEqual(engine.complaints, []);
    await engine.close();
  });
}

test('a key is masked for the named queries alone', async () => {
  const { engine } = await opened('Cpu');
  const edits = [{ ...own, biases: [bias([5], 0, [100])] }];
  const done = await engine.ask('Draw', pictures({ latents: seed(SEED, 1), edits }));
  const [layer] = done.others[0].sample.layers;
  const weight = (query, key) => Math.exp(dot(layer, query, key) - layer.log_sum_exp[query]);
  assert.equal(weight(100, 5), 0);
  for (const query of [99, 101]) {
    const wanted = row(native.raw, 1, 0, query)[5];
    assert.ok(wanted > 0 && Math.abs(weight(query, 5) - wanted) <= 1e-6 + 1e-3 * wanted);
  }
  await engine.close();
});

test('values and maps of a layer come where they are asked for, and y = γ·A v + x', async () => {
  const { engine } = await opened('Cpu');
  const parts = { attention: true, bits: false, values: true, layer_maps: true };
  const done = await engine.ask('Draw', pictures({ latents: seed(SEED, 1), parts }));
  for (const [at, layer] of done.others[0].sample.layers.entries()) {
    const n = layer.side ** 2;
    const channels = layer.values.length / n;
    assert.equal(channels, [32, 16][at]);
    assert.equal(layer.bits, undefined);
    for (const query of [0, 77, n - 1]) {
      const weights = row(native.raw, at + 1, 0, query);
      for (let c = 0; c < channels; c++) {
        const attended = weights.reduce((sum, weight, key) => sum + weight * layer.values[key * channels + c], 0);
        const y = layer.gamma * attended + layer.input[query * channels + c];
        const off = Math.abs(layer.output[query * channels + c] - y);
        assert.ok(off < 1e-3 * Math.max(1, Math.abs(y)), `layer ${at}, pixel ${query}, channel ${c}: off by ${off}`);
      }
    }
  }
  const none = await engine.ask('Draw', pictures({ parts: { attention: false, bits: true, values: true, layer_maps: true } }));
  assert.deepEqual(none.others[0].sample.layers, []);
  await engine.close();
});

test('a newer request supersedes an older one on its topic, and only there', async () => {
  const { engine } = await opened('Cpu');
  const grid = await engine.post('Draw', pictures({ topic: 1, latents: seed(1, 8) }));
  const large = await engine.post('Draw', pictures({ topic: 2, latents: seed(2, 1) }));
  const newer = await engine.post('Draw', pictures({ topic: 1, latents: seed(3, 2) }));
  const ends = new Map();
  const samples = new Map([grid, large, newer].map((id) => [id, 0]));
  while (ends.size < 3) {
    const reply = read(await engine.next());
    if (reply.kind === 'Sample') samples.set(reply.to, samples.get(reply.to) + 1);
    else ends.set(reply.to, reply.kind);
  }
  assert.deepEqual(Object.fromEntries(ends), { [grid]: 'Superseded', [large]: 'Done', [newer]: 'Done' });
  assert.deepEqual([samples.get(large), samples.get(newer)], [1, 2]);
  assert.ok(samples.get(grid) < 8, 'the rest of the older request is not drawn');
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('two models are open at once, each closed by itself', async () => {
  const { engine } = await opened('Cpu');
  const other = fixture(8);
  const second = await engine.ask('Draw', open({ model: 2, checkpoint: other }));
  assert.equal(second.model.conv_dim, 8);
  const by = async (model) => {
    const done = await engine.ask('Draw', pictures({ network: { of: { Model: model }, weights: 'Average' }, latents: seed(SEED, 1) }));
    return done.kind === 'Done' ? done.others[0].sample.rgba : done.sentence;
  };
  const [first, another] = [await by(1), await by(2)];
  assert.ok(first.every((value, i) => Math.abs(value - native.pictures[0][i]) <= 2), 'the first is still there');
  assert.notDeepEqual(another, first);
  assert.equal((await engine.ask('Draw', { Close: { model: 1 } })).kind, 'Closed');
  assert.match(await by(1), /model 1, which is not open/);
  assert.deepEqual(await by(2), another);
  await engine.close();
});

test('what cannot be drawn or read is refused with a sentence, and the engine goes on', async () => {
  const { engine } = await opened('Cpu');
  const refused = async (sentence, what) => {
    const reply = await engine.ask('Draw', what);
    assert.deepEqual([reply.of, reply.kind], ['Draw', 'Failed']);
    assert.match(reply.sentence, sentence);
  };
  await refused(/^fixture\.safetensors: .*cut short/, open({ checkpoint: checkpoint.subarray(0, 1000) }));
  await refused(/257 pictures were asked for; at most 256/, pictures({ latents: seed(1, 257) }));
  await refused(/100 numbers a picture, but 90 numbers came/, pictures({ latents: { Given: { values: new Float32Array(90) } } }));
  await refused(/not a finite number/, pictures({ latents: { Given: { values: new Float32Array(100).fill(NaN) } } }));
  await refused(/No training run is open/, pictures({ network: { of: { Run: 4 }, weights: 'Average' } }));
  await refused(/3 attention layers are to be changed, but this network has 2/, pictures({ edits: [own, own, own] }));
  await refused(/layer 1 has places 0 to 255, but place 256/, pictures({ edits: [{ ...own, biases: [bias([256], 0)] }] }));

  await engine.postRaw({ id: 9, ask: { Dance: {} } });
  const unreadable = read(await engine.next());
  assert.deepEqual([unreadable.to, unreadable.kind], [0, 'Unreadable']);
  assert.match(unreadable.sentence, /Dance.*reload the page/);

  assert.equal((await engine.ask('Draw', pictures())).kind, 'Done');
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('"Auto" and "Gpu" share one device, and a lost one is told and never handed out again', async () => {
  const { engine, ready } = await opened('Gpu');
  assert.equal(ready.device.gpu, true);
  assert.match(ready.device.name, /swiftshader/i);
  const passedOver = await engine.ask('Draw', open({ model: 2, device: 'Auto' }));
  assert.match(passedOver.device.note, /only GPU is software/);
  assert.equal((await engine.ask('Draw', open({ model: 3, device: 'Gpu' }))).kind, 'Ready');
  assert.equal(await engine.worker.evaluate(() => globalThis.devices.length), 1);

  await engine.worker.evaluate(() => globalThis.devices[0].destroy());
  const lost = read(await engine.next());
  assert.deepEqual([lost.to, lost.kind], [0, 'Lost']);
  assert.match(lost.sentence, /GPU was lost/);
  const refused = await engine.ask('Draw', open({ model: 4, device: 'Gpu' }));
  assert.equal(refused.kind, 'Failed');
  assert.match(refused.sentence, /GPU was lost/);
  // What is on the CPU is still there.
  const onCpu = pictures({ network: { of: { Model: 2 }, weights: 'Average' } });
  assert.equal((await engine.ask('Draw', onCpu)).kind, 'Done');
  await engine.close();
});
