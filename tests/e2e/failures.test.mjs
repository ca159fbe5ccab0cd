// Whatever is wrong with a file, the page says what, in a sentence.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { hosted } from '../support/hosted.mjs';
import { FIXTURE, fixture } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';

const VIEW = { device: 'cpu', count: 1, checkpoint: FIXTURE };

const { site, browser } = await hosted('none');
const checkpoint = fixture();

beforeEach(() => site.files.clear());

// Opens the page, which must fail, and gives its sentence.
async function sentence(view = VIEW) {
  const scope = await Saganscope.tab(browser);
  assert.equal(await scope.open(site.url, view), 'failed');
  const text = await scope.text('failure');
  await scope.close();
  return text;
}

test('a missing checkpoint is named, with the status', async () => {
  site.files.set(FIXTURE, 404);
  const text = await sentence();
  assert.match(text, /fixture\.safetensors/);
  assert.match(text, /404/);
});

test('a truncated checkpoint is called cut short', async () => {
  for (const length of [checkpoint.length - 4, Math.floor(checkpoint.length / 2), 100, 5]) {
    site.files.set(FIXTURE, checkpoint.subarray(0, length));
    const text = await sentence();
    assert.match(text, /fixture\.safetensors/, `cut to ${length} bytes`);
    assert.match(text, /cut short/, `cut to ${length} bytes`);
  }
});

test('a file of another kind is not taken for a checkpoint', async () => {
  site.files.set(FIXTURE, Buffer.from('GIF89a this is some picture, and no checkpoint at all'));
  assert.match(await sentence(), /not a safetensors file/);
  // PyTorch's are zips.
  site.files.set(FIXTURE, Buffer.from('PK\x03\x04 this is some archive, and no checkpoint at all'));
  assert.match(await sentence(), /PyTorch file cannot be read: it is damaged/);
});

test('a host that answers a missing path with its front page is seen through', async () => {
  const body = Buffer.from('<!doctype html><title>Welcome</title><p>Nothing here.</p>');
  site.files.set(FIXTURE, { type: 'text/html', body });
  const text = await sentence();
  assert.match(text, /fixture\.safetensors/);
  assert.match(text, /web page/);
});

test('a checkpoint of another site is not opened', async () => {
  for (const path of ['https://example.org/x.safetensors', '//example.org/x', '../x.safetensors']) {
    assert.match(await sentence({ ...VIEW, checkpoint: path }), /relative path/, path);
  }
});

test('an engine that cannot be downloaded is told from a checkpoint', async () => {
  site.files.set(FIXTURE, checkpoint);
  site.files.set('engine_bg.wasm', 503);
  const text = await sentence();
  assert.match(text, /engine/i);
  assert.match(text, /503/);
});

test('an engine that is not wasm is reported', async () => {
  site.files.set(FIXTURE, checkpoint);
  site.files.set('engine_bg.wasm', Buffer.from('this is no program'));
  assert.match(await sentence(), /engine/i);
});

test('after a failure, trying again works once the file is there', async () => {
  site.files.set(FIXTURE, 500);
  const scope = await Saganscope.tab(browser);
  assert.equal(await scope.open(site.url, VIEW), 'failed');
  site.files.set(FIXTURE, checkpoint);
  await scope.page.getByRole('button', { name: /try again|retry/i }).click();
  await scope.page.locator('[data-state=ready]').waitFor({ timeout: 120_000 });
  assert.ok(new Set(await scope.pixels('picture')).size > 20, 'the picture is drawn');
  await scope.close();
});
