// A second model under the same pins: its picture and maps are the native command's, whatever its
// size, and its download has a beginning, an end and a way to fail.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { absolute } from '../support/distance.mjs';
import { hosted } from '../support/hosted.mjs';
import { changed } from '../support/safetensors.mjs';
import { FIXTURE, column, fixture, generate, row, trained, turnedUp } from '../support/sagan.mjs';

const SEED = 3;
const OTHER = 'checkpoints/other.safetensors';
// Grey and linear, so that a byte of a map's canvas is its value in parts of the largest.
const VIEW = {
  device: 'cpu', count: 2, seed: SEED, sample: 1, checkpoint: FIXTURE, pins: '22.29_40.9', colours: 'grey', scale: 'linear',
};

const { site, opener } = await hosted('none');
site.files.set(FIXTURE, fixture());
// Half as large, and from fewer numbers.
const run = trained('--size', 32, '--conv-dim', 16, '--z-dim', 48, '--batch', 4, '--data', 'butterflies', '--steps', 2);
const other = turnedUp(readFileSync(join(run, 'latest.safetensors')), 2);
site.files.set(OTHER, other);
const opened = opener(VIEW);

const stands = (scope, state) => scope.page.locator(`[data-second=${state}]`).waitFor({ timeout: 120_000 });

// A map's canvas shows these weights.
async function shows(scope, name, weights, what) {
  const most = Math.max(...weights);
  const found = (await scope.pixels(name)).filter((_, i) => i % 4 === 0);
  const wanted = Array.from(weights, (weight) => (255 * weight) / most);
  assert.ok(Math.min(...wanted) < 200, `${what} is not flat, or any row would do`);
  assert.ok(absolute(Array.from(found), wanted) <= 3, `${what}: off by ${absolute(Array.from(found), wanted)}`);
}

test('the same seed and the same pins in another model are the native command\'s', async () => {
  const scope = await opened({ with: OTHER });
  await stands(scope, 'ready');
  const native = generate(other, SEED, 2);
  assert.ok(absolute(await scope.pixels('second-picture'), native.pictures[1]) <= 2);
  const layers = Object.keys(native.raw).filter((name) => name.startsWith('attention')).length;
  assert.ok(layers >= 1);
  for (let layer = 0; layer < layers; layer++) {
    const side = Math.sqrt(native.raw[`attention${layer + 1}`].shape[1]);
    // A pin is at a fraction of the picture: (22, 29) of 64 is (11, 14) of 32.
    const cell = ([x, y]) => Math.floor((y * side) / 64) * side + Math.floor((x * side) / 64);
    await shows(scope, `second-heat-1-${layer}`, row(native.raw, layer + 1, 1, cell([22, 29])), `pin 1, layer ${layer}`);
    await shows(scope, `second-heat-2-${layer}`, row(native.raw, layer + 1, 1, cell([40, 9])), `pin 2, layer ${layer}`);
  }
  assert.match(await scope.text('second-words'), /from 100 numbers and this one from 48/);

  // The other direction holds for both, and so does another picture.
  await scope.choose('way-to');
  const side = Math.sqrt(native.raw.attention1.shape[1]);
  const at = Math.floor((29 * side) / 64) * side + Math.floor((22 * side) / 64);
  await shows(scope, 'second-heat-1-0', column(native.raw, 1, 1, at), 'who looks at it');
  const was = await scope.part('second-picture').evaluate((canvas) => canvas.toDataURL());
  await scope.page.getByRole('button', { name: 'Sample 0', exact: true }).click();
  await scope.page.waitForFunction((was) => {
    const canvas = document.querySelector('[data-second=ready] [data-testid=second-picture]');
    return canvas && canvas.toDataURL() !== was;
  }, was, { timeout: 60_000 });
  assert.ok(absolute(await scope.pixels('second-picture'), native.pictures[0]) <= 2);
  assert.equal(scope.parameter('with'), OTHER);

  await scope.part('second-close').click();
  assert.equal(await scope.part('second').count(), 0);
  await scope.page.waitForFunction(() => !new URL(location.href).searchParams.has('with'));
  assert.deepEqual(await scope.barriers(), []);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('a second model that cannot be had says so, and is tried again', async () => {
  const scope = await opened({ with: 'checkpoints/none.safetensors' });
  await stands(scope, 'failed');
  assert.match(await scope.text('second-failure'), /none\.safetensors.*404/s);
  assert.equal(await scope.settled(), 'ready', 'the first model goes on');
  assert.deepEqual(await scope.barriers(), []);
  site.files.set('checkpoints/none.safetensors', other);
  await scope.part('second-retry').click();
  await stands(scope, 'ready');
  site.files.delete('checkpoints/none.safetensors');
  await scope.close();
});

test('a shipped model is compared with from the menu', async () => {
  const scope = await opened({ pins: 'none' });
  await scope.part('compare-menu').click();
  const [button] = await scope.page.locator('[data-testid^=with-]').all();
  const name = (await button.getAttribute('data-testid')).slice('with-'.length);
  await button.click();
  await stands(scope, 'ready');
  assert.equal(scope.parameter('with'), name);
  // Pointing at the second picture points at the first.
  await scope.part('second-picture').hover();
  const [x, y] = (await scope.part('picture').getAttribute('data-query')).split(',').map(Number);
  assert.ok(Math.abs(x - 32) <= 1 && Math.abs(y - 32) <= 1, `(${x}, ${y}) is in the middle`);
  await scope.part('compare-none').click();
  assert.equal(await scope.part('second').count(), 0);
  await scope.close();
});

test('a model whose maps come to no numbers is refused in a sentence, and ends nothing else', async () => {
  // Every weight is a number, but products of them are not.
  const broken = changed(other, (tensor, value) => (/attention\.\d+\.(query|key)\.weight$/.test(tensor) ? 1e25 * value : value));
  site.files.set('checkpoints/broken.safetensors', broken);
  const scope = await opened({ with: 'checkpoints/broken.safetensors' });
  await stands(scope, 'refused');
  assert.match(await scope.text('second'), /This cannot be shown: .*not all finite numbers; the network may have diverged/);
  assert.equal(await scope.settled(), 'ready');
  // The first model still draws.
  await scope.part('new-samples').click();
  await scope.page.waitForFunction(() => new URL(location.href).searchParams.get('seed') !== '3');
  assert.equal(await scope.settled(), 'ready');
  await scope.close();
});
