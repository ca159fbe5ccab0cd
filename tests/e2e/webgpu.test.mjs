// The page on WebGPU: it opens without a complaint, and draws what the native command draws.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { VIEW, sameAttention, samePictures, sameReadings } from '../support/agreement.mjs';
import { hosted } from '../support/hosted.mjs';
import { FIXTURE, fixture, generate } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';
import { REPORT_GPU_ERRORS, WORKER, withScripts } from '../support/worker_scripts.mjs';

const { dist, site, browser } = await hosted('swiftshader');
site.files.set(WORKER, await withScripts(dist, REPORT_GPU_ERRORS));
const checkpoint = fixture();
site.files.set(FIXTURE, checkpoint);
const native = generate(checkpoint, VIEW.seed, VIEW.count);

test('each shipped model opens on the GPU without a complaint, the first one unasked', async () => {
  const folder = join(dist, 'checkpoints');
  const models = JSON.parse(await readFile(join(folder, 'models.json'), 'utf8'));
  assert.ok(models.length >= 3);
  for (const [index, { file }] of models.entries()) {
    const shipped = generate(await readFile(join(folder, file)), 1, 1);
    const scope = await Saganscope.tab(browser);
    const named = index === 0 ? {} : { model: file.split('.')[0] };
    assert.equal(await scope.open(site.url, { seed: 1, count: 1, device: 'gpu', ...named }), 'ready', file);
    assert.doesNotMatch(await scope.text('status'), /\bCPU\b/);
    assert.match(await scope.text('status'), /\d\s*(ms|s)\b/, 'the status tells how long the pictures took');
    await samePictures(scope, shipped);
    assert.deepEqual(scope.complaints, [], file);
    await scope.close();
  }
});

test('pictures and attention drawn on the GPU are those of the native command', async () => {
  const scope = await Saganscope.tab(browser);
  assert.equal(await scope.open(site.url, { ...VIEW, device: 'gpu' }), 'ready');
  assert.doesNotMatch(await scope.text('status'), /\bCPU\b/);
  await samePictures(scope, native);
  await sameAttention(scope, native, VIEW.sample, [[20, 28], [50, 9], [33, 41]]);
  await sameReadings(scope, native, VIEW.sample, [[20, 28], [33, 41]]);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('a GPU that is only software is passed over for the CPU, and the page says so', async () => {
  const scope = await Saganscope.tab(browser);
  assert.equal(await scope.open(site.url, { ...VIEW, count: 1, sample: 0 }), 'ready');
  assert.match(await scope.text('status'), /\bCPU\b/);
  assert.match(await scope.page.locator('body').innerText(), /only GPU is software[^.]*\bCPU\b[^.]*\?device=gpu/);
  await samePictures(scope, { pictures: native.pictures.slice(0, 1) });
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});
