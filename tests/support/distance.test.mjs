import assert from 'node:assert/strict';
import { test } from 'node:test';

import { absolute, relative } from './distance.mjs';

const MEASURES = [absolute, relative];

test('each measures in its own unit', () => {
  for (const measure of MEASURES) assert.equal(measure([1, -2, 0], [1, -2, 0]), 0);
  assert.equal(absolute([1, 6, 0.5], [1, 8, 0]), 2);
  assert.equal(relative([3, 0], [0, 4]), 5 / 4);
  assert.equal(relative(Float32Array.of(0, 3), Uint8Array.of(0, 4)), 1 / 4);
});

test('what is no number is infinitely far, from itself too', () => {
  for (const measure of MEASURES) {
    for (const bad of [NaN, Infinity, -Infinity]) {
      for (const list of [[bad, 2, 3], [1, bad, 3], [1, 2, bad], Float32Array.of(1, bad, 3)]) {
        assert.equal(measure(list, [1, 2, 3]), Infinity);
        assert.equal(measure([1, 2, 3], list), Infinity);
        assert.equal(measure(list, list), Infinity);
      }
    }
    assert.equal(measure([1, undefined], [1, 2]), Infinity);
    assert.equal(measure([1, '2'], [1, 2]), Infinity);
    assert.equal(measure([1, null], [1, 0]), Infinity);
  }
});

test('unequal lengths and nothing at all are infinitely far', () => {
  for (const measure of MEASURES) {
    assert.equal(measure([1, 2], [1]), Infinity);
    assert.equal(measure([1], [1, 2]), Infinity);
    assert.equal(measure([], [1]), Infinity);
    assert.equal(measure([], []), Infinity);
    assert.equal(measure(new Float32Array(0), []), Infinity);
  }
});

test('nothing is relative to zero', () => {
  assert.equal(relative([1], [0]), Infinity);
  assert.equal(relative([0], [0]), Infinity);
  assert.equal(relative([1e200], [1e200]), Infinity);
});
