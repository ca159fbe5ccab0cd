// A figure or an address that is dropped while a run is open opens in place: the run goes on, and the
// browser's Back returns to it. On the CPU, with the smallest networks.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { hosted } from '../support/hosted.mjs';
import { begun, paused, phase, putAway, reaches, room } from '../support/room.mjs';

const PATIENCE = 240_000;

const { site, browser } = await hosted('none');

// Drops something onto the middle of the page: whether the page took it.
function drop(scope, { file, link }) {
  return scope.page.evaluate(({ file, link }) => {
    const transfer = new DataTransfer();
    if (file) transfer.items.add(new File([Uint8Array.from(file)], 'figure.svg', { type: 'image/svg+xml' }));
    else transfer.setData('text/uri-list', link);
    const target = document.querySelector('main');
    const taken = ['dragover', 'drop'].map((kind) => !target.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer })));
    return taken.every(Boolean);
  }, { file: file && Array.from(file), link });
}

const seedIs = (scope, seed) =>
  scope.page.waitForFunction((seed) => new URL(location).searchParams.get('seed') === seed, seed, { timeout: PATIENCE });

test('a dropped figure and a dropped address leave a run as it is, and Back returns to it', async () => {
  const scope = await room(browser, site);
  // A figure of the other room, whose view is not the one that is left.
  await scope.page.goto(`${site.url}?device=cpu&seed=7&sample=3&x=20&y=30`);
  assert.equal(await scope.settled(), 'ready');
  await scope.part('take-away').evaluate((details) => { details.open = true; });
  const [saved] = await Promise.all([scope.page.waitForEvent('download'), scope.part('take-svg').click()]);
  const figure = await readFile(await saved.path());
  const picture = await scope.pixels('sample-3');

  await scope.page.goto(`${site.url}?device=cpu&seed=2&room=train`);
  await scope.part('world-twins').evaluate((input) => input.click());
  await scope.choose('picture-size-32');
  await scope.choose('width-of-the-networks-8');
  await scope.choose('pictures-a-step-4');
  await begun(scope, 2);
  await scope.page.evaluate(() => { globalThis.samePage = true; });

  assert.ok(await drop(scope, { file: figure }));
  await seedIs(scope, '7');
  assert.equal(await scope.parameter('room'), null, 'the figure is of the other room');
  assert.match(await scope.text('notice'), /your run stays as it is in the other room/);
  assert.equal(await scope.settled(), 'ready');
  assert.deepEqual(await scope.pixels('sample-3'), picture);
  assert.equal(await scope.part('picture').getAttribute('data-query'), '20,30');

  await scope.page.goBack();
  await phase(scope, 'going');
  assert.equal(scope.parameter('seed'), '2');
  assert.ok(await scope.page.evaluate(() => globalThis.samePage), 'the page was never left');
  await reaches(scope, 8);

  // An address, from here or from elsewhere.
  assert.ok(await drop(scope, { link: 'https://example.org/?seed=5' }), 'the browser does not leave for it');
  await scope.page.waitForFunction(() => /no address of this page/.test(document.querySelector('[data-testid=notice]').textContent));
  assert.ok(await drop(scope, { link: `# a link\n${site.url}?seed=5&sample=1&paint=loud` }));
  await seedIs(scope, '5');
  assert.match(await scope.text('notice'), /asks for “paint=loud”|asks for “paint”/);
  await scope.page.goBack();
  await phase(scope, 'going');
  const rest = await paused(scope);
  assert.ok(rest >= 8);
  assert.ok(await scope.page.evaluate(() => globalThis.samePage));

  // Without a run the browser takes an address as it does everywhere.
  await putAway(scope);
  assert.equal(await drop(scope, { link: `${site.url}?seed=5` }), false);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});
