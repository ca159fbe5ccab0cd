// Two runs side by side, and runs that begin with trained networks. On the CPU, with the smallest
// networks.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { absolute } from '../support/distance.mjs';
import { Engine } from '../support/engine.mjs';
import { alike, frames, square } from '../support/film.mjs';
import { hosted } from '../support/hosted.mjs';
import { download, drawnAt, enter, paused, phase, putAway, reaches, room, step } from '../support/room.mjs';
import { headerOf, history, snapshotSteps, weights } from '../support/safetensors.mjs';
import { generate, logged, resumed, row, trained } from '../support/sagan.mjs';

const PATIENCE = 240_000;

const { site, browser } = await hosted('none');

// The room with the experiments in sight.
async function experiments() {
  const scope = await room(browser, site);
  await scope.part('experiments').click();
  return scope;
}

const pixel = (scope, name) => scope.pixels(name).then((bytes) => Buffer.from(bytes).toString('base64'));

test('plain against centred: the same seed and pictures in turns, on one plot, under the same pins', async () => {
  const scope = await experiments();
  await scope.part('preset-no-attention').click();
  assert.match(await scope.text('preset-says'), /convolutions alone/);
  assert.deepEqual(await scope.barriers(), []);
  await scope.part('pair-0').click();
  await phase(scope, 'going');
  await scope.page.waitForFunction(() => {
    const at = (name) => Number(document.querySelector(`[data-testid=${name}]`)?.dataset.step ?? 0);
    return at('run-state') >= 4 && at('rival-drawn-at') > 0;
  }, undefined, { timeout: PATIENCE });
  await paused(scope);
  await scope.part('how-many').fill('1');
  await scope.part('more-steps').click();
  await phase(scope, 'resting');
  const steps = await step(scope);
  await drawnAt(scope, steps);
  const files = [(await download(scope)).bytes, (await download(scope, 'download-rival')).bytes];
  const [first, second] = files.map(headerOf);
  assert.deepEqual([first.config.energy ?? 'dot', second.config.energy], ['dot', 'centred']);
  assert.deepEqual([first.training.seed, first.training.batch], [second.training.seed, second.training.batch]);
  assert.equal(first.updates.generator, steps);
  assert.ok(Math.abs(steps - second.updates.generator) <= 1, 'they take turns');
  await drawnAt(scope, second.updates.generator, 'rival-drawn-at');

  // The first of them is the command's run with these options: at the first step that was read, since
  // by when the run was paused a fast machine has done a hundred.
  const readings = history(files[0]);
  assert.ok(readings[0].step <= 10, `${readings[0].step}`);
  const native = logged(trained('--data', 'twins', '--size', 32, '--conv-dim', 8, '--z-dim', 32, '--batch', 4, '--seed', 1, '--steps', readings[0].step)).at(-1);
  assert.ok(absolute(readings[0].values.slice(0, 2), native.slice(1)) < 1e-5, `${readings[0].values} ${native}`);
  const keys = await scope.part('plot-losses').locator('.key').allTextContents();
  assert.equal(keys.length, 4);
  assert.match(keys[0], /^plain attention: discriminator/);
  assert.match(keys[2], /^centred attention: discriminator/);
  const shown = Number(keys[0].match(/[\d.]+$/)[0]);
  assert.ok(Math.abs(shown - readings.at(-1).values[0]) <= 0.006, `${keys[0]}, ${readings.at(-1).values}`);

  // Both grids draw the same latents otherwise; a pin stays while one looks from one to the other.
  assert.notEqual(await pixel(scope, 'sample-0'), await pixel(scope, 'rival-0'));
  await scope.part('picture').scrollIntoViewIfNeeded();
  const picture = await scope.part('picture').boundingBox();
  await scope.page.mouse.click(picture.x + (20.5 / 32) * picture.width, picture.y + (9.5 / 32) * picture.height);
  for (const [index, name] of [[0, 'look-at-first'], [1, 'look-at-second']]) {
    await scope.choose(name);
    const { raw } = generate(files[index], 1, 1);
    const { keys: cells } = await scope.saveRow(1);
    assert.ok(absolute(cells.map(({ weight }) => weight), row(raw, 2, 0, 4 * 16 + 10)) < 1e-5, name);
  }
  await scope.part('step-slider').focus();
  await scope.page.keyboard.press('Home');
  await drawnAt(scope, 0, 'rival-drawn-at');
  assert.deepEqual(await scope.barriers(), []);

  // Both in one animated picture, the second run on the right.
  await scope.part('film').click();
  const [saved] = await Promise.all([
    scope.page.waitForEvent('download', { timeout: PATIENCE }),
    scope.part('film-make').click(),
  ]);
  assert.match(saved.suggestedFilename(), /^saganscope-twins-plain-attention-against-centred-attention-steps-0-to-\d+\.gif$/);
  const { all } = await frames(scope.page, readFileSync(await saved.path()));
  const taken = new Set(files.flatMap(snapshotSteps));
  assert.equal(all.length, taken.size);
  // At rest all pictures of the step have come; the pin is a pixel of the chosen one.
  await scope.page.waitForTimeout(1500);
  const [{ width }] = all;
  const pin = (at) => at === 32 * 9 + 20;
  for (const [left, whose] of [[0, 'sample'], [width / 2, 'rival']]) {
    for (const index of [0, 6]) {
      const place = [left + 4 * (3 + 33 * (index % 4)), 4 * (3 + 33 * (index >> 2))];
      alike(square(all[0], place, 32, 4), await scope.pixels(`${whose}-${index}`), `${whose} ${index}`, index === 0 ? pin : undefined);
    }
  }
  assert.notDeepEqual(square(all.at(-1), [12, 12], 32, 4), square(all.at(-1), [width / 2 + 12, 12], 32, 4), 'two runs');
  await putAway(scope);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('both of two runs are kept, changed alike as they run, and come back together or alone', async () => {
  const scope = await experiments();
  await scope.part('pair-0').click();
  await phase(scope, 'going');
  const second = async () => Number(await scope.part('pair').getAttribute('data-step'));
  await scope.page.waitForFunction(() => document.querySelector('[data-testid=pair]')?.dataset.step >= 2, undefined, { timeout: PATIENCE });
  await paused(scope);
  // The last of so many steps is always read.
  const before = await second();
  await scope.part('how-many').fill('1');
  await scope.part('more-steps').click();
  await phase(scope, 'resting');
  await scope.page.waitForFunction((wanted) => document.querySelector('[data-testid=pair]').dataset.step >= wanted, before + 1, { timeout: PATIENCE });

  // One change is both runs', and each file says at which step.
  await scope.part('live').click();
  await scope.part('live-d-steps').fill('2');
  await scope.part('live-d-steps').press('Tab');
  await scope.page.waitForFunction(() => document.querySelector('[data-testid=live-d-steps]').value === '2', undefined, { timeout: PATIENCE });
  const changed = [await step(scope), await second()];
  await scope.part('one-step').click();
  await reaches(scope, changed[0] + 1);
  await phase(scope, 'resting');
  await scope.page.waitForFunction((wanted) => document.querySelector('[data-testid=pair]').dataset.step >= wanted, changed[1] + 1, { timeout: PATIENCE });
  const both = async () => [(await download(scope)).bytes, (await download(scope, 'download-rival')).bytes];
  const files = await both();
  for (const [index, file] of files.entries()) {
    const { changes, updates } = headerOf(file);
    assert.deepEqual(changes.map(({ after, setting, from, to }) => [after.generator, setting, from, to]), [[changed[index], 'discriminator_steps', 1, 2]]);
    assert.deepEqual(updates, { generator: changed[index] + 1, discriminator: changed[index] + 2 });
  }
  // The second is the command's run too: at the first step that was read. By when the run was paused,
  // a hundred steps on a fast machine, the last bit of two processors' sums has grown to 1e-5.
  const native = ['--data', 'twins', '--size', 32, '--conv-dim', 8, '--z-dim', 32, '--batch', 4, '--seed', 1, '--energy', 'centred', '--query-width', 16, '--place', '--smooth-keys', '--d-attention', '16,8', '--minibatch-deviation', '--equal-phase-sums'];
  const losses = (file) => history(file).at(-1).values.slice(0, 2);
  const [early] = history(files[1]);
  assert.ok(early.step <= 10 && early.step <= changed[1], `${early.step}`);
  const [, ...wanted] = logged(trained(...native, '--steps', early.step)).at(-1);
  const there = early.values.slice(0, 2);
  assert.ok(absolute(there, wanted) < 1e-5, `${there} ${wanted}`);

  // After a reload they are offered together, and are what they were.
  await enter(scope, site);
  await scope.part('restore-pair').waitFor({ timeout: PATIENCE });
  assert.match(await scope.text('offer'), new RegExp(`^Go on with plain attention against centred attention at steps ${changed[0] + 1} and ${changed[1] + 1}`));
  assert.deepEqual(await scope.barriers(), []);
  await scope.part('restore-pair').click();
  await phase(scope, 'resting');
  assert.deepEqual((await both()).map(weights), files.map(weights));
  assert.match(await scope.text('pair'), /plain attention against centred attention, which is at step \d+, kept in this browser/);
  await scope.part('one-step').click();
  await reaches(scope, changed[0] + 2);
  await phase(scope, 'resting');
  await scope.page.waitForFunction((wanted) => document.querySelector('[data-testid=pair]').dataset.step >= wanted, changed[1] + 2, { timeout: PATIENCE });
  // And so is what comes after it, for both.
  for (const [index, file] of (await both()).entries()) {
    const command = losses(resumed(files[index], 'twins', changed[index] + 2));
    assert.ok(absolute(losses(file), command) < 1e-5, `${losses(file)} ${command}`);
  }
  await putAway(scope);

  // The table has both by their names; the second goes on alone, and so does what stood beside it.
  await scope.part('kept-runs').click();
  const names = await scope.part('run-name').evaluateAll((inputs) => inputs.map(({ value }) => value));
  assert.deepEqual(names.toSorted(), ['centred attention', 'plain attention']);
  await scope.part('row-restore').nth(names.indexOf('centred attention')).click();
  await phase(scope, 'resting');
  assert.equal(await scope.part('pair').count(), 0);
  assert.match(await scope.text('run-card'), /centred energy/);
  await putAway(scope);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

const CONFIG = {
  size: 32, conv_dim: 8, z_dim: 16, energy: 'dot', query_width: undefined, place: false,
  generator_attention: [8, 16], discriminator_attention: [8, 4], spectral_norm: 'both',
  minibatch_deviation: false, equal_phase_sums: false, diff_augment: false,
  generator_rate: 1e-4, discriminator_rate: 4e-4, discriminator_steps: 1, batch: 4, seed: 3n,
};

test('a run begins with trained networks as the command does, and says what is missing', async () => {
  const before = join(trained('--data', 'twins', '--size', 32, '--conv-dim', 8, '--z-dim', 16, '--batch', 4, '--seed', 9, '--steps', 3), 'latest.safetensors');
  const file = readFileSync(before);
  const engine = await Engine.start(browser, site);
  const begin = (generator, discriminator) => engine.ask('Train', {
    Begin: {
      run: 1, config: { ...CONFIG, conv_dim: 16 }, networks: { generator, discriminator, name: 'My networks' },
      from: { World: 'twins' }, device: 'Cpu', keep: false,
    },
  });
  const ready = await begin(file, Buffer.from(file));
  assert.equal(ready.kind, 'Ready', ready.sentence);
  assert.deepEqual([ready.info.conv_dim, ready.info.step], [8, 0n], 'the shape is theirs, the run is new');
  const done = await engine.ask('Train', { Run: { run: 1, steps: 1n } });
  const told = done.others.find(({ kind }) => kind === 'Progress');
  const [, ...losses] = logged(trained('--data', 'twins', '--generator', before, '--discriminator', before, '--batch', 4, '--seed', 3, '--steps', 1)).at(-1);
  assert.ok(absolute([told.discriminator_loss, told.generator_loss], losses) < 1e-5);

  // PyTorch's files begin a run as they do for the native command.
  const golden = (name) => fileURLToPath(new URL(`../golden/c8/${name}`, import.meta.url));
  const foreign = await begin(readFileSync(golden('G.pth')), readFileSync(golden('D.pth')));
  assert.equal(foreign.kind, 'Ready', foreign.sentence);
  const stepped = await engine.ask('Train', { Run: { run: 1, steps: 1n } });
  const here = stepped.others.find(({ kind }) => kind === 'Progress');
  const [, ...there] = logged(trained('--data', 'twins', '--generator', golden('G.pth'), '--discriminator', golden('D.pth'), '--batch', 4, '--seed', 3, '--steps', 1)).at(-1);
  const foreignLosses = [here.discriminator_loss, here.generator_loss];
  // Their weights were turned up to be sensitive: roundings of other processors show.
  assert.ok(absolute(foreignLosses, there) < 1e-4, `${foreignLosses} ${there}`);

  // Two files in the wrong order are put right; one that is missing is named.
  const shipped = (name) => readFileSync(new URL(`../../www/checkpoints/${name}`, import.meta.url));
  const swapped = await begin(shipped('rosettes-discriminator.safetensors'), shipped('rosettes.safetensors'));
  assert.equal(swapped.kind, 'Ready', swapped.sentence);
  assert.equal(swapped.info.size, 64);
  const missing = await begin(shipped('rosettes.safetensors'), shipped('rosettes.safetensors'));
  assert.match(missing.sentence, /^My networks: There is no discriminator in it; choose/);
  const strangers = await begin(shipped('faces.safetensors'), shipped('rosettes-discriminator.safetensors'));
  assert.equal(strangers.kind, 'Failed');
  assert.deepEqual(engine.complaints, []);
  await engine.close();

  // In the page: files of the visitor's, and a model that comes with it.
  const scope = await experiments();
  await scope.part('start-files').setInputFiles({ name: 'mine.safetensors', mimeType: 'application/octet-stream', buffer: file });
  await phase(scope, 'going');
  await paused(scope);
  await putAway(scope);
  await scope.part('experiments').click();
  await scope.part('start-rosettes').click();
  await phase(scope, 'going');
  assert.match(await scope.text('run-card'), /64×64 pixels, .* 4 pictures a step, centred energy/);
  await paused(scope);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});
