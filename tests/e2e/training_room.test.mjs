// The training room as a visitor handles it: a run from the form, its pictures and curves, what is
// kept of it, and own pictures. On the CPU, with the smallest networks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PNG } from 'pngjs';

import { hosted } from '../support/hosted.mjs';
import { begun, download, drawnAt, enter, paused, phase, putAway, reaches, room, step } from '../support/room.mjs';
import { headerOf, weights } from '../support/safetensors.mjs';
import { resumed } from '../support/sagan.mjs';

const PATIENCE = 240_000;

const { site, browser } = await hosted('none');

test('a visitor trains, pauses, looks, reloads and goes on; nothing is lost', async () => {
  const scope = await room(browser, site);
  assert.equal(scope.parameter('room'), 'train');
  await scope.part('probe').click();
  await scope.page.getByText(/A step takes .* 1000 steps.* It holds about [\d.]+ MB of memory\./).waitFor({ timeout: PATIENCE });

  await begun(scope, 3);
  const rest = await paused(scope);
  assert.ok(rest >= 3);
  assert.match(await scope.text('kept'), new RegExp(`^Step ${rest} is kept`));
  await drawnAt(scope, rest);

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
  await reaches(scope, rest + 1);
  await phase(scope, 'resting');
  assert.equal(await step(scope), rest + 1);
  await scope.part('how-many').fill('2');
  await scope.part('more-steps').click();
  await reaches(scope, rest + 3);
  await phase(scope, 'resting');
  await drawnAt(scope, rest + 3);
  assert.notDeepEqual(await scope.pixels('sample-0'), first, 'it draws otherwise now');
  const before = await download(scope);
  assert.equal(before.name, `run-${rest + 3}.safetensors`);

  // After a reload it can be gone on with, exactly where it was.
  await scope.page.getByText(new RegExp(`^Step ${rest + 3} is kept`)).waitFor({ timeout: PATIENCE });
  await enter(scope, site);
  assert.match(await scope.text('offer'), new RegExp(`Go on with twins step ${rest + 3},`));
  await scope.part('restore').click();
  await phase(scope, 'resting');
  assert.equal(await step(scope), rest + 3);
  assert.deepEqual(weights((await download(scope)).bytes), weights(before.bytes));
  assert.equal(await scope.page.locator('.plot').count(), 4, 'its curves came with it');

  // The command goes on with the downloaded file, and the page with the command's.
  const native = resumed(before.bytes, 'twins', rest + 4);
  await putAway(scope);
  await scope.part('open-run').setInputFiles({ name: 'latest.safetensors', mimeType: 'application/octet-stream', buffer: native });
  await phase(scope, 'resting');
  assert.equal(await step(scope), rest + 4);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('another run takes the place of the open one, which says beforehand what differs', async () => {
  const scope = await room(browser, site);
  await begun(scope, 2);
  await scope.part('running-choices').locator('summary').first().click();
  const differing = scope.page.locator('.differs');
  assert.equal(await differing.count(), 0);
  assert.match(await scope.text('restart-says'), /^Choose otherwise/);
  await scope.choose('pictures-a-step-8');
  assert.equal(await differing.count(), 1);
  assert.match(await differing.textContent(), /Differs from the running one: restart\./);
  await scope.part('more-choices').click();
  await scope.choose('β₁-and-β₂-0.5-and-0.999');
  await scope.choose('attention-in-the-discriminator-none');
  assert.equal(await differing.count(), 3);
  assert.match(await scope.text('restart-says'), /^Pause the run first/);
  assert.ok(await scope.part('restart').isDisabled());
  const rest = await paused(scope);
  assert.match(await scope.text('restart-says'), /^The run so far stays in this browser/);
  assert.deepEqual(await scope.barriers(), []);

  await scope.part('restart').click();
  await phase(scope, 'going');
  await reaches(scope, 1);
  await paused(scope);
  const { training, config } = headerOf((await download(scope)).bytes);
  assert.deepEqual([training.batch, config.z_dim], [8, 32]);
  for (const { beta1, beta2 } of [training.generator, training.discriminator]) assert.deepEqual([beta1, beta2], [0.5, 0.999]);
  assert.deepEqual([config.generator_attention, config.discriminator_attention], [[8, 16], []]);
  assert.ok(config.smooth_keys, 'as the shipped models have it');
  await putAway(scope);
  // Both are kept.
  const steps = await scope.page.locator('[data-testid=kept-run]').allTextContents();
  assert.equal(steps.length, 2);
  assert.ok(steps.some((row) => row.includes(`${rest}`)), `${steps} ${rest}`);

  // All as at first but the pictures.
  await scope.part('more-choices').click();
  await scope.choose('latents-8');
  await scope.choose('β₁-and-β₂-0.9-and-0.999');
  await scope.part('reset-form').click();
  const chosen = (name) => scope.part(name).isChecked();
  assert.deepEqual(await Promise.all(['latents-32', 'width-of-the-networks-16', 'world-twins'].map(chosen)), [true, true, true]);
  assert.ok(await scope.part('reset-form').isDisabled());
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('what cannot be opened is told, and the room goes on', async () => {
  const scope = await room(browser, site);
  await scope.part('open-run').setInputFiles({ name: 'notes.safetensors', mimeType: 'text/plain', buffer: Buffer.from('no run at all') });
  await scope.part('training-notice').waitFor({ timeout: PATIENCE });
  assert.match(await scope.text('training-notice'), /^notes\.safetensors: /);
  await phase(scope, 'none');
  await begun(scope, 1);
  await paused(scope);
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
  const scope = await room(browser, site);
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
  await begun(scope, 1);
  const rest = await paused(scope);

  // The pictures are kept with the run.
  await enter(scope, site);
  assert.match(await scope.text('offer'), /your own pictures/);
  await scope.part('restore').click();
  await phase(scope, 'resting');
  await scope.part('one-step').click();
  await reaches(scope, rest + 1);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('nothing keeps people out of the training room, on a wide screen and a narrow one', async () => {
  for (const viewport of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
    const scope = await room(browser, site, { viewport });
    assert.deepEqual(await scope.barriers(), []);
    await begun(scope, 2);
    await drawnAt(scope, await paused(scope));
    assert.deepEqual(await scope.barriers(), []);
    const wider = await scope.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wider <= 0, `${wider} px too wide at ${viewport.width}`);
    await scope.close();
  }
});
