// A run's time: snapshots of its generator, drawn from through the engine and with the slider, and
// what else is read of it on the way. On the CPU, with the smallest networks.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { absolute } from '../support/distance.mjs';
import { Engine, pictures } from '../support/engine.mjs';
import { hosted } from '../support/hosted.mjs';
import { begun, download, drawnAt, paused, room } from '../support/room.mjs';
import { atSnapshot, carried, headerOf, history, snapshotSteps, weights } from '../support/safetensors.mjs';
import { generate, logged, resumed, row, shares, trained } from '../support/sagan.mjs';

const PATIENCE = 240_000;
const WORLD = 'twins';
const CONFIG = {
  size: 32, conv_dim: 8, z_dim: 16, energy: 'dot', query_width: undefined, place: false,
  generator_attention: [8, 16], discriminator_attention: [8, 4], spectral_norm: 'both',
  minibatch_deviation: false, equal_phase_sums: false, diff_augment: false,
  generator_rate: 1e-4, discriminator_rate: 4e-4, discriminator_steps: 1, batch: 4, seed: 3n,
};
const NATIVE = ['--data', WORLD, '--size', 32, '--conv-dim', 8, '--z-dim', 16, '--batch', 4, '--seed', 3];

// Of 255: what 16 bits lose, and rounding.
const COLOUR = 2;

const { site, browser } = await hosted('none');

const ask = async (engine, what, kind) => {
  const reply = await engine.ask('Train', what);
  assert.equal(reply.kind, kind, reply.sentence);
  return reply;
};
const begin = (engine, fields = {}, config = CONFIG) =>
  ask(engine, { Begin: { run: 1, config, from: { World: WORLD }, device: 'Cpu', keep: false, ...fields } }, 'Ready');
const steps = async (engine, count) => (await ask(engine, { Run: { run: 1, steps: BigInt(count) } }, 'Paused')).others;
const saved = async (engine) => Buffer.from((await ask(engine, { Save: { run: 1 } }, 'Saved')).checkpoint);

const furthest = (found, wanted) => {
  assert.equal(found.length, wanted.length);
  return found.reduce((most, value, at) => Math.max(most, Math.abs(value - wanted[at])), 0);
};

test('snapshots are those of `sagan train`, are drawn from, and a resumed run goes on with them', async () => {
  const engine = await Engine.start(browser, site);
  const opened = await begin(engine);
  assert.deepEqual(opened.record.snapshots, [0n]);
  const told = (await steps(engine, 24)).filter(({ kind }) => kind === 'Snapshots').at(-1).steps.map(Number);
  const file = await saved(engine);
  assert.deepEqual(snapshotSteps(file), told);
  assert.ok(told.length > 4 && told[0] === 0, `${told}`);
  const native = readFileSync(join(trained(...NATIVE, '--steps', 24), 'latest.safetensors'));
  assert.deepEqual(snapshotSteps(native), told);
  assert.deepEqual(snapshotSteps(resumed(file, WORLD, 36)), snapshotSteps(readFileSync(join(trained(...NATIVE, '--steps', 36), 'latest.safetensors'))));

  // The command has never heard of the snapshot: it did as many steps and stopped.
  const step = told[3];
  const there = generate(readFileSync(join(trained(...NATIVE, '--steps', step), 'latest.safetensors')), 1, 2);
  const end = generate(native, 1, 2);
  const at = (step) => pictures({
    network: { of: { Run: 1 }, weights: { Snapshot: BigInt(step) } },
    latents: { Seed: { seed: 1n, first: 0, count: 2 } },
  });
  // Between two snapshots the nearest one draws.
  for (const asked of [step, step + 1]) {
    const drawn = (await engine.ask('Draw', at(asked))).others.filter(({ kind }) => kind === 'Sample');
    assert.equal(drawn.length, 2);
    for (const [index, { sample }] of drawn.entries()) {
      assert.ok(furthest(sample.rgba, there.pictures[index]) <= COLOUR, `${furthest(sample.rgba, there.pictures[index])}`);
      assert.ok(furthest(sample.rgba, end.pictures[index]) > COLOUR, 'it is not what the run draws now');
      const { queries, keys, log_sum_exp: sums, dim, side } = sample.layers[1];
      const query = 100;
      const found = Float32Array.from({ length: side * side }, (_, key) => {
        let energy = -sums[query];
        for (let d = 0; d < dim; d++) energy += queries[query * dim + d] * keys[key * dim + d];
        return Math.exp(energy);
      });
      assert.ok(absolute(found, row(there.raw, 2, index, query)) < 1e-4);
    }
  }
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('vitals are read on the way: what attention adds is what `sagan measure` finds', async () => {
  const engine = await Engine.start(browser, site);
  const { record } = await begin(engine);
  const vitals = (await steps(engine, 12)).filter(({ kind }) => kind === 'Vitals');
  const { step, values } = vitals.at(-1);
  assert.equal(step, 12n);
  const named = Object.fromEntries(record.vital_names.map((name, at) => [name, values[at]]));
  assert.equal(record.vital_names.length, values.length);
  const native = readFileSync(join(trained(...NATIVE, '--steps', 12), 'latest.safetensors'));
  // Both are means over the pictures of seed 1.
  const [first, second] = shares(native, 1, 4);
  assert.ok(Math.abs(named['share.1'] - first) < 0.01 * first, `${named['share.1']} ${first}`);
  assert.ok(Math.abs(named['share.2'] - second) < 0.01 * second);
  for (const name of ['gradient.generator', 'gradient.discriminator', 'sigma.generator.1', 'sigma.discriminator.2']) {
    assert.ok(named[name] > 0, name);
  }
  await engine.close();
});

test('discriminator steps are those of the command, what is changed is noted, and halves make a step', async () => {
  const engine = await Engine.start(browser, site);
  await begin(engine, {}, { ...CONFIG, discriminator_steps: 2 });
  const told = (await steps(engine, 10)).filter(({ kind }) => kind === 'Progress').at(-1);
  const [, ...losses] = logged(trained(...NATIVE, '--d-steps', 2, '--steps', 10)).at(-1);
  assert.ok(absolute([told.discriminator_loss, told.generator_loss], losses) < 1e-5);
  const settings = { generator_rate: 3e-4, discriminator_rate: 4e-4, discriminator_steps: 1 };
  assert.deepEqual((await ask(engine, { Set: { run: 1, settings } }, 'Set')).settings, settings);
  for (const wrong of [{ generator_rate: -1 }, { discriminator_steps: 0 }]) {
    const { sentence } = await ask(engine, { Set: { run: 1, settings: { ...settings, ...wrong } } }, 'Failed');
    assert.match(sentence, /must be/);
  }
  await steps(engine, 1);
  const { changes, training, updates } = headerOf(await saved(engine));
  assert.deepEqual(changes.map(({ setting, from, to }) => [setting, from, to]), [['generator.rate', 1e-4, 3e-4], ['discriminator_steps', 2, 1]]);
  assert.deepEqual([training.generator.rate, updates], [3e-4, { discriminator: 21, generator: 11 }]);

  await begin(engine);
  await steps(engine, 1);
  const whole = await saved(engine);
  await begin(engine);
  for (const network of ['Discriminator', 'Generator']) {
    const { loss } = await ask(engine, { Half: { run: 1, network } }, 'Halved');
    assert.ok(Number.isFinite(loss));
  }
  assert.deepEqual(weights(await saved(engine)), weights(whole));
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

// Begins, and rests after at least so many steps, with its pictures drawn: after how many.
async function trainedInPage(scope, wanted) {
  await begun(scope, wanted);
  const step = await paused(scope);
  await drawnAt(scope, step);
  return step;
}

test('with snapshots and changed settings a run that was reloaded twice is the one that was not, bit for bit', async () => {
  const settings = { generator_rate: 3e-4, discriminator_rate: 2e-4, discriminator_steps: 2 };
  const engine = await Engine.start(browser, site);
  await begin(engine);
  await steps(engine, 5);
  await ask(engine, { Set: { run: 1, settings } }, 'Set');
  await steps(engine, 6);
  const whole = await saved(engine);

  await begin(engine, { keep: true });
  const again = async () => {
    await engine.reload();
    return ask(engine, { Restore: { run: 1, device: 'Cpu' } }, 'Ready');
  };
  await steps(engine, 3);
  assert.equal((await again()).info.step, 3n);
  await steps(engine, 2);
  await ask(engine, { Set: { run: 1, settings } }, 'Set');
  await steps(engine, 2);
  const restored = await again();
  assert.deepEqual([restored.info.step, restored.settings], [7n, settings]);
  await steps(engine, 4);
  const file = await saved(engine);
  assert.deepEqual(weights(file), weights(whole));
  const [found, wanted] = [file, whole].map((one) => carried(one)['snapshots.values']);
  assert.deepEqual(snapshotSteps(file), snapshotSteps(whole));
  assert.ok(found.shape[0] > 3 && found.bytes.equals(wanted.bytes), 'its snapshots are the same too');
  assert.deepEqual(headerOf(file).changes, headerOf(whole).changes);
  assert.equal(headerOf(file).changes.length, 3);
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('one slider moves pictures, maps and curves through a run, and back to now', async () => {
  const scope = await room(browser, site);
  const now = await trainedInPage(scope, 12);
  const live = await scope.pixels('sample-0');
  const file = (await download(scope)).bytes;
  const taken = snapshotSteps(file);
  const slider = scope.part('step-slider');
  await slider.focus();
  assert.match(await scope.text('slider-says'), new RegExp(`^Now: step ${now}$`));

  // Keys: the left end is the first snapshot.
  await scope.page.keyboard.press('Home');
  await drawnAt(scope, 0);
  await scope.page.keyboard.press('ArrowRight');
  await scope.page.keyboard.press('ArrowRight');
  const step = taken[2];
  await drawnAt(scope, step);
  assert.equal(await scope.text('slider-says'), `Step ${step} of ${now}`);
  const wanted = generate(atSnapshot(file, step), 1, 4);
  // At rest all of them come with their maps, the last as the first.
  for (const index of [0, 3]) {
    const found = await scope.pixels(`sample-${index}`);
    assert.ok(furthest(found, wanted.pictures[index]) <= 1, `picture ${index}`);
    assert.ok(furthest(live, wanted.pictures[0]) > 1);
  }
  await scope.part('picture').scrollIntoViewIfNeeded();
  const picture = await scope.part('picture').boundingBox();
  await scope.page.mouse.click(picture.x + (20.5 / 32) * picture.width, picture.y + (9.5 / 32) * picture.height);
  const { keys } = await scope.saveRow(1);
  assert.ok(absolute(keys.map(({ weight }) => weight), row(wanted.raw, 2, 0, 4 * 16 + 10)) < 1e-5);
  // The cursor of all plots stands there; γ is what was read then.
  assert.equal(await scope.page.locator('.plot:visible .cursor').count(), 4);

  // A click on a plot goes to the nearest snapshot; its right end is the last reading.
  const end = history(file).at(-1).step;
  const last = taken.toSorted((a, b) => Math.abs(a - end) - Math.abs(b - end))[0];
  await scope.part('plot-losses').scrollIntoViewIfNeeded();
  const plot = await scope.part('plot-losses').locator('.plot-frame').boundingBox();
  await scope.page.mouse.click(plot.x + plot.width - 2, plot.y + 20);
  await drawnAt(scope, last);

  await scope.part('to-now').click();
  await drawnAt(scope, now);
  await scope.page.waitForFunction(() => document.querySelector('[data-testid=to-now]').disabled);
  await assert.doesNotReject(async () => {
    for (let attempt = 0; furthest(await scope.pixels('sample-0'), live) > 0; attempt++) {
      if (attempt > 50) throw new Error('the running model is not drawn again');
      await scope.page.waitForTimeout(100);
    }
  });

  // Playing shows one after the other and ends at now.
  await scope.page.evaluate(() => {
    globalThis.seen = [];
    const says = document.querySelector('[data-testid=slider-says]');
    new MutationObserver(() => globalThis.seen.push(says.textContent)).observe(says, { characterData: true, subtree: true, childList: true });
  });
  await scope.part('play').click();
  await scope.page.waitForFunction(() => globalThis.seen.at(-1)?.startsWith('Now'), undefined, { timeout: PATIENCE });
  const seen = (await scope.page.evaluate(() => globalThis.seen)).slice(0, -1).map((text) => Number(text.match(/\d+/)[0]));
  assert.deepEqual([...new Set(seen)], taken);
  assert.equal(await scope.text('play'), 'Play');
  assert.deepEqual(await scope.barriers(), []);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('who wants less motion goes from snapshot to snapshot; settings change as it runs; curves are saved', async () => {
  const scope = await room(browser, site, { reducedMotion: 'reduce', viewport: { width: 390, height: 844 } });
  const now = await trainedInPage(scope, 8);
  assert.equal(await scope.text('play'), 'Next');
  await scope.part('play').click();
  await drawnAt(scope, 0);
  await scope.page.waitForTimeout(600);
  assert.equal(await scope.text('slider-says'), `Step 0 of ${now}`, 'it does not go on by itself');
  await scope.part('to-now').click();

  await scope.part('live').click();
  await scope.part('live-g-rate').fill('0,001');
  await scope.part('live-g-rate').press('Tab');
  await scope.page.waitForFunction(() => document.querySelector('[data-testid=live-g-rate]').value === '1e-3');
  await scope.part('live-d-steps').fill('1.5');
  await scope.part('live-d-steps').press('Tab');
  await scope.part('training-notice').waitFor({ timeout: PATIENCE });
  assert.match(await scope.text('training-notice'), /must be from 1 to 16/);
  await scope.part('half-d').click();
  await scope.page.waitForFunction(() => /discriminator had one update/.test(document.querySelector('[data-testid=half-said]').textContent));
  await scope.part('half-g').click();
  await drawnAt(scope, now + 1);
  const file = (await download(scope)).bytes;
  const { changes, updates } = headerOf(file);
  assert.deepEqual(changes.map(({ setting, to }) => [setting, to]), [['generator.rate', 1e-3]]);
  assert.deepEqual(updates, { discriminator: now + 1, generator: now + 1 });

  // Every number of the run's file is in the table.
  const [head, ...lines] = (await download(scope, 'curves-csv')).bytes.toString().trim().split('\n').map((line) => line.split(','));
  const { 'history.values': history, 'history.steps': at, 'history.vitals.values': vitals } = carried(file);
  const rows = lines.filter((cells) => cells[1] !== '');
  assert.equal(rows.length, at.shape[0]);
  rows.forEach((cells, index) => {
    assert.equal(BigInt(cells[0]), at.bytes.readBigUInt64LE(8 * index));
    cells.slice(1, 5).forEach((cell, column) => {
      assert.equal(Math.fround(Number(cell)), history.bytes.readFloatLE(4 * (index * history.shape[1] + column)));
    });
  });
  const place = head.indexOf('share.1');
  const read = lines.filter((cells) => cells[place] !== '').map((cells) => Math.fround(Number(cells[place])));
  assert.deepEqual(read, Array.from({ length: vitals.shape[0] }, (_, index) => vitals.bytes.readFloatLE(4 * index * vitals.shape[1])));

  await scope.part('more-curves').click();
  await scope.part('log-axis').click();
  const svg = (await download(scope, 'curves-svg')).bytes.toString();
  const found = await scope.page.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
    return { broken: parsed.querySelectorAll('parsererror').length, plots: parsed.querySelectorAll('g').length };
  }, svg);
  assert.deepEqual(found, { broken: 0, plots: await scope.page.locator('.plot').count() });
  const wider = await scope.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `${wider} px too wide`);
  assert.deepEqual(await scope.barriers(), []);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});
