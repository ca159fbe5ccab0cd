// What all rows of a map say at once, against the whole map of the native command.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { near } from '../support/distance.mjs';
import { Engine, pictures } from '../support/engine.mjs';
import { hosted } from '../support/hosted.mjs';
import { FIXTURE, column, fixture, generate, meanRow, row } from '../support/sagan.mjs';

const VIEW = { device: 'cpu', count: 2, checkpoint: FIXTURE, seed: 3 };
const SIDES = [16, 32];

const { dist, site, browser, opener } = await hosted('swiftshader');
const checkpoint = fixture();
const native = generate(checkpoint, VIEW.seed, 1);
site.files.set(FIXTURE, checkpoint);
const opened = opener(VIEW);

// The address follows a moment after what is shown.
function addressed(scope, name, value) {
  return scope.page.waitForURL((url) => url.searchParams.get(name) === value, { timeout: 20_000 });
}

// By the definitions, from the whole map: each row's bits and displacement, and each cell's lookers.
function brute(layer, side) {
  const n = side * side;
  const mean = meanRow(native.raw, layer, 0);
  const bits = new Float64Array(n);
  const displacement = new Float64Array(2 * n);
  const lookers = new Float64Array(n);
  for (let query = 0; query < n; query++) {
    let [sum, x, y] = [0, 0, 0];
    for (const [key, weight] of row(native.raw, layer, 0, query).entries()) {
      if (weight > 0) bits[query] += weight * Math.log2(weight / mean[key]);
      const more = Math.max(weight - mean[key], 0);
      sum += more;
      x += more * (key % side);
      y += more * Math.floor(key / side);
      if (weight >= 4 / n) lookers[key] += 1 / n;
    }
    displacement[2 * query] = x / sum - (query % side);
    displacement[2 * query + 1] = y / sum - Math.floor(query / side);
  }
  return { bits, displacement, lookers };
}

// The rows' square roots without their mean, `[n][n]`.
function roots(layer, side) {
  const n = side * side;
  const rows = Array.from({ length: n }, (_, query) => Float64Array.from(row(native.raw, layer, 0, query), Math.sqrt));
  const mean = new Float64Array(n);
  for (const row of rows) row.forEach((value, key) => (mean[key] += value / n));
  return rows.map((row) => row.map((value, key) => value - mean[key]));
}

const dot = (a, b) => a.reduce((sum, value, at) => sum + value * b[at], 0);

for (const device of ['Cpu', 'Gpu']) {
  test(`bits, displacements, lookers and components are those of the whole map (${device})`, async () => {
    const engine = await Engine.start(browser, site);
    const ready = await engine.ask('Draw', { Open: { model: 1, checkpoint, name: 'fixture.safetensors', device } });
    assert.equal(ready.kind, 'Ready', ready.sentence);
    const parts = { attention: true, bits: false, values: false, layer_maps: false, all_rows: true };
    const latents = { Seed: { seed: BigInt(VIEW.seed), first: 0, count: 1 } };
    const done = await engine.ask('Draw', pictures({ latents, parts }));
    assert.equal(done.kind, 'Done', done.sentence);
    for (const [at, { all_rows: all, values }] of done.others[0].sample.layers.entries()) {
      const side = SIDES[at];
      const n = side * side;
      assert.ok(values == null, 'values were not asked for');
      const wanted = brute(at + 1, side);
      near(all.bits, wanted.bits, 2e-3, 2e-3, `bits at ${side}`);
      near(all.displacement, wanted.displacement, 0.02, 5e-3, `displacement at ${side}`);
      // A weight on the edge may fall on either side of it.
      near(all.lookers, wanted.lookers, 2.5 / n, 1e-2, `lookers at ${side}`);
      assert.ok(Math.max(...wanted.lookers) > 0.1 && Math.max(...wanted.displacement) > 1, 'there is something to compare');

      // Projections on orthonormal directions: their variances are what is said to be held, none
      // varies with another, and each direction (the rows summed by their coordinates) is an
      // eigenvector of the rows' covariance.
      const rows = roots(at + 1, side);
      const total = rows.reduce((sum, row) => sum + dot(row, row), 0);
      const along = [0, 1, 2].map((d) => Float64Array.from({ length: n }, (_, i) => all.components[3 * i + d]));
      for (const [d, coordinates] of along.entries()) {
        const held = dot(coordinates, coordinates) / total;
        assert.ok(Math.abs(held - all.held[d]) <= 1e-3, `direction ${d} holds ${held}, not ${all.held[d]}`);
        for (const other of along.slice(0, d)) {
          assert.ok(Math.abs(dot(coordinates, other)) <= 1e-2 * Math.sqrt(dot(coordinates, coordinates) * dot(other, other)));
        }
        const direction = new Float64Array(n);
        for (const [i, row] of rows.entries()) row.forEach((value, key) => (direction[key] += coordinates[i] * value));
        const length = Math.sqrt(dot(direction, direction));
        near(rows.map((row) => dot(row, direction) / length), coordinates, 2e-3, 2e-2, `component ${d} at ${side}`);
        assert.ok(coordinates.reduce((sum, c) => sum + c ** 3, 0) >= 0, 'turned to the fewer and larger');
      }
      assert.ok(all.held[0] >= all.held[1] && all.held[1] >= all.held[2] && all.held[2] > 0);
      // No other direction holds more: what remains of the rows has no larger eigenvalue.
      assert.ok(largest(rows, along) <= all.held[2] * total * 1.01);
    }
    assert.deepEqual(engine.complaints, []);
    await engine.close();
  });
}

// The largest variance of the rows along any direction, once these coordinates are taken out.
function largest(rows, taken) {
  const rest = rows.map((row) => Float64Array.from(row));
  for (const coordinates of taken) {
    const square = dot(coordinates, coordinates);
    const axis = new Float64Array(rows.length);
    for (const [i, row] of rest.entries()) row.forEach((value, key) => (axis[key] += (coordinates[i] * value) / square));
    for (const [i, row] of rest.entries()) axis.forEach((value, key) => (row[key] -= coordinates[i] * value));
  }
  let vector = Float64Array.from({ length: rows.length }, (_, i) => Math.sin(i * i + 1));
  let variance = 0;
  for (let pass = 0; pass < 30; pass++) {
    const next = new Float64Array(rows.length);
    for (const row of rest) {
      const along = dot(row, vector);
      row.forEach((value, key) => (next[key] += along * value));
    }
    variance = Math.sqrt(dot(next, next));
    vector = next.map((value) => value / variance);
  }
  return variance;
}

test('the page shows whither every pixel looks, and says it of the pixel in question', async () => {
  const scope = await opened({});
  await scope.choose('see-where');
  await addressed(scope, 'view', 'where');
  for (const [x, y] of [[12, 40], [45, 21]]) {
    await scope.point(x, y);
    for (const [layer, side] of SIDES.entries()) {
      await scope.part(`field-${layer}`).waitFor();
      const wanted = brute(layer + 1, side);
      const cell = Math.floor((y * side) / 64) * side + Math.floor((x * side) / 64);
      const pixels = 64 / side;
      const found = [await scope.figure(`all-${layer}-dx`), await scope.figure(`all-${layer}-dy`), await scope.figure(`all-${layer}-bits`)];
      const { displacement, bits } = wanted;
      near(found, [pixels * displacement[2 * cell], pixels * displacement[2 * cell + 1], bits[cell]], 0.1, 5e-3, `(${x}, ${y}) at ${side}`);
      // Darker where a row is less its own, and of the same hue where two pixels look the same way.
      const shown = await scope.pixels(`field-${layer}`);
      const brightest = (index) => Math.max(...shown.subarray(4 * index, 4 * index + 3));
      for (const [index, own] of bits.entries()) {
        const strength = Math.min(1, own / 3);
        assert.ok(brightest(index) <= 255 * strength + 2, `${index} is too bright`);
        assert.ok(brightest(index) >= 150 * strength - 2, `${index} is too dark`);
      }
    }
  }
  const address = scope.page.url();
  await scope.page.goto(address);
  assert.equal(await scope.settled(), 'ready');
  await scope.part('field-1').waitFor();
  assert.equal(await scope.part('heat-1').count(), 0, 'the address keeps the view');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('bits of every pixel, on one scale for both maps', async () => {
  const scope = await opened({ view: 'bits', colours: 'grey', pins: '12.40' });
  for (const [layer, side] of SIDES.entries()) {
    await scope.part(`field-${layer}`).waitFor();
    const { bits } = brute(layer + 1, side);
    const shown = (await scope.pixels(`field-${layer}`)).filter((_, i) => i % 4 === 0);
    near(shown, bits.map((own) => Math.min(255, (255 * own) / 6)), 1.6, 2e-3, `bits at ${side}`);
    assert.ok(Math.max(...shown) > 40, 'there is something to see');
    const mean = bits.reduce((a, b) => a + b) / bits.length;
    near([await scope.figure(`all-${layer}-mean-bits`)], [mean], 2e-3, 2e-3, `their mean at ${side}`);
  }
  assert.equal(scope.parameter('view'), 'bits');
  await scope.close();
});

test('parts: like colours look alike, and a click pins', async () => {
  const scope = await opened({ view: 'parts' });
  await scope.part('field-1').waitFor();
  const side = 32;
  const shown = await scope.pixels('field-1');
  const rows = roots(2, side);
  // Cells whose colours hardly differ look more alike than cells of very different colours.
  const colour = (index) => shown.subarray(4 * index, 4 * index + 3);
  const [alike, unlike] = [[], []];
  for (let a = 0; a < side * side; a += 7) {
    for (let b = a + 5; b < side * side; b += 31) {
      const apart = Math.hypot(...colour(a).map((value, c) => value - colour(b)[c]));
      const squares = rows[a].reduce((sum, value, key) => sum + (value - rows[b][key]) ** 2, 0);
      if (apart < 30) alike.push(squares);
      if (apart > 250) unlike.push(squares);
    }
  }
  const mean = (values) => values.reduce((a, b) => a + b) / values.length;
  assert.ok(alike.length > 10 && unlike.length > 10, `${alike.length}, ${unlike.length}`);
  assert.ok(mean(alike) < 0.7 * mean(unlike), `${mean(alike)} is not much less than ${mean(unlike)}`);

  const box = await scope.part('map-1').boundingBox();
  await scope.page.mouse.click(box.x + (10.5 * box.width) / side, box.y + (20.5 * box.height) / side);
  await addressed(scope, 'pins', '21.41');
  for (const layer of [0, 1]) {
    const held = await Promise.all([0, 1, 2].map((d) => scope.figure(`all-${layer}-held-${d}`)));
    assert.ok(held.every((part) => part > 0) && held.reduce((a, b) => a + b) <= 1);
  }
  assert.deepEqual(await scope.barriers(), []);
  await scope.close();
});

test('sinks are marked where most rows look, and told to be empty or not', async () => {
  // The paper's own attention makes sinks; the fixture has none, or few.
  const plain = 'checkpoints/plain-faces.safetensors';
  const other = generate(readFileSync(join(dist, plain)), VIEW.seed, 1);
  for (const [model, raw] of [[FIXTURE, native.raw], [plain, other.raw]]) {
    const scope = await opened({ checkpoint: model });
    await scope.point(12, 40);
    await scope.choose('see-where');
    await scope.part('field-1').waitFor();
    await scope.choose('see-pixel');
    let sinks = 0;
    for (const [layer, side] of SIDES.entries()) {
      const n = side * side;
      const counts = new Float64Array(n);
      const mean = new Float64Array(n);
      for (let query = 0; query < n; query++) row(raw, layer + 1, 0, query).forEach((weight, key) => {
        counts[key] += weight >= 4 / n;
        mean[key] += weight / n;
      });
      const wanted = [...counts.keys()].filter((key) => counts[key] > n / 2 && mean[key] >= 0.05);
      const said = scope.part(`sinks-${layer}`);
      const found = (await said.count()) ? (await said.getAttribute('data-cells')).split(' ').map(Number) : [];
      // One whose count or share is on the edge may be there or not.
      const clear = (cells) => cells.filter((key) => Math.abs(counts[key] - n / 2) > 3 && Math.abs(mean[key] - 0.05) > 1e-4);
      assert.deepEqual(clear(found), clear(wanted), `${model}, layer ${layer}`);
      sinks += found.length;
      if (found.length) assert.match(await said.textContent(), new RegExp(`^${found.length} sinks?, where more than half`));
    }
    if (model === plain) assert.ok(sinks > 0, 'there are sinks to be found');
    await scope.close();
  }
});

test('a region asks for all its pixels together: by dragging, by a button, and by keys', async () => {
  const scope = await opened({});
  const box = await scope.part('picture').boundingBox();
  const at = (pixel) => pixel.map((along, axis) => box[axis ? 'y' : 'x'] + ((along + 0.5) * box.width) / 64);
  const drag = async (from, to) => {
    await scope.page.mouse.move(...at(from));
    await scope.page.mouse.down();
    await scope.page.mouse.move(...at(to), { steps: 5 });
    await scope.page.mouse.up();
  };
  // The mean row, or column, of the cells that hold any of the pixels.
  const compare = async ([x0, y0], [x1, y1], way) => {
    await scope.choose(way === 'to' ? 'way-to' : 'way-from');
    for (const [layer, side] of SIDES.entries()) {
      const n = side * side;
      const cell = (along) => Math.floor((along * side) / 64);
      const wanted = new Float64Array(n);
      let count = 0;
      for (let y = cell(y0); y <= cell(y1); y++) {
        for (let x = cell(x0); x <= cell(x1); x++, count++) {
          const part = way === 'to' ? column : row;
          part(native.raw, layer + 1, 0, y * side + x).forEach((weight, key) => (wanted[key] += weight));
        }
      }
      const { name, keys } = await scope.saveRow(layer);
      assert.match(name, new RegExp(`cells${cell(x0)}-${cell(y0)}-to-${cell(x1)}-${cell(y1)}\\.csv$`));
      near(keys.map(({ weight }) => weight), wanted.map((sum) => sum / count), 1e-5, 2e-3, `${way} at ${side}`);
    }
    await scope.choose('way-from');
  };
  await scope.page.keyboard.down('Shift');
  await drag([30, 33], [12, 20]);
  await scope.page.keyboard.up('Shift');
  await addressed(scope, 'region', '12.20_30.33');
  assert.equal(await scope.part('region').count(), 1);
  await compare([12, 20], [30, 33], 'from');
  await compare([12, 20], [30, 33], 'to');
  await scope.point(50, 50);
  assert.equal(await scope.part('region').count(), 1, 'the pointer changes nothing');
  const address = scope.page.url();

  await scope.part('clear-region').click();
  await addressed(scope, 'region', null);
  await scope.part('select-region').click();
  await drag([5, 40], [9, 44]);
  await addressed(scope, 'region', '5.40_9.44');
  await scope.page.keyboard.press('Escape');
  await addressed(scope, 'region', null);

  await scope.point(20, 30);
  await scope.part('picture').focus();
  for (const key of ['r', 'ArrowRight', 'ArrowRight', 'Shift+ArrowDown', 'ArrowUp']) await scope.page.keyboard.press(key);
  await addressed(scope, 'region', '20.30_22.37');
  await compare([20, 30], [22, 37], 'from');
  await scope.click(40, 40);
  // A click asks for its pixel again.
  await addressed(scope, 'region', null);
  await addressed(scope, 'pins', '40.40');
  assert.deepEqual(scope.complaints, []);

  await scope.page.goto(address);
  assert.equal(await scope.settled(), 'ready');
  assert.equal(await scope.part('region').count(), 1);
  await scope.close();
});
