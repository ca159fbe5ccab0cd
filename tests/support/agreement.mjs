// The page and the native command must agree: the same pictures, the same attention.

import assert from 'node:assert/strict';

import { absolute } from './distance.mjs';
import { FIXTURE, row } from './sagan.mjs';

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
