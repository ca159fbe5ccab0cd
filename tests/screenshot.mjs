// Photographs the page for the README: `cargo xtask screenshot` runs this after a build.

import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { launch } from './support/chromium.mjs';
import { required } from './support/environment.mjs';
import { Saganscope } from './support/saganscope.mjs';
import { serve } from './support/site.mjs';

// A view of the shipped model that shows what the page is for; change it with the model.
const VIEW = { seed: 1, sample: 0, device: 'gpu' };
const PIXEL = [22, 28];

const file = join(dirname(fileURLToPath(import.meta.url)), '..', 'docs', 'screenshot.png');
const site = await serve(required('DIST', 'the built site'));
const browser = await launch('swiftshader');
try {
  const scope = await Saganscope.tab(browser, { colorScheme: 'light' });
  const state = await scope.open(site.url, VIEW);
  if (state !== 'ready') throw new Error(`the page failed: ${await scope.text('failure')}`);
  await scope.point(...PIXEL);
  await mkdir(dirname(file), { recursive: true });
  await scope.page.screenshot({ path: file });
} finally {
  await browser.close();
  await site.close();
}
