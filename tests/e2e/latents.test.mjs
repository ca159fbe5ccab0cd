// Moving through the latents, and noise drawn anew: what the page then draws is what the native
// command draws with the same moves, and it is in the address and can be taken back.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { absolute } from '../support/distance.mjs';
import { hosted } from '../support/hosted.mjs';
import { changed } from '../support/safetensors.mjs';
import { FIXTURE, fixture, generate, row, trained } from '../support/sagan.mjs';

const SEED = 3;
const NOISY = 'checkpoints/noisy.safetensors';
const VIEW = { device: 'cpu', count: 4, seed: SEED, sample: 0, checkpoint: FIXTURE };

const { site, opener } = await hosted('none');
const checkpoint = fixture();
site.files.set(FIXTURE, checkpoint);
const run = trained('--size', 32, '--conv-dim', 8, '--batch', 2, '--noise', '16:4:left', '--steps', 0);
// Turned up, so that one sees what noise does.
const louder = (tensor, value) => (/noise|last_weight|gamma$/.test(tensor) ? 8 * value + (tensor.endsWith('gamma') ? 1 : 0) : value);
const noisy = changed(readFileSync(join(run, 'latest.safetensors')), louder);
site.files.set(NOISY, noisy);
const opened = opener(VIEW);

async function redrawn(scope) {
  await scope.page.locator('[data-changes=drawn]').waitFor({ timeout: 60_000 });
}

// Moves a slider as a hand does.
function slide(scope, name, value) {
  return scope.part(name).evaluate((slider, value) => {
    slider.value = value;
    slider.dispatchEvent(new InputEvent('input', { bubbles: true }));
    slider.dispatchEvent(new Event('change', { bubbles: true }));
  }, value);
}

// The picture shown is the one that the native command draws so, and another than `before`.
async function sameAs(scope, native, before, what) {
  const shown = await scope.pixels('picture');
  assert.ok(absolute(shown, native.pictures[0]) <= 2, `${what}: off by ${absolute(shown, native.pictures[0])}/255`);
  assert.ok(absolute(shown, before) > 4, `${what} changes the picture`);
  return shown;
}

test('a way to another sample, a shorter vector and steps draw what the native command draws', async () => {
  const scope = await opened({ pins: '20.30' });
  const own = await scope.pixels('picture');
  await scope.part('latents-summary').click();
  await scope.part('toward-2').click();
  await slide(scope, 'part', '0.4');
  await redrawn(scope);
  let native = generate(checkpoint, SEED, 1, '--between', '0:2:0.4');
  const between = await sameAs(scope, native, own, 'between two samples');
  const saved = await scope.saveRow(1);
  const expected = row(native.raw, 2, 0, 15 * 32 + 10);
  for (const [key, { weight }] of saved.keys.entries()) {
    assert.ok(Math.abs(weight - expected[key]) <= 1e-5 + 1e-3 * expected[key], `the pin's row, key ${key}`);
  }

  await slide(scope, 'truncation', '0.5');
  await redrawn(scope);
  await scope.part('direction-which').fill('2');
  await scope.part('direction-which').press('Tab');
  await slide(scope, 'direction-by', '3');
  await redrawn(scope);
  await slide(scope, 'number-by', '-4');
  await redrawn(scope);
  native = generate(
    checkpoint, SEED, 1, '--between', '0:2:0.4', '--truncation', '0.5', '--nudge', 'd2:3', '--nudge', '1:-4',
  );
  const all = await sameAs(scope, native, between, 'all of it together');
  await scope.page.waitForFunction(() => new URL(location.href).searchParams.get('nudge') === 'd2*3_1*-4');
  assert.equal(scope.parameter('toward'), '2*0.4');
  assert.equal(scope.parameter('truncation'), '0.5');

  // Each slider is a step of its own.
  for (let step = 0; step < 3; step++) await scope.page.keyboard.press('Control+z');
  await redrawn(scope);
  assert.deepEqual(await scope.pixels('picture'), between);
  await scope.part('latents-home').click();
  await scope.page.locator('[data-changes=none]').waitFor();
  assert.deepEqual(await scope.pixels('picture'), own);
  assert.deepEqual(await scope.barriers(), []);
  assert.deepEqual(scope.complaints, []);
  await scope.close();

  const again = await opened({ toward: '2*0.4', truncation: '0.5', nudge: 'd2*3_1*-4' });
  await redrawn(again);
  assert.ok(absolute(await again.pixels('picture'), all) <= 1, 'a link shows the same');
  assert.equal(await again.part('part').isVisible(), true, 'and what it moves is not hidden');
  await again.close();
});

test('the way plays, and steps instead where motion is not wanted', async () => {
  const scope = await opened({ toward: '1*0.5' });
  await redrawn(scope);
  await scope.part('play').click();
  const parts = new Set();
  for (let look = 0; look < 40 && parts.size < 5; look++) {
    parts.add(await scope.part('part').inputValue());
    await scope.page.waitForTimeout(60);
  }
  assert.ok(parts.size >= 5, `it moves by itself: ${[...parts]}`);
  await scope.part('play').click();
  const rests = await scope.part('part').inputValue();
  await scope.page.waitForTimeout(300);
  assert.equal(await scope.part('part').inputValue(), rests, 'and rests');
  await redrawn(scope);
  await scope.part('latents-undo').click();
  assert.equal(await scope.part('part').inputValue(), '0.5', 'all that was played is one step');
  await scope.close();

  const still = await opened({ toward: '1*0.5' }, { reducedMotion: 'reduce' });
  await redrawn(still);
  assert.equal(await still.text('play'), 'Step');
  await still.part('play').click();
  assert.equal(Number(await still.part('part').inputValue()), 0.6);
  await still.page.waitForTimeout(200);
  assert.equal(Number(await still.part('part').inputValue()), 0.6, 'nothing moves by itself');
  await still.close();
});

test('the pixel in question is looked at in every sample', async () => {
  const scope = await opened({ pins: '20.30', across: 1, colours: 'grey', scale: 'linear', layer: 2 });
  const native = generate(checkpoint, SEED, 4);
  for (let sample = 0; sample < 4; sample++) {
    const weights = row(native.raw, 2, sample, 15 * 32 + 10);
    const most = Math.max(...weights);
    // A veil's colours are multiplied with its opacity by the canvas, which costs a little.
    const found = (await scope.pixels(`across-heat-${sample}`)).filter((_, i) => i % 4 === 3);
    const wanted = Array.from(weights, (weight) => 50 + (180 * weight) / most);
    assert.ok(absolute(Array.from(found), wanted) <= 3, `sample ${sample}`);
  }
  await scope.part('across-3').click();
  assert.equal(scope.parameter('sample'), '3');
  await scope.part('across-summary').click();
  await scope.page.waitForFunction(() => !new URL(location.href).searchParams.has('across'));
  assert.equal(await scope.part('across-0').count(), 0, 'nothing is worked out while it is folded away');
  await scope.close();
});

test('noise is drawn anew, at one place too, and near and far are told apart', async () => {
  const scope = await opened({ checkpoint: NOISY, count: 1, region: '4.6_9.11' });
  const unchanged = generate(noisy, SEED, 1).pictures[0];
  assert.ok(absolute(await scope.pixels('picture'), unchanged) <= 2);
  await scope.part('change-summary').click();
  await scope.part('noise-here').click();
  await redrawn(scope);
  await scope.page.waitForFunction(() => new URL(location.href).searchParams.has('noise'));
  const [seed, place] = scope.parameter('noise').split('*');
  assert.equal(place, '4.6_9.11');
  let native = generate(noisy, SEED, 1, '--noise-seed', seed, '--noise-place', '4:6:9:11');
  const here = await sameAs(scope, native, unchanged, 'noise at one place');
  let [near, far, inside] = [0, 0, 0];
  for (let i = 0; i < 32 * 32; i++) {
    const [x, y] = [i % 32, Math.floor(i / 32)];
    let apart = 0;
    for (let c = 0; c < 3; c++) apart += Math.abs(here[4 * i + c] - unchanged[4 * i + c]) / 3;
    const is = x >= 4 && x <= 9 && y >= 6 && y <= 11;
    inside += is;
    if (is) near += apart;
    else far += apart;
  }
  const told = scope.part('near-and-far');
  assert.ok(Math.abs(Number(await told.getAttribute('data-near')) - near / inside) < 0.7);
  assert.ok(Math.abs(Number(await told.getAttribute('data-far')) - far / (32 * 32 - inside)) < 0.7);
  assert.ok(near / inside > far / (32 * 32 - inside), 'more changes where the noise did');

  await scope.part('noise-all').click();
  await scope.page.waitForFunction(() => !new URL(location.href).searchParams.get('noise')?.includes('*'));
  await redrawn(scope);
  native = generate(noisy, SEED, 1, '--noise-seed', scope.parameter('noise'));
  await sameAs(scope, native, unchanged, 'noise everywhere');
  assert.deepEqual(await scope.barriers(), []);
  await scope.part('noise-keep').click();
  await scope.page.locator('[data-changes=none]').waitFor();
  assert.ok(absolute(await scope.pixels('picture'), unchanged) <= 2);
  assert.deepEqual(scope.complaints, []);
  await scope.close();

  const plain = await opened({ noise: '7', count: 1 });
  await plain.part('change-summary').waitFor();
  assert.equal(await plain.part('noise').count(), 0, 'a model without noise has no such choice');
  assert.match(await plain.text('change-problem'), /left out/);
  await plain.close();
});
