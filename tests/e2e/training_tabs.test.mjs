// Runs in several tabs and many runs in one browser: watched, taken over, named, forgotten; and what a
// run does while its tab is out of sight.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Engine } from '../support/engine.mjs';
import { hosted } from '../support/hosted.mjs';
import { begun, download, enter, paused, phase, reaches, room, smallest, step } from '../support/room.mjs';
import { weights } from '../support/safetensors.mjs';
import { Saganscope } from '../support/saganscope.mjs';

const PATIENCE = 240_000;

const CONFIG = {
  size: 32, conv_dim: 8, z_dim: 16, energy: 'dot', query_width: undefined, place: false,
  generator_attention: [16], discriminator_attention: [4], spectral_norm: 'both',
  minibatch_deviation: false, equal_phase_sums: false, diff_augment: false,
  generator_rate: 1e-4, discriminator_rate: 4e-4, batch: 2, seed: 3n,
};

const { site, browser } = await hosted('none');

// Another tab of the same visitor's, in the room.
async function second(scope) {
  const page = await scope.context.newPage();
  const other = new Saganscope(scope.context, page, scope.complaints);
  await enter(other, site);
  return other;
}

test('a run is watched from another tab, and taken over where it was left', async () => {
  const scope = await room(browser, site);
  await begun(scope, 2);
  const other = await second(scope);
  await other.part('offer').waitFor({ timeout: PATIENCE });
  assert.match(await other.text('offer'), /^Another tab trains twins/);
  await other.part('watch').click();
  await phase(other, 'resting');
  assert.equal(await step(other), 0, 'only its start was kept so far');
  assert.match(await other.text('run-state'), /in another tab/);
  assert.equal(await other.part('go-on').count(), 0, 'one only looks on');

  // What is kept over there is seen here.
  const kept = await paused(scope);
  await reaches(other, kept);
  await scope.part('go-on').click();
  await reaches(scope, kept + 2);
  const { bytes } = await download(scope);
  assert.ok(bytes.length > 1000);

  await phase(other, 'resting');
  await other.part('take-over').click();
  await phase(scope, 'none');
  const notice = await scope.text('training-notice');
  const [, left] = notice.match(/^Another tab has taken this run over, at step (\d+); nothing of it is lost/).map(Number);
  assert.ok(left >= kept + 2, `${left}`);
  await other.part('go-on').waitFor({ timeout: PATIENCE });
  await phase(other, 'resting');
  assert.equal(await step(other), left);
  await other.part('one-step').click();
  await reaches(other, left + 1);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('of a tab that does not answer the run is taken after twenty seconds, and it writes no more', async (t) => {
  // An engine without the page around it holds the lock and hears no other tab, as a frozen one.
  const frozen = await Engine.start(browser, site);
  const asked = async (engine, what, kind) => {
    const reply = await engine.ask('Train', what);
    assert.equal(reply.kind, kind, reply.sentence);
    return reply;
  };
  const { kept_as: id } = await asked(frozen, { Begin: { run: 1, config: CONFIG, from: { World: 'twins' }, device: 'Cpu', keep: true } }, 'Ready');
  await asked(frozen, { Run: { run: 1, steps: 2n } }, 'Paused');

  const other = await second(frozen.scope);
  await other.part('offer').waitFor({ timeout: PATIENCE });
  assert.match(await other.text('offer'), /^Another tab trains twins/);
  const start = performance.now();
  await other.part('take-over').click();
  await phase(other, 'resting');
  const seconds = (performance.now() - start) / 1000;
  t.diagnostic(`taken after ${seconds.toFixed(1)} s`);
  assert.ok(seconds > 18, 'it has twenty seconds to answer');
  assert.equal(await step(other), 2);
  await other.part('one-step').click();
  await reaches(other, 3);
  await other.page.getByText(/^Step 3 is kept in this browser/).waitFor({ timeout: PATIENCE });

  // It wakes up: what it does since is in its memory alone, and it says so.
  const { others } = await asked(frozen, { Run: { run: 1, steps: 5n } }, 'Paused');
  const { trouble } = others.filter(({ kind }) => kind === 'Autosaved').at(-1);
  assert.match(trouble, /^Another tab has taken this run over/);
  const { runs } = await asked(frozen, 'Stored', 'Stored');
  assert.deepEqual(runs.map((run) => [run.id, run.info.step]), [[id, 3n]]);
  assert.deepEqual(frozen.complaints, []);
  await frozen.close();
});

test('runs are listed with what sets them apart, named, gone on with and forgotten, each after a question', async () => {
  const scope = await room(browser, site);
  await begun(scope, 1);
  const first = await paused(scope);
  const file = weights((await download(scope)).bytes);
  await scope.part('put-away').click();
  await phase(scope, 'none');
  await scope.choose('width-of-the-networks-16');
  await begun(scope, 1);
  await paused(scope);
  await scope.part('put-away').click();
  await phase(scope, 'none');
  await scope.page.getByText('All 2 kept runs').waitFor({ timeout: PATIENCE });
  assert.match(await scope.text('offer'), /A new run leaves it as it is/);
  await scope.part('kept-runs').click();
  const rows = scope.part('kept-run');
  const cells = (row) => rows.nth(row).locator('td').allTextContents();
  assert.equal((await cells(0))[0], 'width 16');
  assert.deepEqual((await cells(1)).slice(0, 2), ['width 8', `${first}`]);
  assert.match((await cells(1))[2], /^D [\d.]+, G −?[\d.]+, γ /);

  await rows.nth(1).getByTestId('run-name').fill('the narrow one');
  await rows.nth(1).getByTestId('run-name').press('Enter');
  // The list comes back from the engine once the name is written: a reload before that would overtake it.
  await rows.nth(1).getByLabel('Compare the narrow one').waitFor({ timeout: PATIENCE });
  await enter(scope, site);
  await scope.part('kept-runs').click();
  assert.equal(await rows.nth(1).getByTestId('run-name').inputValue(), 'the narrow one');
  assert.deepEqual(await scope.barriers(), []);
  await scope.page.setViewportSize({ width: 390, height: 844 });
  const wider = await scope.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `${wider} px too wide`);

  // The wide one is forgotten, but not at the first click.
  await rows.nth(0).getByTestId('row-forget').click();
  assert.equal(await rows.count(), 2);
  await rows.nth(0).getByTestId('row-forget-surely').click();
  await scope.page.getByText('The kept run: its name, its size').waitFor({ timeout: PATIENCE });
  assert.match(await scope.text('offer'), /^Go on with the narrow one/);
  await rows.nth(0).getByTestId('row-restore').click();
  await phase(scope, 'resting');
  assert.equal(await step(scope), first);
  assert.deepEqual(weights((await download(scope)).bytes), file);
  await scope.part('put-away').click();
  await phase(scope, 'none');
  await scope.part('forget').click();
  await scope.part('keep-it').click();
  await scope.part('forget').click();
  await scope.part('forget-surely').click();
  await scope.part('offer').waitFor({ state: 'detached', timeout: PATIENCE });
  await enter(scope, site);
  assert.equal(await scope.part('offer').count(), 0);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

// Counts what the page asks of the screen.
function watchScreen() {
  globalThis.screenLocks = { asked: 0, released: 0 };
  const request = WakeLock.prototype.request;
  WakeLock.prototype.request = async function (kind) {
    globalThis.screenLocks.asked += 1;
    return request.call(this, kind);
  };
  const release = WakeLockSentinel.prototype.release;
  WakeLockSentinel.prototype.release = function () {
    globalThis.screenLocks.released += 1;
    return release.call(this);
  };
}

// Puts the tab out of sight, or back; a headless browser shows all its tabs.
function setHidden(scope, hidden) {
  return scope.page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

test('out of sight a run goes on or pauses, as it is wanted; in sight the screen stays on; leaving asks', async () => {
  const scope = await Saganscope.tab(browser);
  await scope.page.addInitScript(watchScreen);
  await enter(scope, site);
  await smallest(scope);
  const screen = () => scope.page.evaluate(() => globalThis.screenLocks);
  assert.deepEqual(await screen(), { asked: 0, released: 0 });
  const begunAt = await begun(scope, 1);
  assert.equal((await screen()).asked, 1);

  await setHidden(scope, true);
  await reaches(scope, begunAt + 3);
  await scope.page.getByText(/^Step \d+ is kept in this browser/).waitFor({ timeout: PATIENCE });
  await setHidden(scope, false);
  assert.ok((await screen()).asked > 1, 'asked again when it is seen');

  await scope.part('keeping').click();
  assert.match(await scope.text('usage'), /^This page uses [\d.]+ (k|M)B of the [\d.]+ (M|G)B that the browser allows/);
  await scope.part('hidden-too').click();
  await setHidden(scope, true);
  await phase(scope, 'resting');
  const resting = await step(scope);
  assert.match(await scope.text('kept'), new RegExp(`^Step ${resting} is kept`));
  await setHidden(scope, false);
  await phase(scope, 'going');
  await reaches(scope, resting + 1);

  // Steps that are not kept yet would be lost: the browser is told to ask.
  const asked = scope.page.waitForEvent('dialog', { timeout: PATIENCE });
  await scope.page.reload({ timeout: 5000 }).catch(() => {});
  const dialog = await asked;
  assert.equal(dialog.type(), 'beforeunload');
  await dialog.dismiss();
  await paused(scope);
  await scope.page.waitForFunction(() => globalThis.screenLocks.released > 0, undefined, { timeout: PATIENCE });
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});
