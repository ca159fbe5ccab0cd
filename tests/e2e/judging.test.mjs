// The discriminator's view, against `sagan judge`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PNG } from 'pngjs';

import { near } from '../support/distance.mjs';
import { Engine, pictures } from '../support/engine.mjs';
import { hosted } from '../support/hosted.mjs';
import { FIXTURE, fixture, generate, judge, publishedPair } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';

const JUDGE = FIXTURE.replace('.safetensors', '-discriminator.safetensors');
const VIEW = { device: 'cpu', count: 2, checkpoint: FIXTURE, seed: 3, sample: 1 };

const { site, browser } = await hosted('swiftshader');
const run = fixture();
const pair = publishedPair(run);
const native = judge(pair.discriminator, { checkpoint: pair.generator, seed: VIEW.seed }, '--count', 2);
site.files.set(FIXTURE, pair.generator);
site.files.set(JUDGE, pair.discriminator);

// The length of each pixel's part of the gradient on picture `index`.
function lengths({ gradient: { values } }, index) {
  const at = (channel, pixel) => values[(3 * index + channel) * 4096 + pixel];
  return Float64Array.from({ length: 4096 }, (_, pixel) => Math.hypot(at(0, pixel), at(1, pixel), at(2, pixel)));
}

for (const device of ['Cpu', 'Gpu']) {
  test(`score, gradient and maps are those of the command (${device})`, async () => {
    const engine = await Engine.start(browser, site);
    const ready = await engine.ask('Draw', { Open: { model: 1, checkpoint: pair.generator, name: 'one.safetensors', device } });
    assert.equal(ready.kind, 'Ready', ready.sentence);
    const open = { judge: 4, model: 1, checkpoint: pair.discriminator, name: 'one-discriminator.safetensors' };
    const opened = await engine.ask('Judge', { Open: open });
    assert.equal(opened.kind, 'Ready', opened.sentence);
    const drawn = pictures({ latents: { Seed: { seed: BigInt(VIEW.seed), first: 1, count: 1 } } }).Pictures;
    const examine = { Examine: { topic: 5, by: { Judge: 4 }, picture: { Drawn: drawn } } };
    const verdict = await engine.ask('Judge', examine);
    assert.equal(verdict.kind, 'Examined', verdict.sentence);
    near([verdict.score], [native.score.values[1]], 1e-3, 2e-3, 'score');
    const wanted = lengths(native, 1);
    assert.ok(Math.max(...wanted) > 1e-3);
    near(verdict.gradient, wanted, 5e-3 * Math.max(...wanted), 1e-2, 'gradient');
    assert.deepEqual(verdict.sample.layers.map(({ side }) => side), opened.layers.map(({ side }) => side));
    for (const [layer, { side, dim, queries, keys, log_sum_exp: sums }] of verdict.sample.layers.entries()) {
      const [n, map] = [side * side, native[`attention${layer + 1}`]];
      assert.deepEqual(map.shape, [2, n, n]);
      for (const query of [0, n / 2 + 3, n - 1]) {
        const found = Array.from({ length: n }, (_, key) => {
          let energy = -sums[query];
          for (let d = 0; d < dim; d++) energy += queries[query * dim + d] * keys[key * dim + d];
          return Math.exp(energy);
        });
        near(found, map.values.subarray((n + query) * n, (n + query + 1) * n), 1e-4, 1e-2, `row ${query} at ${side}`);
      }
    }
    // A second look says the same.
    assert.equal((await engine.ask('Judge', examine)).score, verdict.score);

    const foreign = { ...open, judge: 5, checkpoint: publishedPair(fixture(8)).discriminator };
    const refused = await engine.ask('Judge', { Open: foreign });
    assert.match(refused.sentence, /belongs to another generator/);
    const unasked = await engine.ask('Judge', { Examine: { ...examine.Examine, by: { Judge: 5 } } });
    assert.match(unasked.sentence, /Discriminator 5 was asked, which is not open/);
    assert.equal((await engine.ask('Judge', { Close: { judge: 4 } })).kind, 'Closed');
    assert.equal((await engine.ask('Judge', examine)).kind, 'Failed');
    assert.deepEqual(engine.complaints, []);
    await engine.close();
  });
}

test('a training run’s discriminator is asked as it is, and is not changed by it', async () => {
  const engine = await Engine.start(browser, site);
  const opened = await engine.ask('Train', { Open: { run: 3, checkpoint: run, name: 'run.safetensors', device: 'Cpu', from: { World: 'twins' } } });
  assert.equal(opened.kind, 'Ready', opened.sentence);
  const saved = async () => Buffer.from((await engine.ask('Train', { Save: { run: 3 } })).checkpoint);
  const before = await saved();
  const latents = { Seed: { seed: BigInt(VIEW.seed), first: 0, count: 1 } };
  const drawn = pictures({ network: { of: { Run: 3 }, weights: 'Average' }, latents }).Pictures;
  const verdict = await engine.ask('Judge', { Examine: { topic: 5, by: { Run: 3 }, picture: { Drawn: drawn } } });
  assert.equal(verdict.kind, 'Examined', verdict.sentence);
  const wanted = judge(before, { checkpoint: before, seed: VIEW.seed }, '--count', 1);
  near([verdict.score], wanted.score.values, 1e-3, 2e-3, 'score');
  near(verdict.gradient, lengths(wanted, 0), 5e-3 * Math.max(...lengths(wanted, 0)), 1e-2, 'gradient');
  assert.ok(before.equals(await saved()), 'the run is as it was');

  // After half a step, which has no number of its own, it is another one.
  assert.equal((await engine.ask('Train', { Half: { run: 3, network: 'Discriminator' } })).kind, 'Halved');
  const later = await engine.ask('Judge', { Examine: { topic: 5, by: { Run: 3 }, picture: { Drawn: drawn } } });
  assert.notEqual(later.score, verdict.score);
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('the page shows what it says of a sample, with changes, and of a picture of the visitor', async () => {
  const scope = await Saganscope.tab(browser);
  let fetched = 0;
  scope.page.on('request', (request) => (fetched += request.url().endsWith(JUDGE) ? 1 : 0));
  assert.equal(await scope.open(site.url, { ...VIEW, pins: '22.28' }), 'ready');
  assert.equal(fetched, 0, 'nobody has asked');
  // What is shown is of the picture that is asked about.
  const score = async () => {
    await scope.page.locator('[data-testid=judge-says][aria-busy=false]').waitFor();
    return scope.figure('judge-score');
  };
  const close = (found, wanted, what) => assert.ok(Math.abs(found - wanted) <= 2e-3 + 2e-3 * Math.abs(wanted), `${what}: ${found} is not ${wanted}`);
  await scope.part('judge-summary').click();
  close(await score(), native.score.values[1], 'sample 1');
  assert.equal(fetched, 1);
  const wanted = lengths(native, 1);
  close(await scope.figure('judge-most'), 0.2 * Math.max(...wanted), 'the largest part of the gradient');
  const heat = await scope.pixels('judge-gradient');
  const light = (pixel) => heat[4 * pixel] + heat[4 * pixel + 1] + heat[4 * pixel + 2];
  const order = Array.from(wanted.keys()).sort((a, b) => wanted[a] - wanted[b]);
  assert.ok(light(order.at(-1)) > 600 && light(order[0]) < 200, 'bright where it is most');
  assert.match(await scope.text('judge-words'), /real|drawn/);

  // Its map of the pixel in question, row by row as the command has it.
  const side = Math.sqrt(native.attention1.shape[1]);
  const query = Math.floor((28 * side) / 64) * side + Math.floor((22 * side) / 64);
  const n = side * side;
  const map = native.attention1.values.subarray((n + query) * n, (n + query + 1) * n);
  const pixels = await scope.pixels('judge-heat-0');
  const glow = Array.from({ length: n }, (_, cell) => pixels[4 * cell] + pixels[4 * cell + 1] + pixels[4 * cell + 2]);
  const [most, least] = [Math.max(...map), Math.min(...map)].map((value) => map.indexOf(value));
  assert.ok(glow[most] >= Math.max(...glow) - 3 && glow[least] <= Math.min(...glow) + 3, 'the map of the pixel in question');
  assert.deepEqual(await scope.barriers(), []);

  await scope.part('sample-0').click();
  close(await score(), native.score.values[0], 'sample 0');

  await scope.page.goto(`${site.url}?${new URLSearchParams({ ...VIEW, g1: '0' })}`);
  assert.equal(await scope.settled(), 'ready');
  await scope.page.locator('[data-changes=drawn]').waitFor();
  await scope.part('judge-summary').click();
  const edited = judge(pair.discriminator, { checkpoint: pair.generator, seed: VIEW.seed }, '--count', 2, '--gamma1', 0);
  close(await score(), edited.score.values[1], 'with γ of layer 1 at 0');
  assert.ok(Math.abs(edited.score.values[1] - native.score.values[1]) > 0.01, 'which is another score');

  const rgba = generate(pair.generator, 8, 1).pictures[0];
  const png = PNG.sync.write(Object.assign(new PNG({ width: 64, height: 64 }), { data: Buffer.from(rgba) }));
  const own = judge(pair.discriminator, { pictures: [png] }, '--count', 1);
  await scope.part('judge-file').setInputFiles({ name: 'own.png', mimeType: 'image/png', buffer: png });
  await scope.part('judge-back').waitFor();
  close(await score(), own.score.values[0], 'a picture of one’s own');
  const seen = await scope.pixels('judge-picture');
  assert.deepEqual(Buffer.from(seen), Buffer.from(rgba), 'as it saw it');
  await scope.part('judge-file').setInputFiles({ name: 'none.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await scope.page.getByText('none.png is no picture that this browser can read.').waitFor();
  await scope.part('judge-back').click();
  close(await score(), edited.score.values[1], 'the sample again');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});
