// How far apart two lists of numbers are, as the crate in tests/distance has it: infinite for what
// is not a finite number, for lists of unequal lengths and for empty ones, so that a comparison of
// nothing fails. A tolerance is then asked for as `distance <= tolerance`.

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

function comparable(found, wanted) {
  return found.length === wanted.length && found.length > 0 && [found, wanted].every((list) => list.every(Number.isFinite));
}

function norm(values, minus) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - minus(i)) ** 2;
  return Math.sqrt(sum);
}
