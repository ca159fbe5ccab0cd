// The page and the native command must agree: the same pictures, the same attention.

import assert from 'node:assert/strict';

import { absolute } from './distance.mjs';
import { FIXTURE, column, meanRow, row } from './sagan.mjs';

const SIZE = 64;
const SIDES = [16, 32];

// Opens the fixture on the page and compares two pictures to 2/255 a channel.
export async function samePictures(scope, native) {
  for (const [index, expected] of native.pictures.entries()) {
    const shown = await scope.pixels(`sample-${index}`);
    assert.ok(spread(expected) > 20, 'the picture has light and dark, or nothing is compared');
    const worst = absolute(shown, expected);
    assert.ok(worst <= 2, `picture ${index} differs by ${worst}/255`);
  }
}

// Points at pixels and compares each saved row with the native command's full map.
export async function sameAttention(scope, native, sample, pixels) {
  for (const [x, y] of pixels) {
    await scope.point(x, y);
    for (const [layer, side] of SIDES.entries()) {
      const { name, keys } = await scope.saveRow(layer);
      assert.match(name, new RegExp(`sample${sample}\\b.*${side}x${side}.*pixel${x}-${y}\\.csv$`));
      assert.equal(keys.length, side * side);

      const sum = keys.reduce((total, key) => total + key.weight, 0);
      assert.ok(Math.abs(sum - 1) < 2e-5, `row of (${x}, ${y}) at ${side}x${side} sums to ${sum}`);

      const cell = (position) => Math.floor((position * side) / SIZE);
      const expected = row(native.raw, layer + 1, sample, cell(y) * side + cell(x));
      assert.ok(Math.max(...expected) > 2 / keys.length, 'the row is not flat, or nothing is compared');
      for (const [index, key] of keys.entries()) {
        assert.deepEqual([key.x, key.y], [index % side, Math.floor(index / side)]);
        const allowed = 1e-5 + 1e-3 * expected[index];
        const off = Math.abs(key.weight - expected[index]);
        assert.ok(off <= allowed, `${side}x${side} row of (${x}, ${y}), key (${key.x}, ${key.y}): ${key.weight} is not ${expected[index]}`);
      }
    }
  }
}

// Points at pixels and compares the numbers beside each map, the column, and what "only this pixel"
// shows with the native command's full map.
export async function sameReadings(scope, native, sample, pixels) {
  for (const [x, y] of pixels) {
    await scope.choose('way-from');
    await scope.point(x, y);
    for (const [layer, side] of SIDES.entries()) {
      const cell = (position) => Math.floor((position * side) / SIZE);
      const index = cell(y) * side + cell(x);
      const weights = row(native.raw, layer + 1, sample, index);
      const expected = readings(weights, meanRow(native.raw, layer + 1, sample), index, side);
      await scope.part(`more-${layer}`).evaluate((summary) => { summary.parentElement.open = true; });
      for (const [name, value] of Object.entries(expected)) {
        close(await scope.figure(`stat-${layer}-${name}`), value, 2e-3, `${name} of (${x}, ${y}) at ${side}x${side}`);
      }
    }
    await scope.choose('way-to');
    await scope.point(x, y);
    for (const [layer, side] of SIDES.entries()) {
      const cell = (position) => Math.floor((position * side) / SIZE);
      const index = cell(y) * side + cell(x);
      const expected = column(native.raw, layer + 1, sample, index);
      const { name, keys } = await scope.saveRow(layer);
      assert.match(name, new RegExp(`column-pixel${x}-${y}\\.csv$`));
      assert.equal(keys.length, expected.length);
      for (const [query, { weight }] of keys.entries()) close(weight, expected[query], 2e-3, `column of (${x}, ${y}), ${query}`);
      const total = expected.reduce((sum, weight) => sum + weight, 0);
      close(await scope.figure(`stat-${layer}-received`), total, 2e-3, 'the column\'s sum');
    }
  }
  await scope.choose('way-from');
}

// What a row says, by the definitions.
function readings(weights, mean, index, side) {
  let [nats, kl, distance] = [0, 0, 0];
  for (const [key, weight] of weights.entries()) {
    if (weight > 0) nats -= weight * Math.log(weight);
    if (weight > 0) kl += weight * Math.log2(weight / mean[key]);
    const [dx, dy] = [(key % side) - (index % side), Math.floor(key / side) - Math.floor(index / side)];
    distance += (weight * Math.hypot(dx, dy) * SIZE) / side;
  }
  return { kl, effective: Math.exp(nats), entropy: nats / Math.LN2, distance, own: weights[index], top: Math.max(...weights) };
}

// Fails for NaN too.
function close(actual, expected, relative, what) {
  const allowed = 1e-5 + relative * Math.abs(expected);
  assert.ok(Math.abs(actual - expected) <= allowed, `${what}: ${actual} is not ${expected}`);
}

// What both device tests open.
export const VIEW = { seed: 11, count: 2, sample: 1, checkpoint: FIXTURE };

function spread(rgba) {
  let low = 255;
  let high = 0;
  for (let i = 0; i < rgba.length; i++) {
    if (i % 4 === 3) continue;
    low = Math.min(low, rgba[i]);
    high = Math.max(high, rgba[i]);
  }
  return high - low;
}
