// A checkpoint of the visitor's own: chosen or dropped, drawn as the native command draws it, named
// in the address without being sent, asked for again by whoever opens that; and what is none says so.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { absolute } from '../support/distance.mjs';
import { hosted } from '../support/hosted.mjs';
import { FIXTURE, fixture, generate, row, trained, turnedUp } from '../support/sagan.mjs';

const golden = (file) => readFileSync(fileURLToPath(new URL(`../golden/${file}`, import.meta.url)));
const own = (name, buffer) => ({ name, mimeType: 'application/octet-stream', buffer });

const VIEW = { device: 'cpu', count: 2, seed: 3, sample: 1, checkpoint: FIXTURE, pins: '22.29', colours: 'grey', scale: 'linear' };
const { site, opener } = await hosted('none');
site.files.set(FIXTURE, fixture());
const opened = opener(VIEW);

// Opens the menu of models and chooses this file.
async function choose(scope, name, bytes) {
  if (!(await scope.part('own-model').isVisible())) await scope.part('models').click();
  await scope.part('own-model').setInputFiles(own(name, bytes));
  await scope.page.waitForFunction((name) => document.querySelector('[data-testid=model-name]').textContent === name, name);
  return scope.settled();
}

const openedMenu = (scope) => scope.part('take-away').evaluate((details) => { details.open = true; });

// The page shows these pictures of seed 3, and sample 1's maps of pixel (22, 29).
async function shows(scope, bytes, what) {
  const native = generate(bytes, 3, 2);
  assert.ok(absolute(await scope.pixels('picture'), native.pictures[1]) <= 2, what);
  for (const [layer, side] of [16, 32].entries()) {
    const cell = Math.floor((29 * side) / 64) * side + Math.floor((22 * side) / 64);
    const weights = Array.from(row(native.raw, layer + 1, 1, cell));
    const most = Math.max(...weights);
    const found = Array.from(await scope.pixels(`heat-${layer}`)).filter((_, i) => i % 4 === 0);
    assert.ok(Math.min(...weights) < 0.8 * most, `${what}: a map that is not flat`);
    assert.ok(absolute(found, weights.map((weight) => (255 * weight) / most)) <= 3, `${what}, layer ${layer + 1}`);
  }
}

test('a generator of PyTorch, in either of its formats, is drawn as the native command draws it', async () => {
  const scope = await opened();
  const asked = [];
  scope.page.on('request', (request) => asked.push([request.method(), request.url()]));
  for (const file of ['G.pth', 'G_legacy.pth', 'G_parallel.pth']) {
    const bytes = golden(`c16/${file}`);
    assert.equal(await choose(scope, file, bytes), 'ready');
    await shows(scope, bytes, file);
    assert.equal(scope.parameter('file'), file);
    assert.equal(scope.parameter('checkpoint'), null);
    assert.equal(scope.parameter('pins'), '22.29', 'pins stay');
  }
  const picture = ([method, url]) => method === 'GET' && /\.(png|svg)$/.test(url);
  assert.deepEqual(asked.filter((request) => !picture(request)), [], 'nothing is sent, and only the menu\'s pictures are fetched');
  assert.deepEqual(await scope.barriers(), []);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('whoever opens the address is asked for the file, and then sees the view', async () => {
  const bytes = golden('c16/G.pth');
  const scope = await opened();
  assert.equal(await choose(scope, 'G.pth', bytes), 'ready');
  await scope.choose('way-to');
  await scope.page.waitForFunction(() => location.search.includes('way=to'));
  await scope.page.goto(`${scope.page.url()}&g1=0.5`);
  assert.equal(await scope.settled(), 'failed');
  const address = scope.page.url();
  await scope.page.reload();
  assert.equal(await scope.settled(), 'failed');
  assert.match(await scope.text('failure'), /a view of G\.pth/);
  assert.match(await scope.text('status'), /waiting for a file/);
  assert.deepEqual(await scope.barriers(), []);
  // A wrong one loses nothing, and the right one may be a second copy, as browsers call it.
  await scope.part('own-again').setInputFiles(own('D.pth', golden('c16/D.pth')));
  await scope.page.waitForFunction(() => document.querySelector('[data-testid=failure]')?.textContent.includes('discriminator alone'));
  await scope.part('own-again').setInputFiles(own('G (1).pth', bytes));
  await scope.page.locator('[data-state=ready]').waitFor({ timeout: 120_000 });
  await scope.page.locator('[data-changes=drawn]').waitFor({ timeout: 60_000 });
  const said = (url) => Object.fromEntries(new URL(url).searchParams);
  assert.deepEqual(said(scope.page.url()), { ...said(address), file: 'G (1).pth' }, 'with all that it says');

  // What was opened is at hand: neither an address in place nor the tour asks for it again.
  const [saved] = await Promise.all([scope.page.waitForEvent('download'), openedMenu(scope).then(() => scope.part('take-svg').click())]);
  await scope.drop('view.svg', 'image/svg+xml', readFileSync(await saved.path()));
  await scope.page.waitForFunction(() => document.querySelector('[data-testid=notice]').textContent.includes('need not be chosen again'));
  assert.equal(await scope.settled(), 'ready');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('a file is dropped anywhere, and stays in the menu when another model is chosen', async () => {
  const run = readFileSync(join(trained('--conv-dim', 8, '--batch', 4, '--data', 'butterflies', '--steps', 2), 'latest.safetensors'));
  const bytes = turnedUp(run, 4);
  const scope = await opened();
  await scope.drop('mine.safetensors', 'application/octet-stream', bytes);
  await scope.page.waitForFunction(() => location.search.includes('file=mine.safetensors'));
  assert.equal(await scope.settled(), 'ready');
  await shows(scope, bytes, 'dropped');
  // A run has its discriminator in it.
  await scope.part('judge-summary').click();
  await scope.part('judge-score').waitFor({ timeout: 60_000 });

  await scope.part('models').click();
  await scope.part('model-faces').click();
  assert.equal(await scope.settled(), 'ready');
  await scope.part('models').click();
  await scope.part('model-own').click();
  await scope.page.locator('[data-state=ready]').waitFor({ timeout: 120_000 });
  await shows(scope, bytes, 'chosen again');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('another file of the visitor\'s beside it is drawn too', async () => {
  const bytes = golden('c16/G.pth');
  const scope = await opened();
  await scope.part('compare-menu').click();
  await scope.part('with-own').setInputFiles(own('G.pth', bytes));
  await scope.page.locator('[data-second=ready]').waitFor({ timeout: 120_000 });
  assert.ok(absolute(await scope.pixels('second-picture'), generate(bytes, 3, 2).pictures[1]) <= 2);
  assert.equal(scope.parameter('with-file'), 'G.pth');
  await scope.page.reload();
  assert.equal(await scope.settled(), 'ready');
  await scope.page.locator('[data-second=failed]').waitFor();
  assert.match(await scope.text('second-failure'), /a view of G\.pth/);
  await scope.drop('G.pth', 'application/octet-stream', bytes);
  await scope.page.locator('[data-second=ready]').waitFor({ timeout: 120_000 });
  assert.equal(scope.parameter('checkpoint'), FIXTURE, 'the first one stays');

  // The tour shows other views and gives this one back, with the file.
  await scope.part('tour').click();
  await scope.part('tour-leave').click();
  await scope.page.locator('[data-second=ready]').waitFor({ timeout: 120_000 });
  assert.equal(scope.parameter('with-file'), 'G.pth');
  assert.deepEqual(await scope.barriers(), []);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('a file that is none says why, and another one or a model of the page is opened instead', async () => {
  const scope = await opened();
  const whole = golden('c16/G.pth');
  for (const [name, bytes, words] of [
    ['D.pth', golden('c16/D.pth'), /D\.pth: .*discriminator alone.*Open the generator's file/],
    ['cut.pth', whole.subarray(0, 9000), /cut\.pth: The PyTorch file cannot be read/],
    ['notes.pth', Buffer.from('not a model'), /notes\.pth: The PyTorch file cannot be read/],
    ['harm.pth', golden('hostile/runs.pth'), /harm\.pth: The PyTorch file cannot be read/],
    ['vast.pth', golden('hostile/deflated.pth'), /vast\.pth: .*packed anew/],
    ['hollow.pth', golden('hostile/hollow.pth'), /hollow\.pth: .*more numbers than it holds/],
    ['other.safetensors', golden('c8/forward.safetensors'), /other\.safetensors: .*no Saganscope checkpoint/],
  ]) {
    assert.equal(await choose(scope, name, bytes), 'failed', name);
    await scope.page.waitForFunction((name) => document.querySelector('[data-testid=failure]')?.textContent.includes(`${name}:`), name);
    assert.match(await scope.text('failure'), words);
  }
  await scope.part('own-again').setInputFiles(own('G.pth', whole));
  await scope.page.locator('[data-state=ready]').waitFor({ timeout: 120_000 });
  await shows(scope, whole, 'after the wrong ones');

  // A wrong one leaves the way back to the one before.
  assert.equal(await choose(scope, 'D.pth', golden('c16/D.pth')), 'failed');
  await scope.page.waitForFunction(() => document.querySelector('[data-testid=open-other]')?.textContent === 'Open G.pth');
  await scope.part('open-other').click();
  await scope.page.locator('[data-state=ready]').waitFor({ timeout: 120_000 });
  await shows(scope, whole, 'the one before');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('no name is too long for a phone', async () => {
  const name = `sagan_celeba_64_${'x'.repeat(60)}_step100000.safetensors`;
  const run = readFileSync(join(trained('--conv-dim', 8, '--batch', 4, '--data', 'butterflies', '--steps', 1), 'latest.safetensors'));
  const scope = await opened({}, { viewport: { width: 390, height: 844 } });
  const fits = async (what) => {
    const width = await scope.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `${what}: ${width} pixels wide`);
  };
  assert.equal(await choose(scope, name, run), 'ready');
  await fits('open');
  await scope.part('compare-menu').click();
  await scope.part('with-own').setInputFiles(own(name, run));
  await scope.page.locator('[data-second=ready]').waitFor({ timeout: 120_000 });
  await fits('beside another');
  await scope.page.reload();
  assert.equal(await scope.settled(), 'failed');
  await fits('to be chosen');
  assert.equal(await scope.part('second').count(), 0, 'the second waits for the first');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});
