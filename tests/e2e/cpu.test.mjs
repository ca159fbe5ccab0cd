// The page without WebGPU: the same pictures and the same attention, from the CPU, and it says so.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { VIEW, sameAttention, samePictures, sameReadings } from '../support/agreement.mjs';
import { INSECURE_HOST } from '../support/chromium.mjs';
import { hosted } from '../support/hosted.mjs';
import { FIXTURE, fixture, generate } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';

const { site, browser } = await hosted('none');
const checkpoint = fixture();
site.files.set(FIXTURE, checkpoint);
const native = generate(checkpoint, VIEW.seed, VIEW.count);

// The status names the CPU, and one sentence says why it is used.
async function saysSo(scope) {
  assert.match(await scope.text('status'), /\bCPU\b/);
  assert.match(await scope.page.locator('body').innerText(), /WebGPU[^.]*\bCPU\b[^.]*\./);
}

test('without WebGPU the CPU draws the same pictures and attention, and the page says so', async () => {
  const scope = await Saganscope.tab(browser);
  assert.equal(await scope.open(site.url, VIEW), 'ready');
  const adapter = await scope.page.evaluate(async () => await navigator.gpu?.requestAdapter());
  assert.ok(!adapter, 'this browser has no WebGPU adapter');
  await saysSo(scope);
  await samePictures(scope, native);
  await sameAttention(scope, native, VIEW.sample, [[20, 28], [50, 9], [33, 41]]);
  await sameReadings(scope, native, VIEW.sample, [[20, 28], [33, 41]]);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('where the browser hides WebGPU altogether, the CPU draws too', async () => {
  const scope = await Saganscope.tab(browser);
  const url = site.url.replace('127.0.0.1', INSECURE_HOST);
  assert.equal(await scope.open(url, { ...VIEW, count: 1, sample: 0 }), 'ready');
  assert.equal(await scope.page.evaluate(() => 'gpu' in navigator), false);
  await saysSo(scope);
  await samePictures(scope, { pictures: native.pictures.slice(0, 1) });
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('the shipped model draws sixteen different pictures', async () => {
  const scope = await Saganscope.tab(browser);
  assert.equal(await scope.open(site.url), 'ready');
  const pictures = new Set();
  for (let index = 0; index < 16; index++) {
    pictures.add(Buffer.from(await scope.pixels(`sample-${index}`)).toString('base64'));
  }
  assert.equal(pictures.size, 16);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});
