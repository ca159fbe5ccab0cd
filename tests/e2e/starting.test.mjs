// The page starts its engine: whatever the host calls the wasm, from one build only, and once more
// after the GPU was lost.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { hosted } from '../support/hosted.mjs';
import { FIXTURE, fixture } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';
import { WORKER, withScripts } from '../support/worker_scripts.mjs';

const VIEW = { count: 1, sample: 0, checkpoint: FIXTURE };
// Another build's engine: it greets, and nothing more.
const STRANGER = Buffer.from("onmessage = () => postMessage({ version: 2, build: 'another' });");

const { dist, site, browser } = await hosted('swiftshader');
const checkpoint = fixture();

beforeEach(() => {
  site.files.clear();
  site.files.set(FIXTURE, checkpoint);
});

// How often the page itself was asked for.
const loads = () => site.requests.filter((path) => path === 'index.html').length;

test('an engine that the host does not call wasm starts all the same', async () => {
  const body = await readFile(join(dist, 'engine_bg.wasm'));
  site.files.set('engine_bg.wasm', { type: 'application/octet-stream', body });
  const scope = await Saganscope.tab(browser);
  assert.equal(await scope.open(site.url, { ...VIEW, device: 'cpu' }), 'ready');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('an engine of another build makes the page reload once, and then say so', async () => {
  site.files.set(WORKER, { type: 'text/javascript', body: STRANGER });
  const scope = await Saganscope.tab(browser);
  const before = loads();
  await scope.page.goto(`${site.url}?${new URLSearchParams({ ...VIEW, device: 'cpu' })}`);
  const failure = scope.part('failure');
  await failure.waitFor({ timeout: 120_000 });
  assert.match(await failure.innerText(), /different versions, though it was reloaded/);
  assert.equal(loads() - before, 2);

  // Once the host has the whole of one build, the page works, and would reload again.
  site.files.delete(WORKER);
  assert.equal(await scope.open(site.url, { ...VIEW, device: 'cpu' }), 'ready');
  site.files.set(WORKER, { type: 'text/javascript', body: STRANGER });
  const again = loads();
  await scope.page.goto(`${site.url}?${new URLSearchParams({ ...VIEW, device: 'cpu' })}`);
  await failure.waitFor({ timeout: 120_000 });
  assert.equal(loads() - again, 2);
  await scope.close();
});

test('a lost GPU is told while nothing is asked, and trying again opens it in a new worker', async () => {
  const remember = `{
    const requestDevice = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...args) {
      return (globalThis.device = await requestDevice.apply(this, args));
    };
  }`;
  site.files.set(WORKER, await withScripts(dist, remember));
  const scope = await Saganscope.tab(browser);
  const workers = [];
  scope.page.on('worker', (worker) => workers.push(worker));
  assert.equal(await scope.open(site.url, { ...VIEW, device: 'gpu' }), 'ready');
  assert.equal(workers.length, 1);
  await workers[0].evaluate(() => globalThis.device.destroy());
  await scope.page.locator('[data-state=failed]').waitFor({ timeout: 60_000 });
  assert.match(await scope.text('failure'), /GPU was lost/);
  await scope.page.getByRole('button', { name: /try again/i }).click();
  await scope.page.locator('[data-state=ready]').waitFor({ timeout: 240_000 });
  assert.equal(workers.length, 2);
  assert.doesNotMatch(await scope.text('status'), /\bCPU\b/);
  await scope.close();
});
