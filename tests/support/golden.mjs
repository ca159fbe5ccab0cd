// A golden case: PyTorch's networks, its steps of training, and how far another's steps are from
// them; as model/tests/golden has it.

import assert from 'node:assert/strict';

import { absolute, relative } from './distance.mjs';
import { tensors } from './safetensors.mjs';
import { golden, goldenRun } from './sagan.mjs';

// What a loss, a buffer and the update of a first step may be off; later steps as each case says.
const NEAR = 1e-3;

export class GoldenCase {
  // The case in a folder of tests/golden; `later` is what the update of three steps may be off.
  constructor(folder, later) {
    this.later = later;
    this.pytorch = golden('train.safetensors', folder);
    [this.batch] = this.pytorch['step0.z_d'].shape;
    // The networks as a run that has done no step yet.
    this.start = goldenRun(this.batch, folder);
  }

  // The pictures and latents of a step, from 0.
  step(index) {
    const part = (name) => this.pytorch[`step${index}.${name}`].values;
    return { real: part('real'), latents: { discriminator: part('z_d'), generator: part('z_g') } };
  }

  // The losses of a step: the discriminator's and the generator's.
  checkLosses(index, losses) {
    const off = absolute(losses, this.pytorch.losses.values.subarray(2 * index, 2 * index + 2));
    assert.ok(off <= NEAR, `losses of step ${index} are ${losses}, off by ${off}`);
  }

  // Each network's update after `steps` steps (one or three), relative to its size, and each buffer.
  checkUpdate(steps, checkpoint) {
    const old = tensors(this.start);
    const trained = tensors(checkpoint);
    const offs = ['generator', 'discriminator'].map((network) => this.#updateOff(network, steps, old, trained));
    const allowed = steps === 1 ? NEAR : this.later;
    for (const off of offs) assert.ok(off <= allowed, `an update of ${steps} steps is off by ${off}`);
    return offs;
  }

  #updateOff(network, steps, old, trained) {
    const [ours, theirs] = [[], []];
    let compared = 0;
    for (const [theirName, { values }] of Object.entries(this.pytorch)) {
      const name = theirName.startsWith(`after${steps}.`) && translate(theirName.slice(`after${steps}.`.length));
      if (!name || !name.startsWith(`${network}.`)) continue;
      compared++;
      assert.equal(trained[name].values.length, values.length, name);
      if (isBuffer(name)) {
        const off = absolute(trained[name].values, values);
        assert.ok(off <= NEAR, `${name} is off by ${off}`);
      } else if (hasGradient(name)) {
        values.forEach((value, i) => {
          theirs.push(value - old[name].values[i]);
          ours.push(trained[name].values[i] - old[name].values[i]);
        });
      }
    }
    const all = Object.keys(trained).filter((name) => name.startsWith(`${network}.`));
    assert.equal(compared, all.length, `all of the ${network} is compared`);
    return relative(ours, theirs);
  }
}

// `G.l3.0.module.weight_bar` → `generator.stages.2.weight`, and so on; nothing for the counter that
// only PyTorch keeps.
function translate(name) {
  const [, network, rest] = name.match(/^([GD])\.(.+)$/);
  const ours = translated(rest);
  return ours && `${network === 'G' ? 'generator' : 'discriminator'}.${ours}`;
}

function translated(name) {
  if (name.endsWith('num_batches_tracked')) return undefined;
  if (name.startsWith('last.0.')) return name.replace('last.0.', 'last_');
  const attention = name.match(/^attn(\d)\.(.+)$/);
  if (attention) return `attention.${attention[1] - 1}.${attention[2].replace('_conv.', '.')}`;
  const [, stage, kind, part] = name.match(/^l(\d)\.([01])\.(?:module\.)?(\w+)$/);
  const parts = { weight_bar: 'weight', weight_u: 'sigma.u', weight_v: 'sigma.v', bias: 'bias' };
  return `stages.${stage - 1}.${kind === '0' ? parts[part] : `norm.${part}`}`;
}

// What a forward pass writes; no gradient moves it.
function isBuffer(name) {
  return /\.sigma\.|\.running_/.test(name);
}

// Whether a parameter has a gradient other than rounding noise, of which Adam makes full steps;
// model/tests/golden/training.rs says which have none and why.
function hasGradient(name) {
  const beforeNorm = /^generator\.stages\.\d\.bias$/.test(name);
  const sameForAll = ['discriminator.last_bias', 'discriminator.attention.1.value.bias'].includes(name);
  return !beforeNorm && !sameForAll && !name.endsWith('.key.bias');
}
