// Whatever state the page is in: nothing that axe-core knows of keeps anybody out, in light, in dark and
// in colours that the system chooses, on a narrow screen and on a wide one; and no width scrolls
// sideways.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hosted } from '../support/hosted.mjs';
import { begun, paused, room } from '../support/room.mjs';
import { FIXTURE, fixture, publishedPair } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';

const JUDGE = FIXTURE.replace('.safetensors', '-discriminator.safetensors');
const OTHER = 'checkpoints/other.safetensors';
const VIEW = { device: 'cpu', count: 2, seed: 3, sample: 1, checkpoint: FIXTURE };
const STILL = { reducedMotion: 'reduce' };

const WIDTHS = [360, 1440];
const THEMES = [['light', 'none'], ['dark', 'none'], ['light', 'active']];
// What depends on colours; all else is the same in every theme.
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];
const NO_SIDEWAYS = [360, 390, 701, 1121, 1600, 2560];

const { site, browser, opener } = await hosted('none');
const pair = publishedPair(fixture());
site.files.set(FIXTURE, pair.generator);
site.files.set(JUDGE, pair.discriminator);
site.files.set(OTHER, pair.generator);
const tab = opener(VIEW);
const opened = (parameters) => tab(parameters, STILL);

// All that is wrong with the page as it stands.
async function wrong(scope) {
  const found = [];
  const size = scope.page.viewportSize();
  for (const width of NO_SIDEWAYS) {
    await scope.page.setViewportSize({ width, height: 900 });
    const wide = await scope.page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) found.push(`it is ${wide} pixels wide in ${width}`);
  }
  for (const width of WIDTHS) {
    await scope.page.setViewportSize({ width, height: 900 });
    for (const [at, [colorScheme, forcedColors]] of THEMES.entries()) {
      await scope.page.emulateMedia({ colorScheme, forcedColors, reducedMotion: 'reduce' });
      const barriers = await scope.barriers(at > 0 ? OF_COLOURS : undefined);
      found.push(...barriers.map((barrier) => `${width} pixels, ${colorScheme}, forced colours ${forcedColors}: ${barrier}`));
    }
  }
  await scope.page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', reducedMotion: 'reduce' });
  await scope.page.setViewportSize(size);
  return found;
}

async function keepsNobodyOut(scope, state) {
  assert.deepEqual(await wrong(scope), [], state);
}

// Unfolds all that can be unfolded.
const unfold = (scope) => scope.page.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = true; }));

test('while it loads and draws', async () => {
  const scope = await Saganscope.tab(browser, STILL);
  let send;
  const held = new Promise((sent) => { send = sent; });
  await scope.page.route(`**/${FIXTURE}`, async (route) => {
    await held;
    await route.continue();
  });
  // The engine's answers wait while it draws and `held` is so.
  await scope.page.addInitScript(() => {
    globalThis.held = true;
    const waits = () => globalThis.held && document.querySelector('[data-state=drawing]');
    const add = Worker.prototype.addEventListener;
    Worker.prototype.addEventListener = function (type, heard, ...more) {
      // One after the other, as they came.
      let before = Promise.resolve();
      const later = (event) => {
        before = before.then(async () => {
          while (waits()) await new Promise((done) => setTimeout(done, 20));
          heard.call(this, event);
        });
      };
      return add.call(this, type, type === 'message' ? later : heard, ...more);
    };
  });
  await scope.page.goto(`${site.url}?${new URLSearchParams(VIEW)}`);
  await scope.page.locator('[data-state=loading] .progress-card').waitFor();
  await keepsNobodyOut(scope, 'loading');
  send();
  await scope.page.locator('[data-state=drawing]').waitFor({ timeout: 120_000 });
  assert.equal(await scope.part('picture').count(), 0);
  await keepsNobodyOut(scope, 'drawing the first pictures');
  await scope.page.evaluate(() => { globalThis.held = false; });
  assert.equal(await scope.settled(), 'ready');
  await scope.page.evaluate(() => { globalThis.held = true; });
  await scope.part('new-samples').click();
  await scope.page.locator('[data-state=drawing] .picture.stale').waitFor();
  await keepsNobodyOut(scope, 'drawing others');
  await scope.page.evaluate(() => { globalThis.held = false; });
  assert.equal(await scope.settled(), 'ready');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('where something has failed, and where the address says what nobody knows', async () => {
  const scope = await Saganscope.tab(browser, STILL);
  site.files.set('checkpoints/none.safetensors', 404);
  assert.equal(await scope.open(site.url, { ...VIEW, checkpoint: 'checkpoints/none.safetensors', new: 1 }), 'failed');
  await scope.part('notice').waitFor();
  await keepsNobodyOut(scope, 'failed');
  await scope.close();

  // A second model that is not there, and a first one that comes to be missing beside its pictures.
  const beside = await opened({ with: 'checkpoints/none.safetensors' });
  await beside.part('second-failure').waitFor();
  site.files.set('checkpoints/rosettes.safetensors', 404);
  await unfold(beside);
  await beside.part('model-rosettes').click();
  assert.equal(await beside.settled(), 'failed');
  await keepsNobodyOut(beside, 'failed beside pictures');
  site.files.delete('checkpoints/rosettes.safetensors');
  await beside.close();
});

test('with everything unfolded: changes, brush, regions, latents, judge, a second model', async () => {
  const scope = await opened({
    with: OTHER, pins: '20.30_44.30_12.12', g1: 0.5, mask2: '40-44', toward: '0*0.5', across: 1, layer: 2,
  });
  await scope.page.locator('[data-changes=drawn]').waitFor();
  await scope.page.locator('[data-second=ready]').waitFor({ timeout: 120_000 });
  await unfold(scope);
  await scope.part('judge-score').waitFor({ timeout: 120_000 });
  await scope.choose('brush-mask');
  await keepsNobodyOut(scope, 'with everything unfolded');
  await scope.close();

  const regions = await opened({ region: '12.20_30.33', region2: '40.20_52.33', way: 'to', read: 'lose' });
  await regions.part('flow').waitFor();
  await regions.part('heat-1').waitFor();
  await regions.part('second-region').click();
  await keepsNobodyOut(regions, 'with two regions');
  await regions.close();
});

for (const view of ['where', 'parts', 'bits']) {
  test(`the whole picture at once: ${view}`, async () => {
    const scope = await opened({ view, pins: '20.30' });
    await scope.part('field-1').waitFor({ timeout: 60_000 });
    await keepsNobodyOut(scope, view);
    await scope.close();
  });
}

test('a wide screen is used', async () => {
  const scope = await opened({ pins: '20.30' });
  const seen = async (width) => {
    await scope.page.setViewportSize({ width, height: 1200 });
    const [picture, first, second, tool] = await Promise.all(
      ['picture', 'map-0', 'map-1'].map((name) => scope.part(name).boundingBox()).concat(scope.page.locator('.tool').boundingBox()),
    );
    return { picture: picture.width, map: first.width, beside: first.y === second.y && first.x < second.x, tool: tool.width };
  };
  const usual = await seen(1280);
  for (const width of [1600, 1920, 2560]) {
    const wide = await seen(width);
    assert.ok(wide.tool >= 0.85 * Math.min(width, 2500), `the tool is ${wide.tool} wide in ${width}`);
    assert.ok(wide.picture > 1.1 * usual.picture, `${wide.picture} in ${width}`);
    // Either larger, or both at once.
    assert.ok(wide.map >= usual.map && (wide.beside || wide.map > 1.2 * usual.map), JSON.stringify(wide));
  }
  await scope.close();
});

test('in another page, and on the tour', async () => {
  const scope = await opened({ embed: 1 });
  await keepsNobodyOut(scope, 'embedded');
  await scope.close();
  const tour = await opened({ device: 'cpu', checkpoint: 'checkpoints/faces.safetensors' });
  await tour.part('tour').click();
  await tour.part('tour-words').waitFor();
  assert.equal(await tour.settled(), 'ready');
  await keepsNobodyOut(tour, 'on the tour');
  await tour.close();
});

test('the training room: its form, a run that goes, that rests, and those that were kept', async () => {
  const scope = await room(browser, site, STILL);
  await unfold(scope);
  await keepsNobodyOut(scope, 'the form');
  await begun(scope, 2);
  await keepsNobodyOut(scope, 'a run that goes');
  await paused(scope);
  await scope.part('picture').waitFor({ timeout: 120_000 });
  await unfold(scope);
  await keepsNobodyOut(scope, 'a run that rests');
  await scope.part('put-away').click();
  await scope.part('offer').waitFor({ timeout: 60_000 });
  await unfold(scope);
  await keepsNobodyOut(scope, 'runs that were kept');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});
