// What training costs the page and the machine: no long task on the page's thread, and memory that
// stays as it is. `cargo xtask soak` does the same for two thousand steps.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Engine } from '../support/engine.mjs';
import { hosted } from '../support/hosted.mjs';
import { begun, paused, reaches, room } from '../support/room.mjs';
import { carried, snapshotSteps } from '../support/safetensors.mjs';
import { WORKER, withScripts } from '../support/worker_scripts.mjs';

const STEPS = Number(process.env.SOAK ?? 100);

// A frame at a busy moment of a shared machine; a task of the page's own is a tenth of it.
const LONGEST_TASK = 200;

// A few pages of the heap more may be a matter of chance; of each of two thousand steps it would be half a
// kilobyte.
const CHANCE = 0.5e6;

// How many parts of the steps may show that the heap does not go on growing.
const PARTS = 3;

const CONFIG = {
  size: 32, conv_dim: 8, z_dim: 16, energy: 'dot', query_width: undefined, place: false,
  generator_attention: [16], discriminator_attention: [4], spectral_norm: 'both',
  minibatch_deviation: false, equal_phase_sums: false, diff_augment: false,
  generator_rate: 1e-4, discriminator_rate: 4e-4, batch: 2, seed: 3n,
};

// Weighs the engine's memory: the wasm heap, and the GPU's buffers that were made and neither destroyed
// nor, once nobody holds them, collected.
const WEIGH = `
  globalThis.weight = { heap: () => 0, buffers: 0 };
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const original = WebAssembly[name];
    WebAssembly[name] = async function (...args) {
      const made = await original.apply(this, args);
      const { memory } = (made.instance ?? made).exports;
      globalThis.weight.heap = () => memory.buffer.byteLength;
      return made;
    };
  }
  if (globalThis.GPUDevice) {
    const createBuffer = GPUDevice.prototype.createBuffer;
    const forget = (size) => { globalThis.weight.buffers -= size; };
    const collected = new FinalizationRegistry(forget);
    GPUDevice.prototype.createBuffer = function (descriptor) {
      const buffer = createBuffer.call(this, descriptor);
      globalThis.weight.buffers += descriptor.size;
      collected.register(buffer, descriptor.size, buffer);
      return buffer;
    };
    const destroy = GPUBuffer.prototype.destroy;
    GPUBuffer.prototype.destroy = function () {
      if (collected.unregister(this)) forget(this.size);
      return destroy.call(this);
    };
  }
`;

const { dist, site, browser } = await hosted('swiftshader', ['--js-flags=--expose-gc']);
site.files.set(WORKER, await withScripts(dist, WEIGH));

test('while it trains no task keeps the page\'s thread for long', async (t) => {
  const scope = await room(browser, site);
  // Opening the page and drawing the shipped model are not training.
  await begun(scope, 2);
  await scope.page.evaluate(() => {
    globalThis.tasks = [];
    new PerformanceObserver((list) => globalThis.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  });
  const from = await reaches(scope, 5);
  const to = await reaches(scope, from + 40);
  await paused(scope);
  const tasks = await scope.page.evaluate(() => globalThis.tasks);
  const longest = Math.max(0, ...tasks);
  t.diagnostic(`${to - from} steps: ${tasks.length} tasks over 50 ms, the longest ${longest.toFixed(0)} ms`);
  assert.ok(longest <= LONGEST_TASK, `${longest} ms`);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

for (const device of ['Cpu', 'Gpu']) {
  test(`memory stays as it is over ${STEPS} steps: ${device}`, async (t) => {
    const engine = await Engine.start(browser, site);
    const ready = await engine.ask('Train', { Begin: { run: 1, config: CONFIG, from: { World: 'twins' }, device, keep: true } });
    assert.equal(ready.kind, 'Ready', ready.sentence);
    const go = async (steps) => {
      const done = await engine.ask('Train', { Run: { run: 1, steps: BigInt(steps) } });
      assert.equal(done.kind, 'Paused', done.sentence);
    };
    const weigh = () => engine.worker.evaluate(async () => {
      for (let round = 0; round < 3; round++) {
        globalThis.gc();
        await new Promise((done) => setTimeout(done, 100));
      }
      return { heap: globalThis.weight.heap(), buffers: globalThis.weight.buffers };
    });
    // The bytes of the run's snapshots after a step: they are kept on purpose, 48 at most.
    const snapshots = async (after) => {
      const { kind, sentence, checkpoint } = await engine.ask('Train', { Save: { run: 1 } });
      assert.equal(kind, 'Saved', sentence);
      const file = Buffer.from(checkpoint);
      const { shape: [count], bytes } = carried(file)['snapshots.values'];
      return (bytes.length / count) * snapshotSteps(file).filter((step) => step > after).length;
    };
    // What is made once is made by then: the GPU's pools grow during the first ten steps.
    const early = Math.max(10, Math.ceil(STEPS / 5));
    await go(early);
    const before = await weigh();
    // What grows with each step grows in each part, of which the first is for what is made once. By chance
    // the heap grows by a copy of the run where no room for one is left in one piece (a megabyte, in one
    // run of eight): so another part may show that it does not go on.
    const part = Math.floor((STEPS - early) / 2);
    await go(part);
    const megabytes = ({ heap, buffers }) => `${(heap / 1e6).toFixed(1)} + ${(buffers / 1e6).toFixed(1)} MB`;
    const told = [`after ${early} steps ${megabytes(before)}`];
    let after;
    let grows = true;
    for (let parts = 1; grows && parts <= PARTS; parts++) {
      const earlier = await weigh();
      told.push(`after ${early + parts * part} ${megabytes(earlier)}`);
      await go(part);
      after = await weigh();
      // When a run is kept its snapshots are there three times: in the record, in the file and on their way
      // to it.
      const added = await snapshots(early + parts * part);
      grows = after.heap > earlier.heap + 3 * added + CHANCE;
      told.push(`then ${megabytes(after)}, of which ${(added / 1e6).toFixed(1)} MB are newer snapshots`);
    }
    t.diagnostic(`heap and buffers ${told.join('; ')}`);
    assert.ok(before.heap > 1e6, 'the heap is weighed');
    assert.equal(before.buffers > 0, device === 'Gpu', 'the buffers are weighed');
    assert.ok(!grows, 'the heap grows');
    assert.ok(after.buffers <= before.buffers * 1.05, 'the GPU\'s buffers grow');
    assert.deepEqual(engine.complaints, []);
    await engine.close();
  });
}
