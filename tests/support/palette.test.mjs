// A PNG with a palette, as another reader decodes it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PNG } from 'pngjs';

import { palettePng } from './palette.mjs';

function picture(width, height, colour) {
  const data = Buffer.alloc(4 * width * height);
  for (let at = 0; at < width * height; at++) data.set([...colour(at % width, Math.floor(at / width)), 255], 4 * at);
  return { width, height, data };
}

test('a picture of few colours is itself', () => {
  const few = picture(31, 9, (x, y) => [8 * x, 20 * y, x === y ? 255 : 0].map((value) => value & 0xf0));
  const read = PNG.sync.read(palettePng(few));
  assert.deepEqual([read.width, read.height], [31, 9]);
  assert.deepEqual(read.data, few.data);
});

test('of many colours each pixel has one near its own, and what there is most of stays as it is', () => {
  // A white page with a gradient of 64×64 colours on it.
  const many = picture(128, 128, (x, y) => (x < 64 && y < 64 ? [4 * x, 4 * y, 128] : [250, 249, 247]));
  const png = palettePng(many);
  const read = PNG.sync.read(png);
  let most = 0;
  for (let at = 0; at < many.data.length; at++) most = Math.max(most, Math.abs(read.data[at] - many.data[at]));
  assert.ok(most > 0 && most <= 16, `off by ${most} of 255`);
  assert.deepEqual([...read.data.subarray(-4)], [250, 249, 247, 255]);
  assert.equal(png[25], 3, 'a byte a pixel, and a palette');
});
