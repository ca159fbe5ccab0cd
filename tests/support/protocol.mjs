// The messages of app/src/protocol.rs, variant by variant in its order.

import { Reader, Writer } from './postcard.mjs';

const DEVICES = ['auto', 'gpu', 'cpu'];

const REQUESTS = {
  open: ({ checkpoint, name, device }) =>
    new Writer().varint(0).bytes(checkpoint).string(name).varint(DEVICES.indexOf(device)),
  generate: ({ request, seed, count }) => new Writer().varint(1).varint(request).varint(seed).varint(count),
  openTraining: ({ checkpoint, name, device }) =>
    new Writer().varint(2).bytes(checkpoint).string(name).varint(DEVICES.indexOf(device)),
  trainStep({ real, latents }) {
    const writer = new Writer().varint(3).floats(real);
    return writer.option(latents, ({ discriminator, generator }) => writer.floats(discriminator).floats(generator));
  },
  saveTraining: () => new Writer().varint(4),
};

// The bytes of a request.
export function encode(kind, fields) {
  return REQUESTS[kind](fields).end();
}

const REPLIES = [
  (r) => ({ kind: 'stage', stage: ['device', 'weights', 'warmup'][r.varint()] }),
  (r) => ({ kind: 'ready', device: device(r), model: model(r) }),
  (r) => ({ kind: 'sample', request: r.varint(), index: r.varint(), sample: sample(r) }),
  (r) => ({ kind: 'generated', request: r.varint(), millis: r.double() }),
  (r) => ({ kind: 'failed', sentence: r.string() }),
  (r) => ({ kind: 'trainingStage', ...trainingStage(r) }),
  (r) => ({ kind: 'trainingReady', device: device(r), run: run(r) }),
  (r) => ({ kind: 'trainStepped', step: r.varint(), losses: [r.float(), r.float()], millis: r.double() }),
  (r) => ({ kind: 'trainingSaved', step: r.varint(), checkpoint: r.bytes() }),
  (r) => ({ kind: 'trainingFailed', sentence: r.string() }),
];

// A reply from its bytes: its `kind`, and its fields.
export function decode(bytes) {
  const reader = new Reader(bytes);
  return reader.end(REPLIES[reader.varint()](reader));
}

function device(r) {
  return { gpu: r.bool(), name: r.string(), note: r.option(() => r.string()) };
}

function model(r) {
  return {
    size: r.varint(), zDim: r.varint(), convDim: r.varint(), energy: r.string(),
    steps: r.option(() => r.varint()), gammas: r.list(() => r.float()),
  };
}

function run(r) {
  return {
    size: r.varint(), zDim: r.varint(), convDim: r.varint(), energy: r.string(),
    batch: r.varint(), step: r.varint(),
  };
}

function trainingStage(r) {
  const stage = ['device', 'weights', 'warmup'][r.varint()];
  return stage === 'warmup' ? { stage, done: r.varint(), parts: r.varint() } : { stage };
}

function sample(r) {
  return {
    size: r.varint(),
    rgba: r.bytes(),
    layers: r.list(() => ({
      side: r.varint(), dim: r.varint(), queries: r.floats(), keys: r.floats(),
      logSumExp: r.floats(), gamma: r.float(), share: r.float(),
    })),
  };
}
