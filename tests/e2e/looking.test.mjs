// What the layer would lose, and what flows between two regions: against the native command that draws
// with the keys masked, and against the whole map.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hosted } from '../support/hosted.mjs';
import { FIXTURE, fixture, generate, row } from '../support/sagan.mjs';

const VIEW = { device: 'cpu', count: 1, checkpoint: FIXTURE, seed: 3 };
const SIDES = [16, 32];

const { site, opener } = await hosted('none');
const checkpoint = fixture();
site.files.set(FIXTURE, checkpoint);
const opened = opener(VIEW);

function addressed(scope, name, value) {
  return scope.page.waitForURL((url) => url.searchParams.get(name) === value, { timeout: 20_000 });
}

// What is said to be lost, in percent, cell by cell: the last column of the table that the page saves.
async function lost(scope, layer) {
  const { head, lines } = await scope.savedTable(layer);
  assert.equal(head, 'x,y,weight,percent_lost');
  return lines.map((line) => Number(line.split(',')[3]));
}

// How far each cell's output of a layer is from that of another drawing, in percent of its length.
function moved(before, after, layer) {
  const [, channels, cells] = before[`output${layer}`].shape;
  const [from, to] = [before, after].map((raw) => raw[`output${layer}`].values);
  return Array.from({ length: cells }, (_, cell) => {
    let [change, length] = [0, 0];
    for (let channel = 0; channel < channels; channel++) {
      const at = channel * cells + cell;
      change += (from[at] - to[at]) ** 2;
      length += from[at] ** 2;
    }
    return 100 * Math.sqrt(change / length);
  });
}

function near(found, wanted, what) {
  assert.equal(found.length, wanted.length, what);
  for (const [at, value] of wanted.entries()) {
    assert.ok(Math.abs(found[at] - value) <= 0.01 * value + 2e-3, `${what} at ${at}: ${found[at]} is not ${value}`);
  }
}

// The pixel in the middle of a cell.
const pixel = (cell, side) => [cell % side, Math.floor(cell / side)].map((along) => Math.floor(((2 * along + 1) * 64) / (2 * side)));

test('what the layer would lose is what it makes with the key masked, with the changes that there are', async () => {
  for (const [layer, side] of SIDES.entries()) {
    // A key in the middle of the picture, and one that looks elsewhere.
    const [key, query] = [side * (side / 2) + side / 4, side * (side / 4) + 3];
    const edited = layer === 0 ? ['--gamma1', '0.5'] : [];
    const before = generate(checkpoint, VIEW.seed, 1, ...edited).raw;
    const without = (keys) => generate(checkpoint, VIEW.seed, 1, ...edited, '--mask', `${layer + 1}:${keys.join(',')}`).raw;
    const wanted = moved(before, without([key]), layer + 1);
    assert.ok(Math.max(...wanted) > 0.1, `there is something to lose: ${Math.max(...wanted)}`);

    const [x, y] = pixel(key, side);
    const change = layer === 0 ? { g1: '0.5' } : {};
    const scope = await opened({ ...change, read: 'lose', way: 'to', pins: `${x}.${y}` });
    if (layer === 0) await scope.page.locator('[data-changes=drawn]').waitFor();
    await scope.part(`save-row-${layer}`).waitFor();
    near(await lost(scope, layer), wanted, `without ${key} at ${side}`);
    await scope.choose('way-from');
    await scope.click(...pixel(query, side));
    const from = await lost(scope, layer);
    near([from[key]], [wanted[query]], `of ${query} without ${key} at ${side}`);
    assert.match(await scope.part(`map-${layer}`).locator('xpath=..').locator('.legend-words').innerText(), /% of the layer's output at this place/);

    // All keys of a region together.
    if (layer === 0) {
      const cells = [4 * side + 5, 4 * side + 6, 5 * side + 5, 5 * side + 6];
      await scope.page.goto(`${site.url}?${new URLSearchParams({ ...VIEW, ...change, read: 'lose', way: 'to', region: '20.16_27.23' })}`);
      assert.equal(await scope.settled(), 'ready');
      await scope.page.locator('[data-changes=drawn]').waitFor();
      await scope.part('save-row-0').waitFor();
      near(await lost(scope, 0), moved(before, without(cells), 1), 'without a region');
    }
    assert.deepEqual(scope.complaints, []);
    await scope.close();
  }
});

test('the reading is chosen by its switch, told in words, and kept in the address', async () => {
  const scope = await opened({ pins: '22.28' });
  await scope.choose('read-lose');
  await addressed(scope, 'read', 'lose');
  await scope.part('heat-0').waitFor();
  assert.match(await scope.text('reading-words'), /output here would change if the pixel could not look at that cell/);
  assert.match(await scope.page.locator('#query-words').innerText(), /would lose most without \(\d+–\d+, \d+–\d+\)/);
  await scope.page.locator('.map .verdict', { hasText: /Without one place alone|No single place/ }).first().waitFor();
  assert.deepEqual(await scope.barriers(), []);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('two regions: what flows between them is that of the whole map, by link, by dragging and by keys', async () => {
  const native = generate(checkpoint, VIEW.seed, 1).raw;
  const cells = ([x0, y0, x1, y1], side) => {
    const [left, top, right, bottom] = [x0, y0, x1, y1].map((along) => Math.floor((along * side) / 64));
    const found = [];
    for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) found.push(y * side + x);
    return found;
  };
  const flow = (layer, from, to) => {
    const [askers, asked] = [from, to].map((region) => cells(region, SIDES[layer]));
    let sum = 0;
    for (const query of askers) {
      const weights = row(native, layer + 1, 0, query);
      for (const key of asked) sum += weights[key];
    }
    return sum / askers.length;
  };
  const scope = await opened({ region: '12.20_30.33' });
  const compare = async (first, second) => {
    for (const layer of [0, 1]) {
      for (const [way, from, to] of [['there', first, second], ['back', second, first]]) {
        const [found, wanted] = [await scope.figure(`flow-${layer}-${way}`), flow(layer, from, to)];
        assert.ok(Math.abs(found - wanted) <= 1e-3 * wanted + 1e-5, `${way} at ${SIDES[layer]}: ${found} is not ${wanted}`);
      }
    }
  };
  const box = await scope.part('picture').boundingBox();
  const at = (x, y) => [box.x + ((x + 0.5) * box.width) / 64, box.y + ((y + 0.5) * box.height) / 64];
  assert.equal(await scope.part('flow').count(), 0);
  await scope.part('second-region').click();
  await scope.page.mouse.move(...at(40, 50));
  await scope.page.mouse.down();
  await scope.page.mouse.move(...at(57, 38), { steps: 4 });
  await scope.page.mouse.up();
  await addressed(scope, 'region2', '40.38_57.50');
  await compare([12, 20, 30, 33], [40, 38, 57, 50]);
  assert.equal(scope.parameter('region'), '12.20_30.33', 'the first stays');
  const address = scope.page.url();

  await scope.part('clear-region').click();
  await addressed(scope, 'region2', null);
  await scope.point(20, 30);
  await scope.part('picture').focus();
  for (const key of ['r', 'Shift+ArrowRight', 'ArrowDown', 'r', 'ArrowLeft', 'ArrowUp']) await scope.page.keyboard.press(key);
  await addressed(scope, 'region2', '34.29_42.30');
  assert.equal(scope.parameter('region'), '20.30_28.31');
  await compare([20, 30, 28, 31], [34, 29, 42, 30]);
  assert.deepEqual(await scope.barriers(), []);

  await scope.page.goto(address);
  assert.equal(await scope.settled(), 'ready');
  await compare([12, 20, 30, 33], [40, 38, 57, 50]);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('what a row puts on its partner is the weight on the mirrored cells, where the model is known to mirror', async () => {
  // A model is known by its path.
  const known = 'checkpoints/faces.safetensors';
  site.files.set(known, checkpoint);
  const native = generate(checkpoint, VIEW.seed, 1).raw;
  const scope = await opened({ checkpoint: known, pins: 'none' });
  for (const [x, y] of [[20, 30], [63, 0], [9, 63]]) {
    await scope.click(x, y);
    for (const [layer, side] of SIDES.entries()) {
      const [cx, cy] = [x, y].map((along) => Math.floor((along * side) / 64));
      const weights = row(native, layer + 1, 0, cy * side + cx);
      let [share, count] = [0, 0];
      for (let key = 0; key < side * side; key++) {
        const away = [Math.abs((key % side) - (side - 1 - cx)), Math.abs(Math.floor(key / side) - cy)];
        if (Math.max(...away) > 1) continue;
        share += weights[key];
        count += 1;
      }
      assert.equal(count, y === 30 ? 9 : x === 9 ? 6 : 4, 'less at the border');
      const found = await scope.figure(`stat-${layer}-partner`);
      assert.ok(Math.abs(found - share) <= 1e-3 * share + 1e-6, `(${x}, ${y}) at ${side}: ${found} is not ${share}`);
      const [, times, percent] = /place: ([\d.]+)× \(([\d.]+) %\)/.exec(await scope.text(`partner-${layer}`));
      assert.ok(Math.abs(times - (share * side * side) / count) <= 0.01 * times + 0.006, `${times} times`);
      assert.ok(Math.abs(percent - 100 * share) <= 0.01 * percent + 0.006, `${percent} %`);
      assert.equal(await scope.part(`map-${layer}`).locator('.partner').count(), 1);
    }
  }
  // Two neighbours of the middle are no partners, a column has none, and without a pin nothing is outlined.
  await scope.click(30, 30);
  assert.equal(await scope.part('stat-1-partner').count(), 0);
  assert.equal(await scope.part('partner-1').count(), 0);
  await scope.click(20, 30);
  await scope.choose('way-to');
  assert.equal(await scope.part('stat-1-partner').count(), 0);
  await scope.choose('way-from');
  await scope.part('release').click();
  assert.equal(await scope.part('stat-1-partner').count(), 1);
  assert.equal(await scope.part('partner-1').count(), 0);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
  site.files.delete(known);

  // Of a file that the visitor brings nobody knows.
  const own = await opened({ pins: '20.30' });
  assert.equal(await own.part('stat-1-partner').count(), 0);
  await own.close();
});

// The cells of a grid whose middles lie inside of a line: by a ray to the right.
function around(line, side) {
  const inside = (x, y) => line.reduce((odd, [ax, ay], at) => {
    const [bx, by] = line[(at + 1) % line.length];
    return (ay > y) !== (by > y) && x < ax + ((bx - ax) * (y - ay)) / (by - ay) ? !odd : odd;
  }, false);
  return Array.from({ length: side * side }, (_, cell) => cell)
    .filter((cell) => inside(((cell % side) + 0.5) / side, (Math.floor(cell / side) + 0.5) / side));
}

// The cells that an address names, of its grid of 32×32.
function named(text) {
  const [side, x, y, width, height, digits] = text.split('_')[2].split('.');
  assert.equal(side, '32');
  const bits = [...digits].flatMap((digit) => [8, 4, 2, 1].map((bit) => (Number.parseInt(digit, 16) & bit) > 0));
  const cells = Array.from({ length: width * height }, (_, at) => at).filter((at) => bits[at]);
  return cells.map((at) => 32 * (Number(y) + Math.floor(at / width)) + Number(x) + (at % width));
}

test('a region of free form: its cells, its mean row and its flow are those of the line that is drawn', async () => {
  const native = generate(checkpoint, VIEW.seed, 1).raw;
  const scope = await opened({});
  await scope.point(60, 60);
  const box = await scope.part('picture').boundingBox();
  // Draws a closed line through these pixels; where exactly its corners are, in parts of the picture.
  const draw = async (button, pixels) => {
    const corners = pixels.map(([x, y]) => [Math.round(box.x + (x * box.width) / 64), Math.round(box.y + (y * box.height) / 64)]);
    await scope.part(button).click();
    await scope.choose('shape-free');
    await scope.page.mouse.move(...corners[0]);
    await scope.page.mouse.down();
    for (const corner of corners.slice(1)) await scope.page.mouse.move(...corner);
    assert.equal(await scope.page.locator('.lasso').count(), 1, 'the line is seen while it is drawn');
    await scope.page.mouse.up();
    await scope.page.locator('.lasso').waitFor({ state: 'detached' });
    return corners.map(([x, y]) => [(x - box.x) / box.width, (y - box.y) / box.height]);
  };
  // A crescent: the middle of the rectangle around it is not in it.
  const first = around(await draw('select-region', [[10.3, 8.2], [30.1, 12.7], [18.6, 20.4], [19.2, 31.1], [33.5, 40.3], [9.1, 44.8]]), 32);
  const fine = (region) => scope.page.waitForURL((url) => url.searchParams.get(region)?.split('_').length === 3, { timeout: 20_000 });
  await fine('region');
  await scope.page.waitForTimeout(400);
  assert.ok(first.length > 60 && !first.includes(32 * 13 + 10), `${first.length} cells`);
  assert.deepEqual(named(scope.parameter('region')), first);
  assert.match(await scope.page.locator('#query-words').innerText(), new RegExp(`^Region of ${first.length} cells looks most at \\(`));
  // A coarser cell belongs to it if any of its four does.
  const coarser = (cells) => [...new Set(cells.map((cell) => 16 * (cell >> 6) + ((cell % 32) >> 1)))].sort((a, b) => a - b);
  const of = (cells, layer) => (layer === 0 ? coarser(cells) : cells);
  for (const [layer, side] of SIDES.entries()) {
    const cells = of(first, layer);
    const mean = new Float64Array(side * side);
    for (const query of cells) row(native, layer + 1, 0, query).forEach((weight, key) => { mean[key] += weight / cells.length; });
    const { keys, name } = await scope.saveRow(layer);
    assert.match(name, /-free-cells/);
    for (const { x, y, weight } of keys) {
      const wanted = mean[y * side + x];
      assert.ok(Math.abs(weight - wanted) <= 1e-3 * wanted + 1e-6, `(${x}, ${y}) at ${side}: ${weight} is not ${wanted}`);
    }
  }

  const second = around(await draw('second-region', [[40.2, 30.1], [60.3, 36.8], [44.4, 55.2]]), 32);
  await fine('region2');
  await scope.page.waitForTimeout(400);
  assert.deepEqual(named(scope.parameter('region2')), second);
  assert.deepEqual(named(scope.parameter('region')), first, 'the first stays');
  const flows = async () => {
    for (const layer of [0, 1]) {
      for (const [way, from, to] of [['there', first, second], ['back', second, first]]) {
        const [askers, asked] = [of(from, layer), of(to, layer)];
        const parts = askers.map((query) => {
          const weights = row(native, layer + 1, 0, query);
          return asked.reduce((sum, key) => sum + weights[key], 0);
        });
        const wanted = parts.reduce((sum, part) => sum + part, 0) / askers.length;
        const found = await scope.figure(`flow-${layer}-${way}`);
        assert.ok(Math.abs(found - wanted) <= 1e-3 * wanted + 1e-5, `${way} at ${SIDES[layer]}: ${found} is not ${wanted}`);
      }
    }
  };
  await flows();
  assert.deepEqual(await scope.barriers(), []);
  const address = scope.page.url();
  await scope.page.goto(address);
  assert.equal(await scope.settled(), 'ready');
  await flows();
  assert.equal(scope.page.url(), address);
  // The arrow keys move the second one, by cells.
  await scope.part('picture').focus();
  await scope.page.keyboard.press('ArrowUp');
  await scope.page.waitForURL((url) => url.href !== address, { timeout: 20_000 });
  assert.deepEqual(named(scope.parameter('region2')), second.map((cell) => cell - 32));
  assert.deepEqual(scope.complaints, []);

  await scope.open(site.url, { ...VIEW, region: '1.1_9.9_32.0.0.2.1.f' });
  assert.match(await scope.text('notice'), /region=1\.1_9\.9_32/);
  assert.equal(await scope.part('region').count(), 0);
  await scope.close();
});
