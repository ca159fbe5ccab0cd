// The training room as a visitor handles it: a run from the form, its pictures and curves, what is
// kept of it, and own pictures. On the CPU, with the smallest networks.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { PNG } from 'pngjs';

import { hosted } from '../support/hosted.mjs';
import { weights } from '../support/safetensors.mjs';
import { resumed } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';

const PATIENCE = 120_000;

const { site, browser } = await hosted('none');

// The training room, its form filled in for the smallest networks.
async function room(options) {
  const scope = await Saganscope.tab(browser, options);
  await enter(scope);
  await scope.part('world-twins').evaluate((input) => input.click());
  await scope.choose('width-of-the-networks-8');
  await scope.choose('pictures-a-step-4');
  return scope;
}

async function enter(scope) {
  await scope.page.goto(`${site.url}?room=train&device=cpu`);
  await scope.part('world-twins').waitFor({ state: 'attached', timeout: PATIENCE });
}

const phase = (scope, word) =>
  scope.page.locator(`[data-testid=training][data-phase=${word}]`).waitFor({ timeout: PATIENCE });
const step = async (scope) => Number(await scope.part('run-state').getAttribute('data-step'));

// Waits until the run has done at least so many steps.
async function reaches(scope, wanted) {
  const found = await scope.page.waitForFunction((wanted) => {
    const state = document.querySelector('[data-testid=run-state]');
    return Number(state?.dataset.step) >= wanted && state.dataset.step;
  }, wanted, { timeout: PATIENCE });
  return Number(await found.jsonValue());
}

async function drawnAt(scope, wanted) {
  await scope.page.locator(`[data-testid=drawn-at][data-step="${wanted}"]`).waitFor({ timeout: PATIENCE });
}

async function download(scope) {
  const [file] = await Promise.all([scope.page.waitForEvent('download'), scope.part('download').click()]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

test('a visitor trains, pauses, looks, reloads and goes on; nothing is lost', async () => {
  const scope = await room();
  assert.equal(scope.parameter('room'), 'train');
  await scope.part('probe').click();
  await scope.page.getByText(/A step takes .* 1000 steps/).waitFor({ timeout: PATIENCE });

  await scope.part('begin').click();
  await phase(scope, 'going');
  await reaches(scope, 3);
  await scope.part('pause').click();
  await phase(scope, 'resting');
  const paused = await step(scope);
  assert.ok(paused >= 3);
  assert.match(await scope.text('kept'), new RegExp(`^Step ${paused} is kept`));
  await drawnAt(scope, paused);

  // The microscope looks at what the run draws.
  const first = await scope.pixels('sample-0');
  assert.notDeepEqual(first, await scope.pixels('sample-1'));
  const picture = await scope.part('picture').boundingBox();
  await scope.page.mouse.move(picture.x + 0.3 * picture.width, picture.y + 0.6 * picture.height);
  assert.equal(await scope.page.locator('.map').count(), 2);

  // Curves, a sentence, a table with a row for the last step that was told of.
  assert.equal(await scope.page.locator('.plot').count(), 4);
  assert.match(await scope.text('verdict'), /\./);
  const cells = await scope.page.locator('.readings tbody tr').last().allTextContents();
  assert.ok(cells.length > 0 && !/NaN|none/.test(cells[0]), cells[0]);

  await scope.part('one-step').click();
  await reaches(scope, paused + 1);
  await phase(scope, 'resting');
  assert.equal(await step(scope), paused + 1);
  await scope.part('how-many').fill('2');
  await scope.part('more-steps').click();
  await reaches(scope, paused + 3);
  await phase(scope, 'resting');
  await drawnAt(scope, paused + 3);
  assert.notDeepEqual(await scope.pixels('sample-0'), first, 'it draws otherwise now');
  const before = await download(scope);
  assert.equal(before.name, `run-${paused + 3}.safetensors`);

  // After a reload it can be gone on with, exactly where it was.
  await enter(scope);
  assert.match(await scope.text('offer'), new RegExp(`Go on with twins step ${paused + 3},`));
  await scope.part('restore').click();
  await phase(scope, 'resting');
  assert.equal(await step(scope), paused + 3);
  assert.deepEqual(weights((await download(scope)).bytes), weights(before.bytes));
  assert.equal(await scope.page.locator('.plot').count(), 4, 'its curves came with it');

  // The command goes on with the downloaded file, and the page with the command's.
  const native = resumed(before.bytes, 'twins', paused + 4);
  await scope.part('put-away').click();
  await phase(scope, 'none');
  await scope.part('open-run').setInputFiles({ name: 'latest.safetensors', mimeType: 'application/octet-stream', buffer: native });
  await phase(scope, 'resting');
  assert.equal(await step(scope), paused + 4);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('what cannot be opened is told, and the room goes on', async () => {
  const scope = await room();
  await scope.part('open-run').setInputFiles({ name: 'notes.safetensors', mimeType: 'text/plain', buffer: Buffer.from('no run at all') });
  await scope.part('training-notice').waitFor({ timeout: PATIENCE });
  assert.match(await scope.text('training-notice'), /^notes\.safetensors: /);
  await phase(scope, 'none');
  await scope.part('begin').click();
  await phase(scope, 'going');
  await scope.part('pause').click();
  await phase(scope, 'resting');
  await scope.page.getByTestId('room-look').click();
  assert.equal(await scope.settled(), 'ready');
  await scope.page.getByTestId('room-train').click();
  await phase(scope, 'resting');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

// A picture of one colour on the left and another on the right.
function halves(width, height, left, right) {
  const png = new PNG({ width, height });
  for (let at = 0; at < width * height; at++) {
    const colour = at % width < width / 2 ? left : right;
    png.data.set([...colour, 255], 4 * at);
  }
  return PNG.sync.write(png);
}

test('own pictures are cut square, made small, shown, and learned from; what is none is listed', async () => {
  const scope = await room();
  await scope.part('world-own').evaluate((input) => input.click());
  assert.ok(await scope.part('begin').isDisabled(), 'there is nothing to learn from yet');
  const [red, blue] = [[200, 0, 0], [0, 0, 200]];
  const image = (name, buffer) => ({ name, mimeType: 'image/png', buffer });
  await scope.part('own-files').setInputFiles([
    image('wide.png', halves(300, 100, red, blue)),
    image('small.png', halves(32, 32, blue, red)),
    image('broken.png', Buffer.from('not a picture')),
  ]);
  await scope.part('album-made').waitFor({ timeout: PATIENCE });
  assert.match(await scope.text('album-made'), /^2 pictures, 32×32/);
  assert.match(await scope.text('unreadable'), /^1 files? left out/);
  // The middle third of the wide one, whose halves meet in the middle.
  const wide = await scope.pixels('own-0');
  assert.deepEqual([...wide.subarray(0, 4)], [...red, 255]);
  assert.deepEqual([...wide.subarray(4 * 31, 4 * 32)], [...blue, 255]);
  assert.equal(wide.length, 4 * 32 * 32);
  const small = await scope.pixels('own-1');
  assert.deepEqual([...small.subarray(0, 4)], [...blue, 255]);

  await scope.part('mirror').click();
  await scope.page.getByText('4 pictures, 32×32').waitFor({ timeout: PATIENCE });
  await scope.part('begin').click();
  await phase(scope, 'going');
  await reaches(scope, 1);
  await scope.part('pause').click();
  await phase(scope, 'resting');
  const paused = await step(scope);

  // The pictures are kept with the run.
  await enter(scope);
  assert.match(await scope.text('offer'), /your own pictures/);
  await scope.part('restore').click();
  await phase(scope, 'resting');
  await scope.part('one-step').click();
  await reaches(scope, paused + 1);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('nothing keeps people out of the training room, on a wide screen and a narrow one', async () => {
  for (const viewport of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
    const scope = await room({ viewport });
    assert.deepEqual(await scope.barriers(), []);
    await scope.part('begin').click();
    await phase(scope, 'going');
    await reaches(scope, 2);
    await scope.part('pause').click();
    await phase(scope, 'resting');
    await drawnAt(scope, await step(scope));
    assert.deepEqual(await scope.barriers(), []);
    const wider = await scope.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wider <= 0, `${wider} px too wide at ${viewport.width}`);
    await scope.close();
  }
});
