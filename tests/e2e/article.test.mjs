// The article's live links and the tour: each sets the instrument, and what is said of it is so.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hosted } from '../support/hosted.mjs';
import { Saganscope } from '../support/saganscope.mjs';

const { site, browser } = await hosted('none');

async function opened(parameters = {}, options = {}) {
  const scope = await Saganscope.tab(browser, options);
  assert.equal(await scope.open(site.url, { device: 'cpu', ...parameters }), 'ready');
  return scope;
}

// Follows a live link, and checks that the address says what the link says.
async function follow(scope, link) {
  const wanted = new URL(await link.getAttribute('href'), scope.page.url()).searchParams;
  await link.click();
  await arrived(scope, wanted);
}

async function arrived(scope, wanted) {
  // The first model and the usual reading have no name in the address.
  const usual = { model: 'upright-butterflies', read: 'looks', way: 'from' };
  await scope.page.waitForFunction(
    ([pairs, usual]) => {
      const now = new URL(location.href).searchParams;
      return pairs.every(([name, value]) => (now.get(name) ?? usual[name]) === value);
    },
    [[...wanted], usual],
  );
  assert.equal(await scope.settled(), 'ready');
}

const strongest = ({ keys }) => keys.reduce((best, key) => (key.weight > best.weight ? key : best));

test('every live link of the article sets the instrument', async () => {
  const scope = await opened({ seed: 5 });
  const links = await scope.page.locator('.article a.live').all();
  assert.ok(links.length >= 8, `${links.length} links`);
  for (const link of links) await follow(scope, link);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('freckle and eye look at their partners, and in the plain form the background at one spot', async () => {
  const scope = await opened();
  const link = (words) => scope.page.getByRole('link', { name: words });
  // What the row of the finer map puts on a cell and those around it.
  const around = async (x, y) => {
    const near = (await scope.saveRow(1)).keys.filter((key) => Math.abs(key.x - x) <= 1 && Math.abs(key.y - y) <= 1);
    assert.equal(near.length, 9);
    return near.reduce((sum, { weight }) => sum + weight, 0);
  };
  // The pixel is 53, 15 of 64: cell 26, 7 of 32. Its mirror image is cell 5, 7.
  await follow(scope, link('a freckle asks, and the mirrored freckle answers'));
  const freckle = await around(5, 7);
  assert.ok(freckle > 0.6, `${freckle} of the row on the mirrored freckle`);
  // 25, 29: cell 12, 14, mirrored 19, 14.
  await follow(scope, link('an eye asks, and the other eye answers'));
  const eye = await around(19, 14);
  assert.ok(eye > 0.5, `${eye} of the row on the other eye`);

  await follow(scope, link('one side of the background looks at one spot'));
  const left = strongest(await scope.saveRow(0));
  assert.ok(left.weight > 0.5, `${left.weight} on one cell`);
  await follow(scope, link('the other side looks at the same'));
  const right = strongest(await scope.saveRow(0));
  assert.ok(right.weight > 0.5, `${right.weight} on one cell`);
  assert.deepEqual([right.x, right.y], [left.x, left.y]);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('on a phone every step of the tour shows the picture and both maps', async () => {
  const [width, height] = [390, 844];
  const scope = await opened({}, { viewport: { width, height }, hasTouch: true, isMobile: true });
  await scope.part('tour').tap();
  for (const step of [1, 2, 3, 4, 5]) {
    assert.match(await scope.text('tour-words'), new RegExp(`^${step} of 5 `));
    assert.equal(await scope.settled(), 'ready');
    await scope.part('map-1').waitFor();
    const half = async () => {
      const boxes = await Promise.all(['picture', 'map-0', 'map-1'].map((name) => scope.part(name).boundingBox()));
      return boxes.every((box) => Math.min(box.y + box.height, height) - Math.max(box.y, 0) >= box.height / 2);
    };
    for (let tries = 0; tries < 50 && !(await half()); tries++) await scope.page.waitForTimeout(100);
    assert.ok(await half(), `step ${step}`);
    await scope.part('tour-next').tap();
  }
  await scope.close();
});

test('the tour goes forth and back through five views, by keyboard too', async () => {
  const scope = await opened({ seed: 7, model: 'upright-butterflies' });
  await scope.part('tour').focus();
  await scope.page.keyboard.press('Enter');
  const said = async (step) => {
    const words = await scope.text('tour-words');
    assert.match(words, new RegExp(`^${step} of 5 `));
  };
  await said(1);
  await arrived(scope, new URLSearchParams({ model: 'faces', seed: '1', sample: '8', pins: '25.29' }));
  for (const step of [2, 3, 4, 5]) {
    await scope.part('tour-next').click();
    await said(step);
    assert.equal(await scope.settled(), 'ready');
  }
  await arrived(scope, new URLSearchParams({ model: 'plain-faces', read: 'everybody' }));
  assert.deepEqual(await scope.barriers(), []);
  await scope.part('tour-back').click();
  await said(4);
  await scope.part('tour-leave').click();
  assert.equal(await scope.part('tour-words').count(), 0);
  assert.deepEqual([scope.parameter('model'), scope.parameter('seed'), scope.parameter('read')], [null, '7', null], 'the view from before is back');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});
