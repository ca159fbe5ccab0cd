// Latents for the peers, and what the native command draws from them on the CPU.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { required } from '../support/environment.mjs';
import { tensors } from '../support/safetensors.mjs';

// `count` vectors, deterministic, about normal: a sum of twelve uniform numbers each.
export function latents(count, zDim) {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: count * zDim }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += uniform();
    return sum;
  });
}

// The pictures of these latents, [count, 3, 64, 64] in [-1, 1].
export function draw(checkpoint, z, zDim) {
  const folder = mkdtempSync(join(tmpdir(), 'saganscope-bench-'));
  try {
    const path = (name) => join(folder, name);
    writeFileSync(path('checkpoint.safetensors'), checkpoint);
    writeFileSync(path('z.safetensors'), safetensors('z', [z.length / zDim, zDim], z));
    execFileSync(required('SAGAN', 'the built `sagan` command'), [
      'generate', '--checkpoint', path('checkpoint.safetensors'), '--latents', path('z.safetensors'),
      '--out', path('pictures'), '--raw', path('raw.safetensors'), '--device', 'cpu',
    ]);
    return Float32Array.from(tensors(readFileSync(path('raw.safetensors'))).image.values);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function safetensors(name, shape, values) {
  const bytes = Buffer.from(values.buffer);
  const header = Buffer.from(JSON.stringify({ [name]: { dtype: 'F32', shape, data_offsets: [0, bytes.length] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, bytes]);
}
