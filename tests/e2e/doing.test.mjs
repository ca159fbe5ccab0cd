// Changing something in the network while it draws: what the page then shows is what the native
// command draws with the same changes, it can be taken back, and redraws never queue.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { absolute } from '../support/distance.mjs';
import { hosted } from '../support/hosted.mjs';
import { FIXTURE, fixture, generate, meanRow, row } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';

const SEED = 3;
const VIEW = { device: 'cpu', count: 2, seed: SEED, sample: 0, checkpoint: FIXTURE };

const { site, browser, opener } = await hosted('none');
const checkpoint = fixture();
site.files.set(FIXTURE, checkpoint);
const unchanged = generate(checkpoint, SEED, 1);
const opened = opener(VIEW);

// Waits for the picture with the latest changes.
async function redrawn(scope) {
  await scope.page.locator('[data-changes=drawn]').waitFor({ timeout: 60_000 });
}

async function unfolded(scope) {
  await scope.part('change').evaluate((details) => { details.open = true; });
}

// Moves a slider as a hand does: `input` at each value, `change` at the end.
function slide(scope, name, values, pause = 0) {
  return scope.part(name).evaluate(async (slider, { values, pause }) => {
    for (const value of values) {
      slider.value = value;
      slider.dispatchEvent(new InputEvent('input', { bubbles: true }));
      if (pause) await new Promise((done) => setTimeout(done, pause));
    }
    slider.dispatchEvent(new Event('change', { bubbles: true }));
  }, { values, pause });
}

// Moves the pointer over the middle of a cell of a layer's map.
async function over(scope, layer, x, y) {
  const side = [16, 32][layer];
  const frame = scope.part(`map-${layer}`);
  await frame.scrollIntoViewIfNeeded();
  const box = await frame.boundingBox();
  await scope.page.mouse.move(box.x + ((x + 0.5) * box.width) / side, box.y + ((y + 0.5) * box.height) / side);
  // The page takes the pointer's place once a frame; no hand presses a key within one.
  await scope.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

// A saved row is this row of the native command's map.
function sameRow(keys, expected, what) {
  assert.ok(keys.length === expected.length && keys.length > 0, what);
  for (const [key, { weight }] of keys.entries()) {
    const off = Math.abs(weight - expected[key]);
    assert.ok(off <= 1e-5 + 1e-3 * expected[key], `${what}, key ${key}: ${weight} is not ${expected[key]}`);
  }
}

// The cells that a layer's rows look at most on average.
function lookedAt(layer) {
  const mean = Array.from(meanRow(unchanged.raw, layer, 0).entries());
  return mean.sort((a, b) => b[1] - a[1]).map(([key]) => key);
}

// Clicks this pixel of the picture, which the panel below it may have scrolled away.
async function pin(scope, x, y) {
  await scope.part('picture').scrollIntoViewIfNeeded();
  await scope.click(x, y);
  assert.equal(await scope.part('picture').getAttribute('data-query'), `${x},${y}`);
}

// The picture shown is that of `sagan generate` with these options, and not the unchanged one.
async function sameAs(scope, options, what) {
  const native = generate(checkpoint, SEED, 1, ...options);
  const shown = await scope.pixels('picture');
  assert.ok(absolute(shown, native.pictures[0]) <= 2, `${what}: off by ${absolute(shown, native.pictures[0])}/255`);
  const moved = absolute(native.pictures[0], unchanged.pictures[0]);
  assert.ok(moved > 4 && moved < Infinity, `${what} changes the picture, by ${moved}/255 at most`);
  return native;
}

test('γ, other maps and masked keys draw what the native command draws', async () => {
  const scope = await opened({});
  assert.ok(absolute(await scope.pixels('picture'), unchanged.pictures[0]) <= 2);
  assert.equal(await scope.part('gamma-0').isVisible(), false, 'the panel is folded away at first');
  await scope.page.keyboard.press('e');
  await scope.part('gamma-0').waitFor({ state: 'visible' });

  await slide(scope, 'gamma-0', ['0']);
  await redrawn(scope);
  await sameAs(scope, ['--gamma1', '0'], 'γ off');
  assert.equal(await scope.part('changed').isVisible(), true);
  await slide(scope, 'gamma-1', ['1.5']);
  await redrawn(scope);
  await sameAs(scope, ['--gamma1', '0', '--gamma2', '1.5'], 'another γ besides');
  await scope.part('reset').click();

  for (const [layer, choice, options] of [
    [0, 'uniform', ['--uniform', '1']],
    [1, 'mean', ['--mean-row', '2']],
    [1, 'shuffled', ['--shuffle', '2:1']],
  ]) {
    await scope.choose(`ablate-${layer}-${choice}`);
    await redrawn(scope);
    await sameAs(scope, options, choice);
    await scope.part('reset').click();
    assert.ok(absolute(await scope.pixels('picture'), unchanged.pictures[0]) <= 2, 'a reset');
  }

  // Another sample's map: the next one's at first, then any.
  await scope.choose('ablate-0-patch');
  await redrawn(scope);
  await sameAs(scope, ['--patch', `1:${SEED}:1`], 'the map of sample 1');
  assert.equal(await scope.text('note-0'), 'The map of sample 1.');
  await scope.page.waitForURL((url) => url.searchParams.get('a1') === `sample.${SEED}.1`);
  await scope.part('patch-0').fill('0');
  await scope.part('patch-0').press('Enter');
  await scope.page.waitForURL((url) => url.searchParams.get('a1') === `sample.${SEED}.0`);
  await redrawn(scope);
  assert.ok(absolute(await scope.pixels('picture'), unchanged.pictures[0]) <= 2, 'its own map');
  await scope.part('undo').click();
  await redrawn(scope);
  await sameAs(scope, ['--patch', `1:${SEED}:1`], 'undone');
  await scope.part('reset').click();
  const linked = await opened({ a2: 'sample.7.2' });
  await redrawn(linked);
  await sameAs(linked, ['--patch', '2:7:2'], 'by a link, of another seed');
  assert.equal(await linked.text('note-1'), 'The map of sample 2 of seed 7.');
  await linked.close();

  // M over a cell of a map: those that the pixel looks at most.
  await pin(scope, 30, 30);
  const strongest = Array.from(row(unchanged.raw, 2, 0, 15 * 32 + 15).entries()).sort((a, b) => b[1] - a[1]);
  const keys = strongest.slice(0, 3).map(([key]) => key);
  for (const key of keys) {
    await over(scope, 1, key % 32, Math.floor(key / 32));
    await scope.page.keyboard.press('m');
    // What was drawn before stands until then.
    await scope.page.waitForURL((url) => url.searchParams.get('k2')?.split(/[*.]/).includes(`${key}`));
    await redrawn(scope);
  }
  const native = await sameAs(scope, ['--mask', `2:${keys}`], 'masked keys');
  const saved = await scope.saveRow(1);
  const expected = row(native.raw, 2, 0, 15 * 32 + 15);
  sameRow(saved.keys, expected, 'the map is the changed one');
  for (const key of keys) assert.ok(saved.keys[key].weight < 1e-6, 'nobody looks at a masked key');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('a change in the first layer makes the second map the redrawn one, and the page says so', async () => {
  const scope = await opened({});
  await pin(scope, 30, 30);
  assert.equal(await scope.part('note-1').count(), 0);
  const before = await scope.saveRow(1);
  await unfolded(scope);
  await slide(scope, 'gamma-0', ['0']);
  await redrawn(scope);
  assert.match(await scope.text('note-1'), /redrawn picture.*16×16/);
  const { keys } = await scope.saveRow(1);
  const native = generate(checkpoint, SEED, 1, '--gamma1', '0');
  const weights = (row) => row.map(({ weight }) => weight);
  sameRow(keys, row(native.raw, 2, 0, 15 * 32 + 15), 'the redrawn map');
  assert.ok(absolute(weights(keys), weights(before.keys)) > 1e-3, 'it is another map, or nothing is tested');
  await scope.close();
});

test('the difference is told in numbers', async () => {
  const scope = await opened({ g1: '0' });
  await redrawn(scope);
  const [before, after] = [await scope.pixels('before'), await scope.pixels('picture')];
  const apart = Array.from(before, (value, i) => Math.abs(value - after[i])).filter((_, i) => i % 4 !== 3);
  const mean = apart.reduce((a, b) => a + b) / apart.length;
  assert.ok(mean > 1);
  assert.ok(Math.abs((await scope.figure('difference-mean')) - mean) < 1e-6);
  const shown = (await scope.pixels('difference')).filter((_, i) => i % 4 !== 3);
  const gain = Number(/(\d+)× brighter/.exec(await scope.text('change'))?.[1] ?? 1);
  assert.ok(absolute(shown, apart.map((value) => gain * value)) <= 1);
  await scope.close();
});

test('every change can be taken back and made again', async () => {
  const scope = await opened({});
  const own = await scope.pixels('picture');
  await unfolded(scope);
  await slide(scope, 'gamma-0', ['0.8', '0.5', '0.2']);
  await redrawn(scope);
  const once = await scope.pixels('picture');
  await scope.choose('ablate-1-uniform');
  await redrawn(scope);
  const twice = await scope.pixels('picture');
  assert.notDeepEqual(once, own);
  assert.notDeepEqual(twice, once);

  await scope.part('picture').focus();
  await scope.page.keyboard.press('Control+z');
  await redrawn(scope);
  assert.deepEqual(await scope.pixels('picture'), once);
  await scope.page.keyboard.press('Control+z');
  await scope.page.locator('[data-changes=none]').waitFor();
  assert.deepEqual(await scope.pixels('picture'), own, 'a slider that was dragged is one step');
  assert.equal(await scope.part('undo').isDisabled(), true);
  await scope.page.keyboard.press('Control+Shift+z');
  await scope.page.keyboard.press('Control+y');
  await redrawn(scope);
  assert.deepEqual(await scope.pixels('picture'), twice);
  await scope.part('reset').click();
  assert.deepEqual(await scope.pixels('picture'), own);
  await scope.part('undo').click();
  await redrawn(scope);
  assert.deepEqual(await scope.pixels('picture'), twice);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

// Counts in the page the requests for changed pictures (their topic is 2), and how many were under
// way at once.
const COUNT = () => {
  const TOPIC = 2;
  const Native = globalThis.Worker;
  const count = { asked: 0, most: 0 };
  const underWay = new Set();
  globalThis.redraws = count;
  globalThis.Worker = class extends Native {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        if (!data?.answer?.Draw?.Sample) underWay.delete(data?.to);
      });
    }

    postMessage(message, ...rest) {
      if (message?.ask?.Draw?.Pictures?.topic === TOPIC) {
        underWay.add(message.id);
        count.asked += 1;
        count.most = Math.max(count.most, underWay.size);
      }
      return super.postMessage(message, ...rest);
    }
  };
};

test('a slider that is dragged is followed, but redraws never queue', async () => {
  const scope = await Saganscope.tab(browser);
  await scope.page.addInitScript(COUNT);
  assert.equal(await scope.open(site.url, VIEW), 'ready');
  await unfolded(scope);
  // Not across the stored value, where nothing is changed and what is under way is given up.
  const values = Array.from({ length: 19 }, (_, i) => String(Math.round((18 - i) * 5) / 100));
  await slide(scope, 'gamma-0', values, 2);
  await redrawn(scope);
  const { asked, most } = await scope.page.evaluate(() => globalThis.redraws);
  assert.equal(most, 1, 'requests under way at once');
  assert.ok(asked >= 2 && asked < values.length, `${asked} of ${values.length} values were drawn`);
  await sameAs(scope, ['--gamma1', '0'], 'the last value');
  console.log(`${asked} of ${values.length} values of a slider were drawn`);
  await scope.close();
});

test('a brush masks or makes heavier what it is drawn over, and a second stroke gives it back', async () => {
  const scope = await opened({});
  await pin(scope, 30, 30);
  await unfolded(scope);
  await scope.choose('brush-mask');
  await over(scope, 0, 3, 4);
  await scope.page.mouse.down();
  await over(scope, 0, 9, 4);
  await over(scope, 0, 9, 7);
  await scope.page.mouse.up();
  await redrawn(scope);
  const stroke = [...Array.from({ length: 7 }, (_, i) => 4 * 16 + 3 + i), 5 * 16 + 9, 6 * 16 + 9, 7 * 16 + 9];
  assert.equal(scope.parameter('pins'), '30.30', 'the pin stays');
  await sameAs(scope, ['--mask', `1:${stroke}`], 'a stroke');

  await scope.choose('brush-4');
  const heavy = lookedAt(1).find((key) => !stroke.includes(key));
  const onHeavy = () => over(scope, 0, heavy % 16, Math.floor(heavy / 16));
  await onHeavy();
  await scope.page.mouse.down();
  await scope.page.mouse.up();
  await redrawn(scope);
  await sameAs(scope, ['--mask', `1:${stroke}`, '--weigh', `1:4:${heavy}`], 'a heavier key besides');
  await scope.page.waitForURL((url) => url.searchParams.get('k1') === `0*67-73.89.105.121_4*${heavy}`);

  await onHeavy();
  await scope.page.mouse.down();
  await scope.page.mouse.up();
  await redrawn(scope);
  await sameAs(scope, ['--mask', `1:${stroke}`], 'given back');
  await scope.part('undo').click();
  await scope.part('undo').click();
  await scope.part('undo').click();
  assert.equal(await scope.part('undo').isDisabled(), true, 'a stroke is one step');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('a key can be masked for one pixel alone', async () => {
  const scope = await opened({});
  await pin(scope, 30, 30);
  await unfolded(scope);
  await scope.part('only-pixel').check();
  const [own, other] = [15 * 32 + 15, 10 * 32 + 20];
  const [key] = Array.from(row(unchanged.raw, 2, 0, own).entries()).sort((a, b) => b[1] - a[1])[0];
  await over(scope, 1, key % 32, Math.floor(key / 32));
  await scope.page.keyboard.press('m');
  await redrawn(scope);
  assert.match(await scope.text('change'), /masked, for \(15, 15\) only/);
  const masked = await scope.saveRow(1);
  const wanted = Float64Array.from(row(unchanged.raw, 2, 0, own));
  const rest = 1 - wanted[key];
  const renormalised = wanted.map((weight, at) => (at === key ? 0 : weight / rest));
  sameRow(masked.keys, renormalised, 'the pixel\'s own row');
  await pin(scope, 40, 20);
  const { keys } = await scope.saveRow(1);
  sameRow(keys, row(unchanged.raw, 2, 0, other), 'others look as before');
  await scope.close();
});

test('the address keeps what is changed, and nonsense in it changes nothing', async () => {
  const parameters = { g2: '0.5', a1: 'mean', k2: '0*100-103_4*5' };
  const options = ['--gamma2', '0.5', '--mean-row', '1', '--mask', '2:100,101,102,103', '--weigh', '2:4:5'];
  let scope = await opened(parameters);
  await redrawn(scope);
  await sameAs(scope, options, 'an address');
  assert.equal(await scope.part('gamma-1').isVisible(), true, 'what a link changes is not folded away');
  for (const [name, value] of Object.entries(parameters)) assert.equal(scope.parameter(name), value);
  await scope.part('sample-1').click();
  await redrawn(scope);
  const second = generate(checkpoint, SEED, 2, ...options).pictures[1];
  assert.ok(absolute(await scope.pixels('picture'), second) <= 2, 'another picture has the same changes');
  await scope.close();

  scope = await opened({ g1: 'much', g2: '-1', a1: 'nothing', k2: '0*7-3' });
  assert.ok(absolute(await scope.pixels('picture'), unchanged.pictures[0]) <= 2);
  assert.equal(await scope.part('changed').count(), 0);
  await scope.close();
});

test('what cannot be done is told, and the page goes on', async () => {
  const scope = await opened({ k1: '0*0-255' });
  await scope.part('change-problem').waitFor();
  assert.match(await scope.text('change-problem'), /All keys of attention layer 1 are masked/);
  assert.ok(absolute(await scope.pixels('picture'), unchanged.pictures[0]) <= 2);
  await scope.part('reset').click();
  await slide(scope, 'gamma-0', ['0']);
  await redrawn(scope);
  await sameAs(scope, ['--gamma1', '0'], 'after a refusal');
  await scope.close();

  const elsewhere = await opened({ k1: '0*300', g3: '0' });
  assert.match(await elsewhere.text('change-problem'), /does not have/);
  assert.equal(await elsewhere.part('changed').count(), 0);
  await elsewhere.close();
});

test('a long press knocks a cell out, by touch', async () => {
  const scope = await opened({}, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await scope.part('map-0').scrollIntoViewIfNeeded();
  const box = await scope.part('map-0').boundingBox();
  const devtools = await scope.context.newCDPSession(scope.page);
  const touch = (type, points) => devtools.send('Input.dispatchTouchEvent', { type, touchPoints: points });
  const [key] = lookedAt(1);
  const at = { x: box.x + ((key % 16) + 0.5) * box.width / 16, y: box.y + (Math.floor(key / 16) + 0.5) * box.height / 16 };
  await touch('touchStart', [at]);
  await scope.page.waitForTimeout(800);
  await touch('touchEnd', []);
  await redrawn(scope);
  await scope.page.waitForURL((url) => url.searchParams.get('k1') === `0*${key}`);
  assert.equal(scope.parameter('pins'), null, 'it pins nothing');
  await sameAs(scope, ['--mask', `1:${key}`], 'a long press');
  const widths = await scope.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(widths[0] <= 390 && widths[1] <= 390, `the page is ${widths[0]} pixels wide in ${widths[1]}`);
  await scope.close();
});

test('the panel keeps nobody out', async () => {
  for (const [width, colorScheme] of [[1440, 'light'], [360, 'dark']]) {
    const scope = await opened({ g1: '0.5', a2: 'uniform', k1: '0*7' }, { viewport: { width, height: 900 }, colorScheme });
    await redrawn(scope);
    assert.deepEqual(await scope.barriers(), [], `${width} pixels, ${colorScheme}`);
    const wide = await scope.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `the page is ${wide} pixels wide in ${width}`);
    await scope.close();
  }
});
