// What one sees of a training: partners in its curves, the plots looked at closely, the run as an
// animated picture, how far it is from real pictures, and stored runs beside each other. On the CPU,
// with the smallest networks.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { Engine } from '../support/engine.mjs';
import { alike, frames, square } from '../support/film.mjs';
import { hosted } from '../support/hosted.mjs';
import { begun, download, paused, phase, room, smallest } from '../support/room.mjs';
import { atSnapshot, carried, changed, history, snapshotSteps } from '../support/safetensors.mjs';
import { distances, generate, partners, trained } from '../support/sagan.mjs';

const PATIENCE = 120_000;
const WORLD = 'upright-butterflies';

// What a frame takes of the page's thread, in milliseconds: all of its tasks together are no longer
// than one may be. It is the thread's own time, since on a busy machine any task may have to wait.
const WORK_A_FRAME = 50;

const { site, browser } = await hosted('none');

test('partner selectivity is read on the way, and is what `sagan measure` finds', async () => {
  const engine = await Engine.start(browser, site);
  // What draws nothing but grey has no figures to look from, and its maps are flat: all is turned up.
  const up = (name, value) => {
    if (/^(average|generator)\.last_weight$/.test(name)) return 40 * value;
    return /^(average|generator)\..*running_var$/.test(name) ? value / 100 : value;
  };
  const begun = readFileSync(join(trained('--data', WORLD, '--size', 32, '--conv-dim', 8, '--z-dim', 16, '--batch', 4, '--seed', 3, '--steps', 2), 'latest.safetensors'));
  const open = { run: 1, checkpoint: changed(begun, up), name: 'a run', from: { World: WORLD }, device: 'Cpu', keep: false };
  const { record, kind, sentence } = await engine.ask('Train', { Open: open });
  assert.equal(kind, 'Ready', sentence);
  const { others } = await engine.ask('Train', { Run: { run: 1, steps: 1n } });
  const { step, values } = others.filter((reply) => reply.kind === 'Vitals').at(-1);
  assert.equal(step, 3n);
  const named = Object.fromEntries(record.vital_names.map((name, at) => [name, values[at]]));
  const { checkpoint } = await engine.ask('Train', { Save: { run: 1 } });
  const { generator, discriminator } = partners(Buffer.from(checkpoint), { data: WORLD, dataSeed: 3, seed: 1, count: 4 });
  const close = (found, wanted, what) => assert.ok(Math.abs(found - wanted) < 2e-3 * wanted, `${what}: ${found}, ${wanted}`);
  assert.ok(generator.every((found) => Math.abs(found - 1) > 0.004), `${generator}`);
  generator.forEach((wanted, at) => close(named[`partner.generator.${at + 1}`], wanted, `layer ${at + 1} of G`));
  // The command lists them from the finest. On 4×4 cells every partner is near.
  assert.equal(discriminator[1], null);
  assert.ok(Number.isNaN(named['partner.discriminator.1']));
  close(named['partner.discriminator.2'], discriminator[0], 'the finer layer of D');
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('a run is saved as an animated picture of its snapshots, with the maps of a pin', async (t) => {
  const scope = await room(browser, site);
  await begun(scope, 10);
  const now = await paused(scope);
  const { bytes } = await download(scope);
  const taken = snapshotSteps(bytes);
  await scope.page.locator(`[data-testid=drawn-at][data-step="${now}"]`).waitFor({ timeout: PATIENCE });
  await scope.part('picture').scrollIntoViewIfNeeded();
  const picture = await scope.part('picture').boundingBox();
  const [x, y] = [20, 9];
  await scope.page.mouse.click(picture.x + ((x + 0.5) / 32) * picture.width, picture.y + ((y + 0.5) / 32) * picture.height);

  await scope.part('film').click();
  // Stopped, nothing is left of it.
  await scope.part('film-make').click();
  await scope.part('film-stop').click();
  await scope.part('film-make').waitFor();
  assert.equal(await scope.text('film-said'), '');

  const devtools = await scope.context.newCDPSession(scope.page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return 1000 * metrics.find(({ name }) => name === 'TaskDuration').value;
  };
  const before = await worked();
  const [saved] = await Promise.all([
    scope.page.waitForEvent('download', { timeout: PATIENCE }),
    scope.part('film-make').click(),
  ]);
  const work = ((await worked()) - before) / taken.length;
  const file = await readFile(await saved.path());
  t.diagnostic(`${taken.length} frames, ${file.length} bytes; ${work.toFixed(0)} ms of the page's thread for each`);
  assert.ok(work > 0 && work <= WORK_A_FRAME, `${work} ms`);
  assert.equal(saved.suggestedFilename(), `saganscope-twins-steps-0-to-${taken.at(-1)}.gif`);
  assert.match(await scope.text('film-said'), /^Saved saganscope-twins/);
  assert.ok(file.includes(Buffer.from(`${site.url}?`)) && file.includes(Buffer.from('room=train')), 'it carries its address');

  const { all, repetitionCount } = await frames(scope.page, file);
  assert.equal(all.length, taken.length);
  assert.equal(repetitionCount, Infinity);
  assert.deepEqual([...new Set(all.slice(0, -1).map(({ duration }) => duration))], [200_000]);
  assert.equal(all.at(-1).duration, 2_500_000);

  // What the slider draws at those steps: pictures four pixels wide each, one pixel between them.
  const slider = scope.part('step-slider');
  await slider.focus();
  for (const [key, frame] of [['Home', all[0]], ['End', all.at(-1)]]) {
    await scope.page.keyboard.press(key);
    // The right end is now, beyond the last snapshot.
    if (key === 'End') await scope.page.keyboard.press('ArrowLeft');
    const step = key === 'Home' ? 0 : taken.at(-1);
    await scope.page.locator(`[data-testid=drawn-at][data-step="${step}"]`).waitFor({ timeout: PATIENCE });
    // At rest all have come.
    await scope.page.waitForTimeout(1500);
    for (const index of [0, 5, 15]) {
      const place = [index % 4, index >> 2].map((along) => 4 * (3 + 33 * along));
      // The pin is a pixel of the chosen picture.
      const pin = (at) => index === 0 && at === 32 * y + x;
      alike(square(frame, place, 32, 4), await scope.pixels(`sample-${index}`), `step ${step}, picture ${index}`, pin);
    }
    for (const [layer, side] of [[0, 8], [1, 16]]) {
      const times = 256 / side;
      const place = [4 * (3 + 99 + 32 + 3), 4 * (3 + 65 * layer)];
      alike(square(frame, place, side, times), await scope.pixels(`heat-${layer}`), `step ${step}, map ${layer}`);
    }
  }
  assert.deepEqual(await scope.barriers(), []);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('all plots show the stretch that was dragged over, by mouse, by keys and by buttons', async () => {
  const scope = await room(browser, site, { viewport: { width: 390, height: 844 } });
  await begun(scope, 24);
  await paused(scope);
  const { bytes } = await download(scope);
  const steps = history(bytes).map(({ step }) => step);
  const last = Math.max(steps.at(-1), Number(carried(bytes)['history.vitals.steps'].bytes.readBigUInt64LE(carried(bytes)['history.vitals.steps'].bytes.length - 8)));
  assert.equal(await scope.text('shown-steps'), 'The whole run');
  assert.ok(await scope.part('whole-run').isDisabled());
  const path = (plot) => scope.part(`plot-${plot}`).locator('svg path').last().getAttribute('d');
  const before = [await path('losses'), await path('gammas')];

  // Not under the slider, which stays at the lower edge of a phone.
  await scope.part('plot-losses').evaluate((plot) => plot.scrollIntoView({ block: 'center', behavior: 'instant' }));
  const plot = await scope.part('plot-losses').locator('.plot-frame').boundingBox();
  const at = (part) => plot.x + part * plot.width;
  const slid = await scope.text('slider-says');
  await scope.page.mouse.move(at(0.75), plot.y + 30);
  await scope.page.mouse.down();
  await scope.page.mouse.move(at(0.5), plot.y + 40, { steps: 4 });
  // All plots show what is being dragged over.
  await scope.page.locator('.plot .dragged').nth(3).waitFor({ state: 'attached' });
  await scope.page.mouse.move(at(0.25), plot.y + 40, { steps: 4 });
  await scope.page.mouse.up();
  const [from, to] = (await scope.text('shown-steps')).match(/^Steps (\d+) to (\d+)$/).slice(1).map(Number);
  assert.ok(Math.abs(from - last / 4) <= 1 && Math.abs(to - (3 * last) / 4) <= 1, `${from} to ${to} of ${last}`);
  assert.equal(await scope.page.locator('.plot .dragged').count(), 0);
  assert.equal(await scope.text('slider-says'), slid, 'a drag is no click');
  const after = [await path('losses'), await path('gammas')];
  assert.notEqual(after[0], before[0]);
  assert.notEqual(after[1], before[1], 'the other plots follow');
  // The readings within, and one on either side: all that the line goes through.
  const within = steps.filter((step) => step >= from && step <= to).length;
  assert.equal(after[0].match(/[ML]/g).length, within + (steps[0] < from ? 1 : 0) + (steps.at(-1) > to ? 1 : 0));

  const group = scope.page.getByRole('group', { name: /^Plots over steps/ });
  await group.focus();
  await scope.page.keyboard.press('+');
  const [a, b] = (await scope.text('shown-steps')).match(/\d+/g).map(Number);
  assert.ok(b - a === Math.max(Math.round((to - from) / 2), 4) && a >= from && b <= to, `${a} to ${b}`);
  // The cursor takes the stretch along.
  await scope.page.keyboard.press('End');
  assert.equal(Number((await scope.text('shown-steps')).match(/\d+$/)[0]), steps.at(-1));
  await scope.page.keyboard.press('-');
  await scope.page.keyboard.press('0');
  assert.equal(await scope.text('shown-steps'), 'The whole run');
  assert.deepEqual([await path('losses'), await path('gammas')], before);
  await scope.part('closer').click();
  assert.match(await scope.text('shown-steps'), /^Steps \d+ to \d+$/);
  await scope.part('whole-run').click();
  assert.equal(await scope.text('shown-steps'), 'The whole run');

  // γ begins at 0: that is the first thing to be seen, and a way back to it.
  const first = scope.part('phase').first();
  assert.match(await first.textContent(), /^Attention adds nothing yet from step 0$/);
  await first.click();
  await scope.page.locator('[data-testid=drawn-at][data-step="0"]').waitFor({ timeout: PATIENCE });
  const wider = await scope.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `${wider} px too wide`);
  assert.deepEqual(await scope.barriers(), []);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('a run is measured as `sagan measure` does it, and stored runs are compared', async () => {
  const scope = await room(browser, site);
  await begun(scope, 4);
  const first = await paused(scope);
  await scope.part('measure-open').click();
  await scope.part('measure').click();
  await scope.page.locator('[data-testid=measured][data-distance]').waitFor({ timeout: PATIENCE });
  const found = Number(await scope.part('measured').getAttribute('data-distance'));
  const file = (await download(scope)).bytes;
  const [wanted, ofReal] = distances(file, { data: 'twins', dataSeed: 1, count: 256 });
  assert.ok(Math.abs(found - wanted) < 1e-3 * wanted, `${found}, ${wanted}`);
  assert.match(await scope.text('measured'), /real pictures among themselves/);
  // It is in the run's file.
  const { 'history.quality.counts': counts, 'history.quality.values': values } = carried(file);
  assert.deepEqual([0, 8].map((at) => Number(counts.bytes.readBigUInt64LE(at))), [first, 256]);
  assert.ok(Math.abs(values.bytes.readFloatLE(4) - ofReal) < 1e-3 * ofReal);
  await scope.part('put-away').click();
  await phase(scope, 'none');

  await smallest(scope);
  await scope.choose('world-upright-butterflies');
  await scope.choose('pictures-a-step-8');
  await begun(scope, 8);
  const second = await paused(scope);
  const other = (await download(scope)).bytes;
  await scope.part('put-away').click();
  await phase(scope, 'none');

  await scope.part('kept-runs').click();
  await scope.page.waitForFunction(() => document.querySelectorAll('[data-testid=compare-run]').length === 2, undefined, { timeout: PATIENCE });
  // The one that was kept last comes first; only the other one was measured.
  const told = await scope.part('run-distance').allTextContents();
  assert.equal(told[0], 'not measured');
  assert.ok(Math.abs(Number(told[1]) - wanted) < 0.05 * wanted, told[1]);
  assert.ok(await scope.part('compare-runs').isDisabled());
  for (const box of await scope.part('compare-run').all()) await box.check();
  await scope.part('compare-runs').click();
  await scope.part('compared-differences').waitFor({ timeout: PATIENCE });
  const rows = await scope.part('compared-differences').locator('tr').evaluateAll((rows) =>
    rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
  assert.deepEqual(rows, [
    ['What differs', 'upright butterflies', 'twins'],
    ['Pictures', 'upright butterflies', 'twins'],
    ['Pictures a step', '8', '4'],
  ]);

  // Each shows its own snapshot nearest to the slider's step: at the right end its last.
  const drawn = async (name, file, step) => {
    const run = scope.page.getByRole('region', { name, exact: true });
    await scope.page.waitForFunction(([name, step]) =>
      document.querySelector(`[data-testid=compared-run][aria-label="${name}"]`)?.dataset.step === String(step), [name, step], { timeout: PATIENCE });
    await run.locator('canvas').nth(7).waitFor({ timeout: PATIENCE });
    const { pictures } = generate(atSnapshot(file, step), 1, 8);
    const wanted = pictures[7];
    for (let attempt = 0; ; attempt++) {
      const pixels = await scope.pixels(`compared-${name}-7`);
      const far = pixels.reduce((most, value, at) => Math.max(most, Math.abs(value - wanted[at])), 0);
      if (far <= 1) return;
      assert.ok(attempt < 50, `${name}, step ${step}: ${far}`);
      await scope.page.waitForTimeout(100);
    }
  };
  await drawn('twins', file, snapshotSteps(file).at(-1));
  await drawn('upright butterflies', other, snapshotSteps(other).at(-1));
  assert.ok(second >= 8);
  await scope.part('compared-slider').focus();
  await scope.page.keyboard.press('Home');
  await drawn('twins', file, 0);
  await drawn('upright butterflies', other, 0);
  const losses = scope.part('compared').getByTestId('plot-losses');
  assert.deepEqual(await losses.locator('.key').evaluateAll((keys) => keys.map((key) => key.textContent.replace(/ [^ ]*$/, ''))), [
    'upright butterflies: discriminator', 'upright butterflies: generator', 'twins: discriminator', 'twins: generator',
  ]);
  assert.deepEqual(await scope.barriers(), []);
  await scope.part('compared-close').click();
  assert.equal(await scope.part('compared').count(), 0);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});
