// A narrow screen: picture and maps are seen together, at every width nothing is cut off, and the
// map over the picture is as opaque as one likes.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hosted } from '../support/hosted.mjs';
import { FIXTURE, fixture } from '../support/sagan.mjs';

const VIEW = { device: 'cpu', count: 2, seed: 3, sample: 0, checkpoint: FIXTURE };

const { site, opener } = await hosted('none');
site.files.set(FIXTURE, fixture());
const opened = opener(VIEW);

for (const [width, height] of [[390, 844], [360, 740]]) {
  test(`the picture and both maps are on a screen of ${width}×${height} together`, async () => {
    const scope = await opened({}, { viewport: { width, height }, hasTouch: true, isMobile: true });
    const [picture, ...maps] = await Promise.all(['picture', 'map-0', 'map-1'].map((name) => scope.part(name).boundingBox()));
    for (const box of [picture, ...maps]) {
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height, JSON.stringify(box));
    }
    assert.ok(picture.width >= 230 && maps.every((map) => map.width >= 140), 'large enough to be touched');
    assert.ok(maps.every((map) => map.y >= picture.y + picture.height) && maps[0].x + maps[0].width <= maps[1].x);
    assert.equal(await scope.page.evaluate(() => scrollY), 0);
    // A finger on the picture moves what both maps show.
    const before = await scope.part('heat-1').evaluate((canvas) => canvas.toDataURL());
    await scope.page.touchscreen.tap(picture.x + 0.8 * picture.width, picture.y + 0.2 * picture.height);
    const after = await scope.part('heat-1').evaluate((canvas) => canvas.toDataURL());
    assert.notEqual(after, before);
    assert.deepEqual(await scope.barriers(), []);
    await scope.close();
  });
}

for (const [width, height] of [[820, 1180], [1024, 700], [1121, 800], [1280, 800], [1366, 768], [1920, 1000]]) {
  test(`the picture and both maps are in a window of ${width}×${height} together`, async () => {
    const scope = await opened({}, { viewport: { width, height } });
    const boxes = await Promise.all(['picture', 'map-0', 'map-1'].map((name) => scope.part(name).boundingBox()));
    for (const box of boxes) {
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height, JSON.stringify(box));
    }
    const [picture, ...maps] = boxes;
    assert.ok(picture.width >= 360 && maps.every((map) => map.width >= 150 && map.x >= picture.x + picture.width));
    await scope.close();
  });
}

test('whoever chooses another picture on a phone is shown it', async () => {
  const scope = await opened({}, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const thumbnail = scope.page.getByRole('button', { name: 'Sample 1' });
  await thumbnail.scrollIntoViewIfNeeded();
  const seen = async () => {
    const { y, height } = await scope.part('picture').boundingBox();
    return Math.min(y + height, 844) - Math.max(y, 0) >= height / 2;
  };
  assert.equal(await seen(), false);
  await thumbnail.tap();
  await scope.page.waitForFunction(() => new URL(location.href).searchParams.get('sample') === '1');
  for (let tries = 0; tries < 50 && !(await seen()); tries++) await scope.page.waitForTimeout(100);
  assert.ok(await seen());
  await scope.close();
});

test('no width scrolls sideways, with everything unfolded', async () => {
  const scope = await opened({ g1: 0.5, toward: '1*0.5', across: 1, view: 'bits' });
  await scope.part('change-summary').waitFor();
  for (const width of [360, 390, 701, 1121, 1600, 2560]) {
    await scope.page.setViewportSize({ width, height: 800 });
    const wide = await scope.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${wide} in ${width}`);
  }
  await scope.close();
});

test('the map over the picture is as opaque as one likes, and the address says so', async () => {
  const scope = await opened({ opacity: 40 });
  const opacity = () => scope.part('veil').evaluate((canvas) => Number(getComputedStyle(canvas).opacity));
  assert.ok(Math.abs((await opacity()) - 0.4) < 1e-6);
  await scope.part('display').evaluate((details) => { details.open = true; });
  const slide = (value) => scope.part('opacity').evaluate((slider, value) => {
    slider.value = value;
    slider.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }, value);
  await slide('75');
  assert.ok(Math.abs((await opacity()) - 0.75) < 1e-6);
  assert.equal(scope.parameter('opacity'), '75');
  await slide('100');
  assert.equal(scope.parameter('opacity'), null);
  assert.equal(await opacity(), 1);
  await scope.close();
});
