// The generator of a checkpoint with spectral norm and batch norm folded into its weights, in
// double precision: what an export for inference gives, so that no peer pays for them.

import { tensors } from '../support/safetensors.mjs';

const BATCH_NORM_EPSILON = 1e-5;

// `{ zDim, stages: [conv], attention: [{ query, key, value, gamma }], last: conv }`, a conv being
// `{ shape, weight, bias }` with shape `[in, out, 4, 4]`, or `[out, in]` in attention, and
// Float32Arrays.
export function folded(file) {
  const found = tensors(file);
  const average = Object.keys(found).some((name) => name.startsWith('average.'));
  const get = (name) => {
    const tensor = found[`${average ? 'average' : 'generator'}.${name}`];
    if (!tensor) throw new Error(`the checkpoint has no ${name}`);
    return tensor;
  };
  const stages = [0, 1, 2, 3].map((index) => stage((name) => get(`stages.${index}.${name}`)));
  const attention = [0, 1].map((index) => {
    const pointwise = (part) => conv(get(`attention.${index}.${part}.weight`), get(`attention.${index}.${part}.bias`));
    return {
      query: pointwise('query'),
      key: pointwise('key'),
      value: pointwise('value'),
      gamma: get(`attention.${index}.gamma`).values[0],
    };
  });
  return { zDim: stages[0].shape[0], stages, attention, last: conv(get('last_weight'), get('last_bias')) };
}

// The same as files to download: the values one after the other, and the network with the places
// `{ begin, end }` of its values among them.
export function packed(folded) {
  const parts = [];
  let length = 0;
  const place = (part) => {
    if (ArrayBuffer.isView(part)) {
      parts.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
      length += part.length;
      return { begin: length - part.length, end: length };
    }
    if (Array.isArray(part)) return part.map(place);
    if (part === null || typeof part !== 'object') return part;
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, place(inner)]));
  };
  const model = place(folded);
  return { model, weights: Buffer.concat(parts) };
}

function conv(weight, bias) {
  return { shape: weight.shape, weight: Float32Array.from(weight.values), bias: Float32Array.from(bias.values) };
}

// ReLU(bn(convT(x, W/sigma) + b)) = ReLU(convT(x, W') + b') with fixed statistics.
function stage(get) {
  const weight = get('weight');
  const outputs = weight.shape[1];
  const values = (name) => get(name).values;
  const [bias, scale, shift] = [values('bias'), values('norm.weight'), values('norm.bias')];
  const [mean, variance] = [values('norm.running_mean'), values('norm.running_var')];
  const factor = Array.from(scale, (s, o) => s / Math.sqrt(variance[o] + BATCH_NORM_EPSILON));
  const sigma = singularValue(weight, values('sigma.u'));
  return {
    shape: weight.shape,
    weight: Float32Array.from(weight.values, (w, i) => (w / sigma) * factor[Math.floor(i / 16) % outputs]),
    bias: Float32Array.from(bias, (b, o) => (b - mean[o]) * factor[o] + shift[o]),
  };
}

// One power iteration from the stored vector, on the weight as `[shape[0], rest]`.
function singularValue({ shape, values }, u) {
  const rows = shape[0];
  const columns = values.length / rows;
  const v = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) v[j] += values[i * columns + j] * u[i];
  }
  const length = Math.hypot(...v);
  let square = 0;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += (values[i * columns + j] * v[j]) / length;
    square += sum * sum;
  }
  return Math.sqrt(square);
}
