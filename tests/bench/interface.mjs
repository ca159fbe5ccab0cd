// What the interface costs a training step: the page trains, with its curves and pictures, and the
// engine's worker does the same without a page around it, in turns.

import { Engine } from '../support/engine.mjs';
import { begun, paused, phase, room } from '../support/room.mjs';

// The page's own run for the smallest form, but wider: as the form describes it.
const CHOICES = ['width-of-the-networks-16', 'pictures-a-step-8'];
const CONFIG = {
  size: 32, conv_dim: 16, z_dim: 32, energy: 'centred', query_width: 16, place: true, smooth_keys: true,
  generator_attention: [8, 16], discriminator_attention: [16, 8], spectral_norm: 'both',
  minibatch_deviation: true, equal_phase_sums: true, diff_augment: false,
  generator_rate: 4e-4, discriminator_rate: 8e-4, batch: 8, seed: 1n,
};
export const WIDTH = CONFIG.conv_dim;
export const BATCH = CONFIG.batch;

// How much longer a step may take with the interface.
export const MOST = 1.15;

// Milliseconds a step with the interface and without, each the least of so many rounds, of which one
// takes about so many seconds. The least: what else the machine does only ever adds.
export async function interfaceCost(browser, site, device, { rounds, seconds }) {
  const engine = await Engine.start(browser, site);
  const begin = { run: 1, config: CONFIG, from: { World: 'twins' }, device: device === 'gpu' ? 'Gpu' : 'Cpu', keep: true };
  const ready = await engine.ask('Train', { Begin: begin });
  if (ready.kind !== 'Ready') throw new Error(ready.sentence);
  const alone = async (steps) => {
    const start = performance.now();
    const done = await engine.finish('Train', { Run: { run: 1, steps: BigInt(steps) } });
    if (done.kind !== 'Paused') throw new Error(done.sentence);
    return (performance.now() - start) / steps;
  };
  const scope = await room(browser, site, {}, { device });
  for (const choice of CHOICES) await scope.choose(choice);
  await begun(scope, 1);
  await paused(scope);
  const inPage = async (steps) => {
    await scope.part('how-many').fill(String(steps));
    const start = performance.now();
    await scope.part('more-steps').click();
    await phase(scope, 'going');
    await phase(scope, 'resting');
    return (performance.now() - start) / steps;
  };
  await alone(2);
  const steps = Math.max(3, Math.ceil((1000 * seconds) / (await alone(3))));
  const times = { alone: Infinity, inPage: Infinity };
  for (let round = 0; round < rounds; round++) {
    times.alone = Math.min(times.alone, await alone(steps));
    times.inPage = Math.min(times.inPage, await inPage(steps));
  }
  const complaints = [...scope.complaints, ...engine.complaints];
  await scope.close();
  await engine.close();
  if (complaints.length) throw new Error(complaints.join('\n'));
  return { ...times, steps };
}
