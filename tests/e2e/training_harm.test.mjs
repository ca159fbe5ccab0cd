// Harm is done to a run on purpose, and nothing older than what was kept last may be missing
// afterwards: slots cut short, reloads during saves, a full disk, a worker killed in mid-step, a GPU
// that is lost. What was lost is counted and printed.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Engine } from '../support/engine.mjs';
import { hosted } from '../support/hosted.mjs';
import { begun, download, paused, phase, reaches, room, step } from '../support/room.mjs';
import { weights } from '../support/safetensors.mjs';
import { cut, readFile, removeFile, writeFile } from '../support/slots.mjs';
import { WORKER, withScripts } from '../support/worker_scripts.mjs';

const PATIENCE = 240_000;
const CONFIG = {
  size: 32, conv_dim: 8, z_dim: 16, energy: 'dot', query_width: undefined, place: false,
  generator_attention: [16], discriminator_attention: [4], spectral_norm: 'both',
  minibatch_deviation: false, equal_phase_sums: false, diff_augment: false,
  generator_rate: 1e-4, discriminator_rate: 4e-4, batch: 2, seed: 3n,
};
const begin = { Begin: { run: 1, config: CONFIG, from: { World: 'twins' }, device: 'Cpu', keep: true } };
const go = (steps) => ({ Run: { run: 1, steps: BigInt(steps) } });

// Puts every GPU device where a test can lose it.
const REMEMBER_DEVICES = `
  const requestOfDevice = GPUAdapter.prototype.requestDevice;
  globalThis.devices = [];
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await requestOfDevice.apply(this, args);
    globalThis.devices.push(device);
    return device;
  };
`;

const { dist, site, browser } = await hosted('swiftshader');
site.files.set(WORKER, await withScripts(dist, REMEMBER_DEVICES));

// The same numbers every time, in [0, 1).
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

async function asked(engine, what, kind) {
  const reply = await engine.ask('Train', what);
  assert.equal(reply.kind, kind, reply.sentence);
  return reply;
}

test('of slots cut short at a hundred places none older than the one before comes back', async (t) => {
  const engine = await Engine.start(browser, site);
  const { kept_as: id } = await asked(engine, begin, 'Ready');
  await asked(engine, go(1), 'Paused');
  await asked(engine, go(1), 'Paused');
  await asked(engine, { Close: { run: 1 } }, 'Closed');
  const stored = async () => (await asked(engine, 'Stored', 'Stored')).runs;
  assert.equal((await stored())[0].info.step, 2n);

  // Three saves, the start's included, so the newest is where the first was.
  const newest = `run-${id}-a`;
  const { page } = engine.scope;
  const { length } = await readFile(page, newest);
  const next = random(1);
  const places = Array.from({ length: 100 }, () => Math.floor(next() * length));
  const found = new Map();
  // Each shorter than the one before, so that nothing has to be put back.
  for (const place of places.sort((a, b) => b - a)) {
    await cut(page, newest, place);
    const [{ info }] = await stored();
    found.set(info.step, (found.get(info.step) ?? 0) + 1);
  }
  t.diagnostic(`of 100 cuts ${found.get(1n)} left the save before, none lost more`);
  assert.deepEqual([...found], [[1n, 100]]);
  assert.equal((await asked(engine, { Restore: { run: 1, device: 'Cpu' } }, 'Ready')).info.step, 1n);
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('what one version kept, and what a later one does not understand, is still there', async () => {
  const engine = await Engine.start(browser, site);
  const { kept_as: id } = await asked(engine, begin, 'Ready');
  await asked(engine, go(3), 'Paused');
  const file = weights(Buffer.from((await asked(engine, { Save: { run: 1 } }, 'Saved')).checkpoint));
  await asked(engine, { Close: { run: 1 } }, 'Closed');
  const { page } = engine.scope;
  // Versions before this one kept one run, under these names.
  for (const slot of ['a', 'b']) {
    await writeFile(page, `run-${slot}`, await readFile(page, `run-${id}-${slot}`));
    await removeFile(page, `run-${id}-${slot}`);
  }
  const { runs } = await asked(engine, 'Stored', 'Stored');
  assert.deepEqual(runs.map((run) => [run.id, run.info.step]), [[id, 3n]]);
  await assert.rejects(readFile(page, 'run-a'), 'it has moved');
  const restored = await asked(engine, { Restore: { run: 1, id, device: 'Cpu' } }, 'Ready');
  assert.equal(restored.info.step, 3n);
  assert.deepEqual(weights(Buffer.from((await asked(engine, { Save: { run: 1 } }, 'Saved')).checkpoint)), file);
  await engine.close();
});

test('five reloads in the midst of saves lose nothing that was told to be kept', async (t) => {
  const engine = await Engine.start(browser, site);
  await asked(engine, begin, 'Ready');
  const next = random(7);
  let told = 0n;
  let lost = 0n;
  for (let reload = 0; reload < 5; reload++) {
    const until = performance.now() + 300 + 700 * next();
    // A step, then a save, over and over; the reload comes whenever it comes.
    for (let save = 0; save < 2 || performance.now() < until; save++) {
      await asked(engine, go(1), 'Paused');
      const kept = await asked(engine, { Keep: { run: 1 } }, 'Kept');
      assert.equal(kept.trouble, undefined);
      told = kept.step;
    }
    await engine.post('Train', go(1));
    await engine.post('Train', { Keep: { run: 1 } });
    await engine.post('Train', { Keep: { run: 1 } });
    await new Promise((done) => setTimeout(done, 60 * next()));
    await engine.reload();
    const { info } = await asked(engine, { Restore: { run: 1, device: 'Cpu' } }, 'Ready');
    if (info.step < told) lost += told - info.step;
    told = info.step;
  }
  t.diagnostic(`5 reloads, ${told} steps, ${lost} kept steps lost`);
  assert.equal(lost, 0n);
  assert.ok(told >= 10n, `${told} steps`);
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('a full disk is told, the run goes on, and is kept again when there is room', async (t) => {
  const engine = await Engine.start(browser, site);
  const { kept_as: id } = await asked(engine, begin, 'Ready');
  await asked(engine, go(1), 'Paused');
  const devtools = await engine.scope.context.newCDPSession(engine.scope.page);
  const quota = (bytes) => devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(site.url).origin, quotaSize: bytes });
  await quota(1000);
  const full = await asked(engine, go(2), 'Paused');
  const autosaved = full.others.filter(({ kind }) => kind === 'Autosaved');
  t.diagnostic(autosaved.at(-1).trouble);
  assert.match(autosaved.at(-1).trouble, /storage for this page is full.*download it/);
  assert.equal(full.step, 3n, 'it goes on');
  // What was kept before is still there, for another tab to find.
  assert.equal((await asked(engine, 'Stored', 'Stored')).runs[0].info.step, 1n);
  await quota(undefined);
  const again = await asked(engine, go(1), 'Paused');
  assert.equal(again.others.filter(({ kind }) => kind === 'Autosaved').at(-1).trouble, undefined);
  await engine.reload();
  assert.equal((await asked(engine, { Restore: { run: 1, id, device: 'Cpu' } }, 'Ready')).info.step, 4n);
  await engine.close();
});

test('a worker that is killed in mid-step: the page goes on from what was kept, exactly', async (t) => {
  const scope = await room(browser, site);
  await begun(scope, 3);
  const kept = await paused(scope);
  await scope.part('go-on').click();
  await reaches(scope, kept + 3);
  // An error that nobody catches, as of memory that ran out: the page ends the worker wherever it is.
  const [worker] = scope.page.workers();
  await worker.evaluate(() => void setTimeout(() => { throw new Error('out of memory'); }));
  await scope.part('interrupted').waitFor({ timeout: PATIENCE });
  const words = await scope.text('interrupted');
  t.diagnostic(words.replace(/\s+/g, ' '));
  const [, at, from] = words.match(/stopped at step (\d+).*kept at step (\d+)/s).map(Number);
  assert.ok(at >= kept + 3 && from === kept, `${at} ${from}`);
  await scope.part('go-on-after').click();
  await phase(scope, 'going');
  await reaches(scope, kept + 2);
  await paused(scope);
  // The same again, this time at rest: the step that was kept, and its weights.
  const rest = await step(scope);
  const before = weights((await download(scope)).bytes);
  await scope.page.workers()[0].evaluate(() => void setTimeout(() => { throw new Error('once more'); }));
  await scope.part('interrupted').waitFor({ timeout: PATIENCE });
  assert.match(await scope.text('interrupted'), new RegExp(`stopped at step ${rest}.*nothing of it is lost`, 's'));
  await scope.part('go-on-after').click();
  await phase(scope, 'resting');
  assert.equal(await step(scope), rest);
  assert.deepEqual(weights((await download(scope)).bytes), before);
  const errors = scope.complaints.filter((text) => !/out of memory|once more/.test(text));
  assert.deepEqual(errors, []);
  await scope.close();
});

test('a GPU that is lost while it trains: the page goes on from what was kept', async (t) => {
  const scope = await room(browser, site, {}, { device: 'gpu' });
  await begun(scope, 1);
  const kept = await paused(scope);
  await scope.part('go-on').click();
  await phase(scope, 'going');
  const [worker] = scope.page.workers();
  await worker.evaluate(() => globalThis.devices.forEach((device) => device.destroy()));
  await scope.part('interrupted').waitFor({ timeout: PATIENCE });
  t.diagnostic((await scope.text('interrupted')).replace(/\s+/g, ' '));
  assert.match(await scope.text('failure'), /GPU was lost/);
  await scope.part('go-on-after').click();
  await phase(scope, 'going');
  await reaches(scope, kept + 1);
  assert.match(await scope.text('status'), /SwiftShader|GPU|llvmpipe/i);
  await scope.close();
});
