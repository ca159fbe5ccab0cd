// The engine trains on WebGPU: PyTorch's golden steps, through the worker's own protocol; and every
// GPU program of ours passes the browser's compiler on the way.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Engine, pictures } from '../support/engine.mjs';
import { GoldenCase } from '../support/golden.mjs';
import { hosted } from '../support/hosted.mjs';
import { changed } from '../support/safetensors.mjs';
import { smallRun } from '../support/sagan.mjs';
import {
  RECORD_PROGRAMS, REPORT_GPU_ERRORS, WORKER, compiledPrograms, withScripts,
} from '../support/worker_scripts.mjs';

const KERNELS = fileURLToPath(new URL('../../shaders/wgsl', import.meta.url));
const STEPS = 3;

// Adam with beta1 = 0 makes a full step of a gradient's sign, so that the smallest difference grows
// where an activation is close to its kink. At conv_dim 8 none is; at 16 some are, and the updates of
// three steps tell only a large error.
const well = new GoldenCase('c8', 5e-3);
const wide = new GoldenCase('c16', 0.3);
const { start } = wide;

const { dist, site, browser } = await hosted('swiftshader');
site.files.set(WORKER, await withScripts(dist, REPORT_GPU_ERRORS, RECORD_PROGRAMS));

test('golden training steps on WebGPU are those of PyTorch, beside an open drawing session', async (t) => {
  const engine = await Engine.start(browser, site);
  const file = { checkpoint: start, name: 'the run', device: 'Gpu' };
  const drawing = await engine.ask('Draw', { Open: { model: 1, ...file } });
  assert.equal(drawing.kind, 'Ready', drawing.sentence);
  const picture = await drawn(engine);

  const opened = await engine.ask('Train', { Open: { run: 7, ...file } });
  assert.equal(opened.kind, 'Ready', opened.sentence);
  assert.equal(opened.device.gpu, true);
  assert.deepEqual(opened.info, { size: 64, z_dim: 100, conv_dim: 16, energy: 'dot', batch: wide.batch, step: 0n });
  const compiling = opened.others.flatMap(({ stage }) => stage.Warmup ?? []);
  assert.deepEqual(compiling.map(({ done, parts }) => [done, parts]), [[0, 3], [1, 3], [2, 3], [3, 3]]);

  await sameSteps(t, engine, wide);

  assert.deepEqual(await drawn(engine), picture, 'the session draws as before');
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

// The first picture of a seed, as bytes.
async function drawn(engine) {
  const done = await engine.ask('Draw', pictures());
  assert.equal(done.kind, 'Done', done.sentence);
  return done.others[0].sample.rgba;
}

// Of a step, the discriminator's and the generator's.
function losses(stepped) {
  return [stepped.discriminator_loss, stepped.generator_loss];
}

for (const device of ['Gpu', 'Cpu']) {
  test(`the well-conditioned case keeps to PyTorch for three steps: ${device}`, async (t) => {
    const engine = await Engine.start(browser, site);
    const opened = await engine.ask('Train', { Open: { run: 7, checkpoint: well.start, name: 'the run', device } });
    assert.equal(opened.kind, 'Ready', opened.sentence);
    assert.equal(opened.device.gpu, device === 'Gpu');
    await sameSteps(t, engine, well);
    assert.deepEqual(engine.complaints, []);
    await engine.close();
  });
}

// Does the golden steps in run 7, with PyTorch's losses at each and PyTorch's updates after the first
// and the last.
async function sameSteps(t, engine, golden) {
  for (let step = 0; step < STEPS; step++) {
    const done = await engine.ask('Train', { Step: { run: 7, ...golden.step(step) } });
    assert.equal(done.kind, 'Stepped', done.sentence);
    assert.equal(done.step, BigInt(step + 1));
    assert.ok(done.millis > 0);
    t.diagnostic(`step ${done.step}: ${done.millis.toFixed(0)} ms`);
    golden.checkLosses(step, losses(done));
    if (step === 1) continue;
    const saved = await engine.ask('Train', { Save: { run: 7 } });
    assert.equal(saved.kind, 'Saved', saved.sentence);
    assert.equal(saved.step, done.step);
    const [generator, discriminator] = golden.checkUpdate(step + 1, Buffer.from(saved.checkpoint));
    t.diagnostic(`updates are off by ${generator.toExponential(1)} and ${discriminator.toExponential(1)} of their size`);
  }
}

// Opening draws a picture, or does a step, to have the programs compiled. WebGPU takes WGSL as it is,
// so what was compiled holds each file word by word, below the constants that the host puts in front.
test('the browser compiles every GPU program of ours, to draw and to train', async () => {
  const engine = await Engine.start(browser, site);
  for (const [energy, ...options] of [['dot'], ['centred', '--equal-phase-sums', '--smooth-keys', '--minibatch-deviation']]) {
    const file = { checkpoint: smallRun(energy, ...options), name: energy, device: 'Gpu' };
    assert.equal((await engine.ask('Draw', { Open: { model: 1, ...file } })).kind, 'Ready');
    assert.equal((await engine.ask('Train', { Open: { run: 1, ...file } })).kind, 'Ready');
  }
  const programs = await compiledPrograms(engine.worker);
  for (const { code, errors } of programs) assert.deepEqual(errors, [], code);
  const files = readdirSync(KERNELS).filter((file) => file.endsWith('.wgsl'));
  assert.ok(files.length > 0, `${KERNELS} holds kernels`);
  const missing = files.filter((file) => {
    const text = readFileSync(join(KERNELS, file), 'utf8');
    return !programs.some(({ code }) => code.includes(text));
  });
  assert.deepEqual(missing, [], 'kernels that neither drawing nor training has compiled');
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});

test('what cannot be trained is refused with a sentence, and the engine goes on', async () => {
  const engine = await Engine.start(browser, site);
  const refused = async (sentence, what) => {
    const reply = await engine.ask('Train', what);
    assert.deepEqual([reply.of, reply.kind], ['Train', 'Failed']);
    assert.match(reply.sentence, sentence);
  };
  const { real, latents } = wide.step(0);
  const open = (fields = {}) => ({ Open: { run: 1, checkpoint: start, name: 'run.safetensors', device: 'Cpu', ...fields } });
  const step = (fields = {}) => ({ Step: { run: 1, real, latents, ...fields } });
  await refused(/^No training run is open/, step());
  await refused(/^No training run is open/, { Save: { run: 1 } });
  await refused(/^run\.safetensors: .*cut short/, open({ checkpoint: start.subarray(0, -1) }));
  const shipped = readFileSync(join(dist, 'checkpoints/butterflies.safetensors'));
  await refused(/^run\.safetensors: .*only from a file that `sagan train` wrote/, open({ checkpoint: shipped }));

  assert.equal((await engine.ask('Train', open())).kind, 'Ready');
  await refused(/takes 4 pictures of 64×64 pixels .*, but 3 came/, step({ real: real.subarray(3 * 64 * 64) }));
  await refused(/not a whole number/, step({ real: real.subarray(1) }));
  await refused(/outside of −1 to 1/, step({ real: real.map((value, i) => (i === 7 ? NaN : value)) }));
  const short = { ...latents, generator: latents.generator.subarray(100) };
  await refused(/takes 4 latents of 100 numbers for the generator .*, but 3 came/, step({ latents: short }));

  // The run is still at its first step, and repeats what its own latents give; so does another run.
  const own = await engine.ask('Train', step({ latents: undefined }));
  assert.equal(own.step, 1n);
  assert.equal((await engine.ask('Train', open({ run: 2 }))).kind, 'Ready');
  const again = await engine.ask('Train', step({ run: 2, latents: undefined }));
  assert.deepEqual([again.step, losses(again)], [1n, losses(own)]);
  assert.notDeepEqual(losses(await engine.ask('Train', step({ run: 2, latents: undefined }))), losses(own));

  const huge = changed(start, (name, value) => (name === 'discriminator.last_weight' ? 1e38 * Math.sign(value) : value));
  assert.equal((await engine.ask('Train', open({ checkpoint: huge }))).kind, 'Ready');
  await refused(/diverged at step 1 .*not a finite number/, step());
  await refused(/^No training run is open/, step());

  // The other run goes on, and is forgotten when it is closed.
  assert.equal((await engine.ask('Train', step({ run: 2 }))).step, 3n);
  assert.equal((await engine.ask('Train', { Close: { run: 2 } })).kind, 'Closed');
  await refused(/^No training run is open/, step({ run: 2 }));
  assert.deepEqual(engine.complaints, []);
  await engine.close();
});
