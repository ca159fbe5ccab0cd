// Photographs the page for the README: `cargo xtask screenshot` runs this after a build.

import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { launch } from './support/chromium.mjs';
import { required } from './support/environment.mjs';
import { begun, enter } from './support/room.mjs';
import { Saganscope } from './support/saganscope.mjs';
import { serve } from './support/site.mjs';

// A view of the shipped model that shows what the page is for; change it with the model.
const VIEW = { seed: 1, sample: 0, device: 'gpu' };
const PIXEL = [22, 28];
// Enough to see butterflies, and half a minute on a processor.
const STEPS = 1500;

const docs = join(dirname(fileURLToPath(import.meta.url)), '..', 'docs');
const site = await serve(required('DIST', 'the built site'));
const browser = await launch('swiftshader');
try {
  const scope = await Saganscope.tab(browser, { colorScheme: 'light' });
  const state = await scope.open(site.url, VIEW);
  if (state !== 'ready') throw new Error(`the page failed: ${await scope.text('failure')}`);
  await scope.point(...PIXEL);
  await mkdir(docs, { recursive: true });
  await scope.page.screenshot({ path: join(docs, 'screenshot.png') });
  const room = await Saganscope.tab(browser, { colorScheme: 'light' });
  await enter(room, site);
  await begun(room, STEPS);
  await room.page.screenshot({ path: join(docs, 'training.png') });
} finally {
  await browser.close();
  await site.close();
}
