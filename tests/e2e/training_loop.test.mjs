// The engine trains by itself: the same losses as the native command, and nothing is lost.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { absolute } from '../support/distance.mjs';
import { Engine, pictures } from '../support/engine.mjs';
import { hosted } from '../support/hosted.mjs';
import { atSnapshot, snapshotSteps, weights } from '../support/safetensors.mjs';
import { generate, logged, resumed, trained } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';
import { cutNewest } from '../support/slots.mjs';

const WORLD = 'twins';
const CONFIG = {
  size: 32, conv_dim: 8, z_dim: 16, energy: 'dot', query_width: undefined, place: false,
  generator_attention: [8, 16], discriminator_attention: [8, 4], spectral_norm: 'both',
  minibatch_deviation: false, equal_phase_sums: false, diff_augment: false,
  generator_rate: 1e-4, discriminator_rate: 4e-4, batch: 4, seed: 3n,
};
const NATIVE = ['--data', WORLD, '--size', 32, '--conv-dim', 8, '--z-dim', 16, '--batch', 4, '--seed', 3];

// Losses are of the order of one. On the CPU both programs take their sums in the same order; on a
// GPU they do not, and Adam with β₁ = 0 makes a full step of the smallest gradient's sign.
const TOLERANCE = { Cpu: 1e-5, Gpu: 2e-3 };

// Of 255: what 16 bits lose, and rounding.
const COLOUR = 2;

const { site, browser } = await hosted('swiftshader');

const begin = (fields = {}) => ({
  Begin: { run: 1, config: CONFIG, from: { World: WORLD }, device: 'Cpu', keep: false, ...fields },
});
const go = (steps, run = 1) => ({ Run: { run, steps: steps === undefined ? undefined : BigInt(steps) } });

async function ready(engine, what) {
  const reply = await engine.ask('Train', what);
  assert.equal(reply.kind, 'Ready', reply.sentence);
  return reply;
}

// Does so many steps: what was told of them.
async function steps(engine, count, run = 1) {
  const paused = await engine.ask('Train', go(count, run));
  assert.equal(paused.kind, 'Paused', paused.sentence);
  assert.equal(paused.cause, 'Done');
  return paused.others.filter(({ kind }) => kind === 'Progress');
}

async function saved(engine, run = 1) {
  const reply = await engine.ask('Train', { Save: { run } });
  assert.equal(reply.kind, 'Saved', reply.sentence);
  return Buffer.from(reply.checkpoint);
}

for (const device of ['Cpu', 'Gpu']) {
  test(`before it begins, a run tells its time, its memory and the batch that fits: ${device}`, async (t) => {
    const engine = await Engine.start(browser, site);
    const probed = await engine.ask('Train', { Probe: { config: CONFIG, device } });
    assert.equal(probed.kind, 'Probed', probed.sentence);
    t.diagnostic(`${probed.millis.toFixed(0)} ms a step, ${(Number(probed.memory) / 1e6).toFixed(1)} MB, at most ${probed.most} pictures`);
    assert.ok(probed.millis > 0);
    // Weights, gradients and moments of both networks are not held in less.
    const weighed = Number(probed.bytes);
    assert.ok(weighed > 1e5 && Number(probed.memory) > weighed && Number(probed.memory) < 1e9, `${probed.memory}`);
    assert.equal(probed.most ?? null, null, 'of so small ones any number fits');
    if (device === 'Gpu') {
      const none = { generator_attention: [], discriminator_attention: [] };
      const config = { ...CONFIG, ...none, size: 128, conv_dim: 64, batch: 4096 };
      const refused = await engine.ask('Train', { Probe: { config, device } });
      assert.match(refused.sentence, /^4096 pictures at once are too many for this GPU .* it takes at most \d+\.$/);
    }
    await engine.close();
  });
}

for (const [device, count] of [['Cpu', 20], ['Gpu', 2]]) {
  test(`a run from scratch has the losses of \`sagan train\`: ${device}`, async (t) => {
    const native = Object.fromEntries(
      [1, count].map((step) => {
        const last = logged(trained(...NATIVE, '--steps', step)).at(-1);
        assert.equal(last[0], step);
        return [step, last.slice(1)];
      }),
    );
    const engine = await Engine.start(browser, site);
    const opened = await ready(engine, begin({ device }));
    assert.deepEqual(opened.info, { size: 32, z_dim: 16, conv_dim: 8, energy: 'dot', batch: 4, step: 0n });
    assert.equal(opened.device.gpu, device === 'Gpu');
    assert.deepEqual(opened.record.history, []);
    const told = [...await steps(engine, 1), ...await steps(engine, count - 1)];
    assert.equal(told.at(-1).step, BigInt(count));
    for (const [step, losses] of Object.entries(native)) {
      const found = told.find((progress) => progress.step === BigInt(step));
      assert.ok(found, `step ${step} is told of`);
      const off = absolute([found.discriminator_loss, found.generator_loss], losses);
      t.diagnostic(`step ${step}: off by ${off.toExponential(1)}`);
      assert.ok(off <= TOLERANCE[device], `step ${step}: ${off}`);
    }
    const [first] = told;
    // Hinge: 1 − D(real) and 1 + D(fake), where neither is beyond the margin.
    assert.ok(absolute([first.generator_loss], [-first.fake]) < 0.5);
    assert.equal(first.gammas.length, 2);
    assert.ok(told.every(({ millis }) => millis > 0));
    assert.deepEqual(engine.complaints, []);
    await engine.close();
  });
}

test('snapshots are taken and drawn on WebGPU as on the CPU', async (t) => {
  const engine = await Engine.start(browser, site);
  await ready(engine, begin());
  await steps(engine, 5);
  const before = await saved(engine);
  const open = (run, device) => ready(engine, { Open: { run, checkpoint: Buffer.from(before), name: 'run', device, from: { World: WORLD } } });
  const { device } = await open(1, 'Gpu');
  assert.equal(device.gpu, true);
  await open(2, 'Cpu');
  const paused = await engine.ask('Train', go(2));
  const told = paused.others.filter(({ kind }) => kind === 'Snapshots').at(-1).steps;
  const file = await saved(engine);
  const taken = snapshotSteps(file);
  assert.deepEqual(taken, told.map(Number));
  assert.ok(taken.at(-1) > 5, 'one was taken on the GPU');

  const drawn = async (run, step) => {
    const network = { of: { Run: run }, weights: step === undefined ? 'Average' : { Snapshot: BigInt(step) } };
    const { others } = await engine.ask('Draw', pictures({ network, latents: { Seed: { seed: 1n, first: 0, count: 1 } } }));
    return others.find(({ kind }) => kind === 'Sample').sample;
  };
  const furthest = (found, wanted) => found.reduce((most, value, at) => Math.max(most, Math.abs(value - wanted[at])), 0);
  // One that came with the file, as the other device draws it; one of its own, as the command does.
  const [there, here] = [await drawn(2, taken[1]), await drawn(1, taken[1])];
  assert.ok(furthest(here.rgba, there.rgba) <= COLOUR, `${furthest(here.rgba, there.rgba)}`);
  assert.ok(absolute(here.layers[1].log_sum_exp, there.layers[1].log_sum_exp) < 1e-3);
  const [wanted] = generate(atSnapshot(file, taken.at(-1)), 1, 1).pictures;
  const own = await drawn(1, taken.at(-1));
  const off = furthest(own.rgba, wanted);
  t.diagnostic(`snapshots after steps ${taken.join(', ')}; the last is off by ${off} of 255`);
  assert.ok(off <= COLOUR, `${off}`);
  // An average moves little in three steps of four pictures.
  assert.notDeepEqual(own.rgba, here.rgba);
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('a run that is kept survives a reload, bit for bit, and the command goes on with its file', async () => {
  const engine = await Engine.start(browser, site);
  await ready(engine, begin());
  await steps(engine, 9);
  const whole = await saved(engine);
  assert.deepEqual((await engine.ask('Train', 'Stored')).runs, [], 'it was not to be kept');

  await ready(engine, begin({ keep: true }));
  await steps(engine, 4);
  await engine.reload();
  const { runs } = await engine.ask('Train', 'Stored');
  assert.equal(runs.length, 1);
  assert.deepEqual([runs[0].info.step, runs[0].last.step, runs[0].elsewhere], [4n, 4n, false]);
  const restored = await ready(engine, { Restore: { run: 1, device: 'Cpu' } });
  assert.equal(restored.info.step, 4n);
  assert.deepEqual(restored.from, { World: WORLD });
  const { history } = restored.record;
  assert.ok(history.length > 0 && history.at(-1).step === 4n);
  await steps(engine, 5);
  const file = await saved(engine);
  assert.deepEqual(weights(file), weights(whole));

  const native = resumed(file, WORLD, 11);
  const again = await ready(engine, { Open: { run: 2, checkpoint: native, name: 'run', device: 'Cpu', from: { World: WORLD } } });
  assert.equal(again.info.step, 11n);
  await steps(engine, 1, 2);
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('a run pauses when asked, and draws while it goes on', async () => {
  const engine = await Engine.start(browser, site);
  await ready(engine, begin());
  const running = await engine.post('Train', go());
  const told = [];
  const until = async (id, kinds) => {
    for (;;) {
      const message = await engine.next();
      told.push(message);
      const [, said] = Object.entries(message.answer)[0];
      const kind = typeof said === 'string' ? said : Object.keys(said)[0];
      if (message.to === id && kinds.includes(kind)) return said[kind];
    }
  };
  await until(running, ['Progress']);
  const asked = pictures({ network: { of: { Run: 1 }, weights: 'Average' } });
  const drawing = await engine.post('Draw', asked);
  await until(drawing, ['Done']);
  await until(running, ['Progress']);
  const pausing = await engine.post('Train', { Pause: { run: 1 } });
  const paused = await until(running, ['Paused']);
  assert.equal(paused.cause, 'Asked');
  const answer = await until(pausing, ['Paused']);
  assert.equal(answer.step, paused.step);
  // It rests: the next thing that is told is what is asked next.
  const { step } = await engine.ask('Train', { Save: { run: 1 } });
  assert.equal(step, paused.step);
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('a slot that is cut short gives way to the other, and two of them to nothing', async () => {
  const engine = await Engine.start(browser, site);
  const { kept_as: id } = await ready(engine, begin({ keep: true }));
  await steps(engine, 1);
  await steps(engine, 1);
  const slots = [`run-${id}-a`, `run-${id}-b`];
  const cut = await cutNewest(engine, slots, 0.999);
  await engine.reload();
  assert.equal((await engine.ask('Train', 'Stored')).runs[0].info.step, 1n);
  assert.equal((await ready(engine, { Restore: { run: 1, device: 'Cpu' } })).info.step, 1n);

  // Opening it kept it once more, where the damaged copy was.
  await cutNewest(engine, slots, 0.5);
  await engine.reload();
  assert.equal((await engine.ask('Train', 'Stored')).runs[0].info.step, 1n);
  await cutNewest(engine, slots.filter((name) => name !== cut), 0.5);
  await engine.reload();
  assert.deepEqual((await engine.ask('Train', 'Stored')).runs, []);
  const refused = await engine.ask('Train', { Restore: { run: 1, device: 'Cpu' } });
  assert.match(refused.sentence, /no such run in this browser's storage/);
  await engine.close();
});

test('a second tab cannot keep a run while the first one does, but looks at it, and takes it in the end', async () => {
  const engine = await Engine.start(browser, site);
  await ready(engine, begin({ keep: true }));
  const page = await engine.scope.context.newPage();
  const other = await Engine.in(new Saganscope(engine.scope.context, page, []), site);
  const [stored] = (await other.ask('Train', 'Stored')).runs;
  assert.equal(stored.elsewhere, true);
  const refused = await other.ask('Train', { Restore: { run: 1, device: 'Cpu' } });
  assert.match(refused.sentence, /open in another tab/);
  const looked = await ready(other, { Restore: { run: 2, id: stored.id, claim: 'Look', device: 'Cpu' } });
  assert.deepEqual([looked.info.step, looked.kept_as], [0n, undefined]);
  assert.match((await other.ask('Train', { Forget: { id: stored.id } })).sentence, /open in another tab/);
  assert.equal((await engine.ask('Train', { Close: { run: 1 } })).kind, 'Closed');
  await ready(other, { Restore: { run: 1, device: 'Cpu' } });
  await engine.close();
});

test('a run that is restored brings its own pictures, and leaves those alone that were chosen since', async () => {
  const engine = await Engine.start(browser, site);
  const [reds, greens] = [['#f00', '#e10', '#d20', '#c30'], ['#0f0', '#1e0', '#2d0', '#3c0']];
  const own = (fields) => begin({ from: { Own: 1 }, ...fields });
  const first = async (run = 1) => (await steps(engine, 1, run))[0].discriminator_loss;
  assert.equal((await engine.gather(1, 32, reds)).kind, 'Gathered');
  await ready(engine, own());
  const red = await first();
  assert.equal((await engine.gather(1, 32, greens)).kind, 'Gathered');
  await ready(engine, own());
  const green = [await first(), await first(), await first()];
  assert.notEqual(red, green[0]);
  const { kept_as: id } = await ready(engine, own({ keep: true }));
  assert.deepEqual([await first(), await first()], green.slice(0, 2));
  await engine.ask('Train', { Close: { run: 1 } });

  assert.equal((await engine.gather(1, 32, reds)).kind, 'Gathered');
  const looked = await ready(engine, { Restore: { run: 2, id, claim: 'Look', device: 'Cpu' } });
  assert.equal(looked.info.step, 2n);
  await ready(engine, own());
  assert.equal(await first(), red, 'it learns from what was chosen last');
  assert.equal(await first(2), green[2], 'and the other one from its own');
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('what is measured of a run ends with it, and is not told of the one in its place', async () => {
  const engine = await Engine.start(browser, site);
  await ready(engine, begin());
  await steps(engine, 2);
  const measuring = await engine.post('Train', { Measure: { run: 1 } });
  const closing = await engine.post('Train', { Close: { run: 1 } });
  const beginning = await engine.post('Train', begin({ config: { ...CONFIG, seed: 4n } }));
  const [measured, closed, begun] = await engine.ends(measuring, closing, beginning);
  assert.deepEqual([measured.kind, closed.kind, begun.kind], ['Failed', 'Closed', 'Ready']);
  assert.match(measured.sentence, /put away while it was measured/);
  const again = await engine.post('Train', { Measure: { run: 1 } });
  const instead = await engine.post('Train', begin());
  const [ended, other] = await engine.ends(again, instead);
  assert.deepEqual([ended.kind, other.kind, other.record.quality], ['Failed', 'Ready', undefined]);
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('a run that diverges at rest is put back by whoever keeps it, and says so', async () => {
  const engine = await Engine.start(browser, site);
  await ready(engine, begin({ config: { ...CONFIG, generator_rate: 1e30, discriminator_rate: 1e30 }, keep: true }));
  for (const network of ['Discriminator', 'Generator', 'Discriminator']) {
    await engine.ask('Train', { Half: { run: 1, network } });
  }
  const kept = await engine.ask('Train', { Keep: { run: 1 } });
  assert.equal(kept.kind, 'Paused', kept.sentence);
  assert.equal(kept.step, 0n);
  assert.match(kept.cause.Diverged.sentence, /back at step 0/);
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('a run that diverges is back where it was kept, and what cannot be begun is refused', async () => {
  const engine = await Engine.start(browser, site);
  const config = { ...CONFIG, generator_rate: 1e30, discriminator_rate: 1e30 };
  await ready(engine, begin({ config, keep: true }));
  const paused = await engine.ask('Train', go(50));
  assert.equal(paused.kind, 'Paused', paused.sentence);
  const { at, sentence } = paused.cause.Diverged;
  assert.ok(at > 0n && paused.step === 0n);
  assert.match(sentence, /diverged at step \d+: .* is not a finite number\. It is back at step 0/);
  assert.equal((await engine.ask('Train', { Save: { run: 1 } })).step, 0n);

  const refused = async (what, words) => {
    const reply = await engine.ask('Train', what);
    assert.equal(reply.kind, 'Failed');
    assert.match(reply.sentence, words);
  };
  await refused(begin({ config: { ...CONFIG, conv_dim: 20 } }), /conv_dim is 20/);
  await refused(begin({ config: { ...CONFIG, energy: 'dark' } }), /no attention energy called “dark”/);
  await refused(begin({ config: { ...CONFIG, batch: 0 } }), /batch is 0/);
  await refused(begin({ from: { World: 'mars' } }), /no world called “mars”/);
  await refused(begin({ from: { Own: 9 } }), /choose them again/);
  const file = readFileSync(join(trained(...NATIVE, '--steps', 0), 'latest.safetensors'));
  await ready(engine, { Open: { run: 3, checkpoint: file, name: 'run', device: 'Cpu' } });
  await refused(go(1, 3), /no pictures to learn from/);
  await refused({ Keep: { run: 3 } }, /not kept/);
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});
