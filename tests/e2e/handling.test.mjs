// Pointing, pinning and typing; what the address bar keeps; narrow screens.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch } from '../support/chromium.mjs';
import { required } from '../support/environment.mjs';
import { FIXTURE, fixture } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';
import { serve } from '../support/site.mjs';

const VIEW = { device: 'cpu', count: 2, checkpoint: FIXTURE };

let site;
let browser;

before(async () => {
  site = await serve(required('DIST', 'the built site'));
  site.files.set(FIXTURE, fixture());
  browser = await launch('none');
});

after(async () => {
  await browser?.close();
  await site?.close();
});

async function opened(parameters, options) {
  const scope = await Saganscope.tab(browser, options);
  assert.equal(await scope.open(site.url, { ...VIEW, ...parameters }), 'ready');
  return scope;
}

// The pixel that saved rows are of, as "x-y".
async function pixel(scope) {
  const { name } = await scope.saveRow(0);
  return /pixel(\d+-\d+)\.csv$/.exec(name)[1];
}

test('arrow keys move the pixel, Enter pins it, Escape lets it go', async () => {
  const scope = await opened({ seed: 3 });
  await scope.point(10, 12);
  assert.equal(await pixel(scope), '10-12');

  await scope.part('picture').focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'ArrowUp']) {
    await scope.page.keyboard.press(key);
  }
  assert.equal(await pixel(scope), '11-11');

  await scope.part('picture').focus();
  await scope.page.keyboard.press('Enter');
  await scope.point(40, 50);
  assert.equal(await pixel(scope), '11-11', 'a pinned pixel stays while the pointer moves');
  assert.equal(scope.parameter('pinned'), '1', 'the address keeps the pin');

  await scope.part('picture').focus();
  await scope.page.keyboard.press('Escape');
  assert.equal(scope.parameter('pinned'), null);
  await scope.point(40, 50);
  assert.equal(await pixel(scope), '40-50');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('a click pins, and the maps change with the pixel', async () => {
  const scope = await opened({ seed: 3 });
  await scope.point(8, 8);
  const before = await scope.pixels('heat-1');
  await scope.point(50, 40);
  assert.notDeepEqual(await scope.pixels('heat-1'), before);
  await scope.page.mouse.down();
  await scope.page.mouse.up();
  await scope.point(8, 8);
  assert.equal(await pixel(scope), '50-40');
  await scope.close();
});

test('the address restores seed, sample and pin', async () => {
  const scope = await opened({ seed: 77 });
  await scope.part('sample-1').click();
  await scope.point(21, 34);
  await scope.page.mouse.down();
  await scope.page.mouse.up();
  const picture = await scope.pixels('picture');
  const row = await scope.saveRow(1);
  const address = scope.page.url();
  await scope.close();

  const again = await Saganscope.tab(browser);
  await again.page.goto(address);
  assert.equal(await again.settled(), 'ready');
  assert.equal(await again.part('seed').inputValue(), '77');
  assert.deepEqual(await again.pixels('picture'), picture);
  assert.deepEqual(await again.saveRow(1), row);
  await again.close();
});

test('a seed can be typed, and the same seed gives the same pictures', async () => {
  const scope = await opened({ seed: 5 });
  const first = await scope.pixels('sample-0');
  await scope.part('new-samples').click();
  await scope.page.waitForFunction(() => new URLSearchParams(location.search).get('seed') !== '5');
  await scope.settled();
  assert.notDeepEqual(await scope.pixels('sample-0'), first);

  await scope.part('seed').fill('5');
  await scope.part('seed').press('Enter');
  await scope.page.waitForFunction(() => new URLSearchParams(location.search).get('seed') === '5');
  await scope.settled();
  assert.deepEqual(await scope.pixels('sample-0'), first);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('what is beside a map belongs to its row', async () => {
  const scope = await opened({ seed: 3 });
  await scope.point(30, 30);
  for (const [layer, side] of [16, 32].entries()) {
    const { keys } = await scope.saveRow(layer);
    const entropy = -keys.reduce((sum, { weight }) => sum + (weight > 0 ? weight * Math.log(weight) : 0), 0);
    const shown = Number.parseFloat(/[\d.]+/.exec(await scope.text(`stat-${layer}-effective`))[0]);
    const effective = Math.exp(entropy);
    assert.ok(Math.abs(shown - effective) <= 0.02 * effective + 0.06, `${shown} of ${side * side}, not ${effective}`);
    assert.match(await scope.text(`stat-${layer}-gamma`), /0\.80?\b/);
    assert.match(await scope.text(`stat-${layer}-share`), /\d\s*%/);
    assert.match(await scope.text(`stat-${layer}-kl`), /\d/);
  }
  await scope.close();
});

test('390 pixels are wide enough, by touch too', async () => {
  const scope = await opened({ seed: 3 }, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const widths = await scope.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(widths[0] <= 390 && widths[1] <= 390, `the page is ${widths[0]} pixels wide in ${widths[1]}`);

  await scope.part('picture').scrollIntoViewIfNeeded();
  const box = await scope.part('picture').boundingBox();
  await scope.page.touchscreen.tap(box.x + (12.5 * box.width) / 64, box.y + (40.5 * box.height) / 64);
  assert.equal(await pixel(scope), '12-40');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('every control can be reached by keyboard and has a name', async () => {
  const scope = await opened({ seed: 3 });
  const nameless = await scope.page.evaluate(() => {
    const controls = document.querySelectorAll('button, input, select, a[href], [tabindex]:not([tabindex="-1"])');
    const name = (element) =>
      element.getAttribute('aria-label') ||
      (element.getAttribute('aria-labelledby') ?? '')
        .split(' ')
        .map((id) => document.getElementById(id)?.textContent ?? '')
        .join('') ||
      element.labels?.[0]?.textContent ||
      element.textContent ||
      element.title;
    return [...controls].filter((element) => !name(element).trim()).map((element) => element.outerHTML);
  });
  assert.deepEqual(nameless, []);

  const reached = new Set();
  for (let presses = 0; presses < 60; presses++) {
    await scope.page.keyboard.press('Tab');
    const id = await scope.page.evaluate(() => document.activeElement?.closest('[data-testid]')?.dataset.testid);
    if (id) reached.add(id);
  }
  for (const id of ['seed', 'new-samples', 'picture', 'save-row-0', 'save-row-1']) {
    assert.ok(reached.has(id), `Tab reaches ${id}`);
  }
  await scope.close();
});
