// In the browser: both networks and one training step in TensorFlow.js on WebGPU: spectral norm with
// one power iteration a forward pass, batch norm, attention, hinge loss, Adam with beta = (0, 0.9).
// Random weights: the time does not depend on them. The generator's running average is left out, to
// the peer's advantage. `tf` is the global of its script.

/* global tf */

import { start } from './tfjs_backend.mjs';

const SLOPE = 0.1;

export async function open(device, { batch, zDim, convDim: c }) {
  await start(device);
  const generator = new Generator(zDim, c);
  const discriminator = new Discriminator(c);
  const adam = { generator: tf.train.adam(1e-4, 0, 0.9, 1e-8), discriminator: tf.train.adam(4e-4, 0, 0.9, 1e-8) };

  // One update of the discriminator, then one of the generator → both losses.
  return async function step() {
    const real = tf.randomUniform([batch, 64, 64, 3], -1, 1);
    const fake = tf.tidy(() => generator.draw(tf.randomNormal([batch, zDim])));
    const lossD = adam.discriminator.minimize(
      () =>
        tf.add(
          tf.mean(tf.relu(tf.sub(1, discriminator.judge(real)))),
          tf.mean(tf.relu(tf.add(1, discriminator.judge(fake)))),
        ),
      true,
      discriminator.weights,
    );
    const lossG = adam.generator.minimize(
      () => tf.neg(tf.mean(discriminator.judge(generator.draw(tf.randomNormal([batch, zDim]))))),
      true,
      generator.weights,
    );
    const losses = [(await lossD.data())[0], (await lossG.data())[0]];
    // The last of the updates; without it they might still be running.
    await generator.weights.at(-1).data();
    tf.dispose([real, fake, lossD, lossG]);
    if (!losses.every(Number.isFinite)) throw new Error(`TensorFlow.js's losses are ${losses}`);
    return losses;
  };
}

class Network {
  weights = [];

  variable(shape, deviation) {
    const start = deviation ? tf.randomNormal(shape, 0, deviation) : tf.zeros(shape);
    const variable = tf.variable(start);
    this.weights.push(variable);
    return variable;
  }

  // A weight under spectral norm; a function that does one power iteration and gives the weight
  // divided by its norm. `[3, 2, 0, 1]` turns the weight into what PyTorch's view begins with.
  normed(shape) {
    const rows = shape[3];
    const weight = this.variable(shape, 0.02);
    let u = tf.keep(tf.tidy(() => unit(tf.randomNormal([1, rows]))));
    const sigma = tf.customGrad((weight, save) => {
      const matrix = tf.reshape(tf.transpose(weight, [3, 2, 0, 1]), [rows, -1]);
      const v = unit(tf.matMul(u, matrix));
      const product = tf.matMul(v, matrix, false, true);
      u.dispose();
      u = tf.keep(unit(product));
      save([u, v]);
      // The singular vectors are constants for the gradient: that of sigma is u v.
      const gradFunc = (dy, [u, v]) => {
        const outer = tf.reshape(tf.matMul(u, v, true), [rows, shape[2], 4, 4]);
        return tf.mul(tf.transpose(outer, [2, 3, 1, 0]), dy);
      };
      return { value: tf.sum(tf.mul(u, product)), gradFunc };
    });
    return () => tf.div(weight, sigma(weight));
  }

  attention(channels) {
    const pointwise = (outputs) => ({
      matrix: this.variable([channels, outputs], Math.sqrt(1 / (3 * channels))),
      bias: this.variable([outputs]),
    });
    const [query, key, value] = [pointwise(channels / 8), pointwise(channels / 8), pointwise(channels)];
    const gamma = this.variable([1]);
    return (x) => {
      const [batch, height, width] = x.shape;
      const flat = tf.reshape(x, [batch * height * width, channels]);
      const apply = ({ matrix, bias }) => tf.reshape(tf.add(tf.matMul(flat, matrix), bias), [batch, height * width, -1]);
      const map = tf.softmax(tf.matMul(apply(query), apply(key), false, true));
      return tf.add(tf.mul(tf.reshape(tf.matMul(map, apply(value)), x.shape), gamma), x);
    };
  }
}

class Generator extends Network {
  constructor(zDim, c) {
    super();
    const widths = [8 * c, 4 * c, 2 * c, c];
    this.stages = widths.map((outputs, index) => {
      const inputs = index ? widths[index - 1] : zDim;
      return {
        outputs,
        weight: this.normed([4, 4, outputs, inputs]),
        bias: this.variable([outputs]),
        scale: this.variable([outputs], 1),
        shift: this.variable([outputs]),
      };
    });
    this.layers = [, , this.attention(2 * c), this.attention(c)];
    this.last = { weight: this.variable([4, 4, 3, c], 0.02), bias: this.variable([3]) };
  }

  // z [batch, zDim] → [batch, 64, 64, 3]
  draw(z) {
    let x = tf.reshape(z, [z.shape[0], 1, 1, -1]);
    for (const [index, stage] of this.stages.entries()) {
      x = up(x, stage.weight(), stage.outputs, index === 0);
      x = tf.relu(batchNorm(tf.add(x, stage.bias), stage));
      const layer = this.layers[index];
      if (layer) x = layer(x);
    }
    return tf.tanh(tf.add(up(x, this.last.weight, 3, false), this.last.bias));
  }
}

class Discriminator extends Network {
  constructor(c) {
    super();
    const widths = [c, 2 * c, 4 * c, 8 * c];
    this.stages = widths.map((outputs, index) => ({
      weight: this.normed([4, 4, index ? widths[index - 1] : 3, outputs]),
      bias: this.variable([outputs]),
    }));
    this.layers = [, , this.attention(4 * c), this.attention(8 * c)];
    this.last = { weight: this.variable([16 * 8 * c, 1], 0.02), bias: this.variable([1]) };
  }

  // Pictures [batch, 64, 64, 3] → scores [batch, 1]
  judge(x) {
    for (const [index, stage] of this.stages.entries()) {
      x = tf.leakyRelu(tf.add(tf.conv2d(x, stage.weight(), 2, 'same'), stage.bias), SLOPE);
      const layer = this.layers[index];
      if (layer) x = layer(x);
    }
    return tf.add(tf.matMul(tf.reshape(x, [x.shape[0], -1]), this.last.weight), this.last.bias);
  }
}

function up(x, weight, outputs, first) {
  const [batch, side] = x.shape;
  if (first) {
    // A kernel of 4 on a 1×1 map is a matrix product.
    const [inputs] = x.shape.slice(-1);
    const matrix = tf.reshape(tf.transpose(weight, [3, 0, 1, 2]), [inputs, 16 * outputs]);
    return tf.reshape(tf.matMul(tf.reshape(x, [batch, inputs]), matrix), [batch, 4, 4, outputs]);
  }
  return tf.conv2dTranspose(x, weight, [batch, 2 * side, 2 * side, outputs], 2, 'same');
}

function batchNorm(x, { scale, shift }) {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), scale), shift);
}

function unit(row) {
  return tf.div(row, tf.add(tf.norm(row), 1e-12));
}
