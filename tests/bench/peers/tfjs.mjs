// In the browser: the folded generator in TensorFlow.js, channels last, as it wants them. `tf` is the
// global of its script.

/* global tf */

import { start } from './tfjs_backend.mjs';

export async function open(device, { batch, zDim, latents, model }) {
  const [, weights] = await Promise.all([start(device), floats('weights.bin')]);
  const { stages, attention, last } = placed(model, weights);
  const [first, ...rest] = stages;
  // Columns in the order y, x, channel.
  const matrix = tf.tidy(() =>
    tf.reshape(tf.transpose(tf.tensor4d(first.weight, first.shape), [0, 2, 3, 1]), [zDim, -1]),
  );
  const begin = { matrix: tf.keep(matrix), bias: tf.tensor1d(first.bias) };
  const ups = [...rest, last].map((conv) => ({
    filter: tf.keep(tf.tidy(() => tf.transpose(tf.tensor4d(conv.weight, conv.shape), [2, 3, 1, 0]))),
    bias: tf.tensor1d(conv.bias),
    outputs: conv.shape[1],
  }));
  const layers = attention.map(({ query, key, value, gamma }) => {
    const pointwise = ({ shape, weight, bias }) => ({
      matrix: tf.keep(tf.tidy(() => tf.transpose(tf.tensor2d(weight, shape)))),
      bias: tf.tensor1d(bias),
      outputs: shape[0],
    });
    return { query: pointwise(query), key: pointwise(key), value: pointwise(value), gamma };
  });

  const z = Float32Array.from(latents);

  // [batch, 3, 64, 64]
  return async function draw() {
    const image = tf.tidy(() => {
      let x = tf.matMul(tf.tensor2d(z, [batch, zDim]), begin.matrix);
      x = tf.reshape(x, [batch, 4, 4, -1]);
      x = tf.relu(tf.add(x, begin.bias));
      for (const [index, conv] of ups.entries()) {
        const [, height, width] = x.shape;
        const size = [batch, 2 * height, 2 * width, conv.outputs];
        x = tf.add(tf.conv2dTranspose(x, conv.filter, size, 2, 'same'), conv.bias);
        x = index === ups.length - 1 ? tf.tanh(x) : tf.relu(x);
        const layer = layers[index - 1];
        if (layer) x = attend(x, layer);
      }
      return tf.transpose(x, [0, 3, 1, 2]);
    });
    const values = await image.data();
    image.dispose();
    return values;
  };
}

function attend(x, { query, key, value, gamma }) {
  const [batch, height, width, channels] = x.shape;
  const flat = tf.reshape(x, [batch * height * width, channels]);
  const apply = ({ matrix, bias, outputs }) =>
    tf.reshape(tf.fused.matMul({ a: flat, b: matrix, bias }), [batch, height * width, outputs]);
  const map = tf.softmax(tf.matMul(apply(query), apply(key), false, true));
  const out = tf.matMul(map, apply(value));
  return tf.add(tf.mul(tf.reshape(out, x.shape), gamma), x);
}

// The network's shapes, with the values that stand at the places they name.
function placed(part, weights) {
  if (Array.isArray(part)) return part.map((inner) => placed(inner, weights));
  if (part === null || typeof part !== 'object') return part;
  if ('begin' in part) return weights.subarray(part.begin, part.end);
  const entries = Object.entries(part);
  // A shape is a list of numbers, which stay what they are.
  return Object.fromEntries(entries.map(([name, inner]) => [name, placed(inner, weights)]));
}

async function floats(name) {
  return new Float32Array(await (await fetch(name)).arrayBuffer());
}
