// How far apart two lists of numbers are, as the crate in tests/distance has it: infinite for what
// is not a finite number, for lists of unequal lengths and for empty ones, so that a comparison of
// nothing fails. A tolerance is then asked for as `distance <= tolerance`.

import assert from 'node:assert/strict';

// The largest |found - wanted|.
export function absolute(found, wanted) {
  if (!comparable(found, wanted)) return Infinity;
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) worst = Math.max(worst, Math.abs(found[i] - wanted[i]));
  return worst;
}

// The norm of `found - wanted` over the norm of `wanted`; infinite where nothing but zeros was wanted.
export function relative(found, wanted) {
  if (!comparable(found, wanted)) return Infinity;
  const size = norm(wanted, () => 0);
  return size > 0 && size < Infinity ? norm(found, (i) => wanted[i]) / size : Infinity;
}

// Each value found is near the one wanted, to this much and this part of it.
export function near(found, wanted, absolute, relative, what) {
  assert.equal(found.length, wanted.length, what);
  assert.ok(wanted.length > 0, `${what}: there is nothing to compare`);
  for (const [at, value] of wanted.entries()) {
    const allowed = absolute + relative * Math.abs(value);
    assert.ok(Math.abs(found[at] - value) <= allowed, `${what} at ${at}: ${found[at]} is not ${value}`);
  }
}

function comparable(found, wanted) {
  return found.length === wanted.length && found.length > 0 && [found, wanted].every((list) => list.every(Number.isFinite));
}

function norm(values, minus) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - minus(i)) ** 2;
  return Math.sqrt(sum);
}
