// PyTorch's names and ours, and how far two updates are apart; as model/tests/golden.rs has it.

// `G.l3.0.module.weight_bar` → `generator.stages.2.weight`, and so on; nothing for the counter that
// only PyTorch keeps.
export function translate(name) {
  const [, network, rest] = name.match(/^([GD])\.(.+)$/);
  const ours = translated(rest);
  return ours && `${network === 'G' ? 'generator' : 'discriminator'}.${ours}`;
}

function translated(name) {
  if (name.endsWith('num_batches_tracked')) return undefined;
  if (name.startsWith('last.0.')) return name.replace('last.0.', 'last_');
  const attention = name.match(/^attn(\d)\.(.+)$/);
  if (attention) return `attention${attention[1]}.${attention[2].replace('_conv.', '.')}`;
  const [, stage, kind, part] = name.match(/^l(\d)\.([01])\.(?:module\.)?(\w+)$/);
  const parts = { weight_bar: 'weight', weight_u: 'sigma.u', weight_v: 'sigma.v', bias: 'bias' };
  return `stages.${stage - 1}.${kind === '0' ? parts[part] : `norm.${part}`}`;
}

// What a forward pass writes; no gradient moves it.
export function isBuffer(name) {
  return /\.sigma\.|\.running_/.test(name);
}

// Whether a parameter has a gradient other than rounding noise, of which Adam makes full steps;
// model/tests/golden.rs says which have none and why.
export function hasGradient(name) {
  const beforeNorm = /^generator\.stages\.\d\.bias$/.test(name);
  const sameForAll = ['discriminator.last_bias', 'discriminator.attention2.value.bias'].includes(name);
  return !beforeNorm && !sameForAll && !name.endsWith('.key.bias');
}

// The differences `after − before`.
export function moved(after, before) {
  if (after.length !== before.length) throw new Error(`${after.length} values against ${before.length}`);
  return Array.from(after, (value, i) => value - before[i]);
}

export function norm(values) {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
