// Photographs the page for the README and docs/views.md: `cargo xtask screenshot` runs this after a
// build. Names on the command line choose some of the views.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';

import { launch } from './support/chromium.mjs';
import { required } from './support/environment.mjs';
import { palettePng } from './support/palette.mjs';
import { begun, enter } from './support/room.mjs';
import { Saganscope } from './support/saganscope.mjs';
import { serve } from './support/site.mjs';

const PATIENCE = { timeout: 240_000 };
// What the repository keeps of a view, at most.
const LARGEST = 120_000;
// Enough to see butterflies, and half a minute on a processor.
const STEPS = 1500;
// Views of shipped models that show what the page is for; change them with the models.
const EYE = { model: 'faces', seed: 1, sample: 8, pins: '25.29' };
const FRECKLE = { seed: 1, sample: 1 };

const open = (scope, name) => scope.part(name).evaluate((details) => { details.open = true; });
const part = (name) => (scope) => scope.part(name).screenshot();
const all = (selector) => (scope) => scope.page.locator(selector).first().screenshot();
const whole = (scope) => scope.page.screenshot();

// Each view: what the address says, what is done then, and what is photographed.
const VIEWS = {
  screenshot: { address: { ...FRECKLE, device: 'gpu' }, then: (scope) => scope.point(53, 15) },
  'views/pins': { address: { ...EYE, pins: '25.29_32.50_44.18', pin: 1 } },
  'views/only-this-pixel': { address: { ...EYE, read: 'only' }, take: all('.maps') },
  'views/whole-picture': { address: { ...EYE, view: 'where' }, then: (scope) => scope.part('field-1').waitFor(PATIENCE), take: all('.maps') },
  'views/parts': { address: { ...EYE, view: 'parts' }, then: (scope) => scope.part('field-1').waitFor(PATIENCE), take: all('.maps') },
  'views/regions': { address: { model: 'faces', seed: 1, sample: 8 }, then: lasso, take: all('.middle') },
  'views/change': {
    address: { ...EYE, g2: 0 },
    then: async (scope) => {
      await scope.page.locator('[data-changes=drawn]').waitFor(PATIENCE);
      await open(scope, 'change');
    },
    take: part('change'),
  },
  'views/judge': {
    address: EYE,
    then: async (scope) => {
      await open(scope, 'judge');
      await scope.part('judge-score').waitFor(PATIENCE);
    },
    take: part('judge'),
  },
  'views/latents': {
    address: { ...EYE, toward: '5*0.5' },
    then: async (scope) => {
      await scope.page.locator('[data-changes=drawn]').waitFor(PATIENCE);
      await open(scope, 'latents');
    },
    take: part('latents'),
  },
  'views/two-models': {
    address: { ...EYE, sample: 11, pins: '8.20', with: 'plain-faces' },
    then: (scope) => scope.page.locator('[data-second=ready]').waitFor(PATIENCE),
    take: part('second'),
  },
  'views/figure': {
    address: { ...EYE, pins: '25.29_32.50', pin: 1 },
    take: async (scope) => {
      await open(scope, 'take-away');
      const [file] = await Promise.all([scope.page.waitForEvent('download'), scope.part('take-png-2').click()]);
      return readFile(await file.path());
    },
  },
  'views/phone': { address: EYE, options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } },
  training: {
    enter: async (scope) => {
      await enter(scope, site);
      await begun(scope, STEPS);
    },
  },
};

// Both eyes, each with a line around it.
async function lasso(scope) {
  await scope.point(25, 29);
  const box = await scope.part('picture').boundingBox();
  const draw = async (button, centre) => {
    await scope.part(button).click();
    await scope.choose('shape-free');
    for (let corner = 0; corner <= 16; corner++) {
      const angle = (corner * Math.PI) / 8;
      const [x, y] = [centre[0] + 5.5 * Math.cos(angle), centre[1] + 4 * Math.sin(angle)];
      await scope.page.mouse.move(box.x + (x * box.width) / 64, box.y + (y * box.height) / 64);
      if (corner === 0) await scope.page.mouse.down();
    }
    await scope.page.mouse.up();
  };
  await draw('select-region', [23.5, 29]);
  await draw('second-region', [40.5, 29]);
}

async function photograph(name, { address, options, enter, then, take }) {
  const scope = await Saganscope.tab(browser, { colorScheme: 'light', reducedMotion: 'reduce', ...options });
  if (enter) {
    await enter(scope);
  } else {
    const state = await scope.open(site.url, { device: 'cpu', ...address });
    if (state !== 'ready') throw new Error(`the page failed: ${await scope.text('failure')}`);
    await then?.(scope);
  }
  const png = palettePng(PNG.sync.read(await (take ?? whole)(scope)));
  if (png.length > LARGEST) throw new Error(`${name} has ${png.length} bytes, more than ${LARGEST}`);
  const path = join(docs, `${name}.png`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, png);
  console.log(`${name}: ${png.length} bytes`);
  await scope.close();
}

const docs = join(dirname(fileURLToPath(import.meta.url)), '..', 'docs');
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in VIEWS));
if (unknown.length > 0) throw new Error(`no such view: ${unknown.join(', ')}; there are ${Object.keys(VIEWS).join(', ')}`);
const site = await serve(required('DIST', 'the built site'));
const browser = await launch('swiftshader');
try {
  for (const [name, view] of Object.entries(VIEWS)) {
    if (wanted.length === 0 || wanted.includes(name)) await photograph(name, view);
  }
} finally {
  await browser.close();
  await site.close();
}
