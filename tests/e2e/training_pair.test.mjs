// Two runs side by side, and runs that begin with trained networks. On the CPU, with the smallest
// networks.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { absolute } from '../support/distance.mjs';
import { Engine } from '../support/engine.mjs';
import { hosted } from '../support/hosted.mjs';
import { headerOf } from '../support/safetensors.mjs';
import { generate, logged, row, trained } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';

const PATIENCE = 120_000;

const { site, browser } = await hosted('none');

async function room(options) {
  const scope = await Saganscope.tab(browser, options);
  await scope.page.goto(`${site.url}?room=train&device=cpu`);
  await scope.part('world-twins').waitFor({ state: 'attached', timeout: PATIENCE });
  await scope.part('world-twins').evaluate((input) => input.click());
  await scope.choose('width-of-the-networks-8');
  await scope.choose('pictures-a-step-4');
  await scope.part('experiments').click();
  return scope;
}

const phase = (scope, word) =>
  scope.page.locator(`[data-testid=training][data-phase=${word}]`).waitFor({ timeout: PATIENCE });

async function download(scope, part) {
  const [file] = await Promise.all([scope.page.waitForEvent('download'), scope.part(part).click()]);
  return readFile(await file.path());
}

const pixel = (scope, name) => scope.pixels(name).then((bytes) => Buffer.from(bytes).toString('base64'));

test('plain against centred: the same seed and pictures in turns, on one plot, under the same pins', async () => {
  const scope = await room();
  await scope.part('preset-no-attention').click();
  assert.match(await scope.text('preset-says'), /convolutions alone/);
  assert.deepEqual(await scope.barriers(), []);
  await scope.part('pair-0').click();
  await phase(scope, 'going');
  await scope.page.waitForFunction(() => {
    const at = (name) => Number(document.querySelector(`[data-testid=${name}]`)?.dataset.step ?? 0);
    return at('run-state') >= 4 && at('rival-drawn-at') > 0;
  }, undefined, { timeout: PATIENCE });
  await scope.part('pause').click();
  await phase(scope, 'resting');
  await scope.part('how-many').fill('1');
  await scope.part('more-steps').click();
  await phase(scope, 'resting');
  const steps = Number(await scope.part('run-state').getAttribute('data-step'));
  await scope.page.locator(`[data-testid=drawn-at][data-step="${steps}"]`).waitFor({ timeout: PATIENCE });
  const files = [await download(scope, 'download'), await download(scope, 'download-rival')];
  const [first, second] = files.map(headerOf);
  assert.deepEqual([first.config.energy ?? 'dot', second.config.energy], ['dot', 'centred']);
  assert.deepEqual([first.training.seed, first.training.batch], [second.training.seed, second.training.batch]);
  assert.equal(first.updates.generator, steps);
  assert.ok(Math.abs(steps - second.updates.generator) <= 1, 'they take turns');
  await scope.page.locator(`[data-testid=rival-drawn-at][data-step="${second.updates.generator}"]`).waitFor({ timeout: PATIENCE });

  // The first of them is the command's run with these options.
  const native = logged(trained('--data', 'twins', '--size', 32, '--conv-dim', 8, '--z-dim', 32, '--batch', 4, '--seed', 1, '--steps', steps)).at(-1);
  const keys = await scope.part('plot-losses').locator('.key').allTextContents();
  assert.equal(keys.length, 4);
  assert.match(keys[0], /^plain attention: discriminator/);
  assert.match(keys[2], /^centred attention: discriminator/);
  const shown = Number(keys[0].match(/[\d.]+$/)[0]);
  assert.ok(Math.abs(shown - native[1]) <= 0.006, `${keys[0]}, ${native[1]}`);

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
  await scope.page.locator('[data-testid=rival-drawn-at][data-step="0"]').waitFor({ timeout: PATIENCE });
  assert.deepEqual(await scope.barriers(), []);
  await scope.part('put-away').click();
  await phase(scope, 'none');
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
  const scope = await room();
  await scope.part('start-files').setInputFiles({ name: 'mine.safetensors', mimeType: 'application/octet-stream', buffer: file });
  await phase(scope, 'going');
  await scope.part('pause').click();
  await phase(scope, 'resting');
  await scope.part('put-away').click();
  await phase(scope, 'none');
  await scope.part('experiments').click();
  await scope.part('start-rosettes').click();
  await phase(scope, 'going');
  assert.match(await scope.text('run-card'), /64×64 pixels, .* 4 pictures a step, centred energy/);
  await scope.part('pause').click();
  await phase(scope, 'resting');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});
