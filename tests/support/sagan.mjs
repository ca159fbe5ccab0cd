// The native command, `sagan`: makes the checkpoint that the tests open, and the pictures and maps
// that the page must agree with.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';

import { required } from './environment.mjs';
import { changed, tensors } from './safetensors.mjs';

const GOLDEN = fileURLToPath(new URL('../golden', import.meta.url));

export const FIXTURE = 'checkpoints/fixture.safetensors';

const folders = [];
process.on('exit', () => folders.forEach((path) => rmSync(path, { recursive: true, force: true })));

// A folder that goes when the process does.
function folder() {
  const path = mkdtempSync(join(tmpdir(), 'saganscope-e2e-'));
  folders.push(path);
  return path;
}

function sagan(...args) {
  const command = required('SAGAN', 'the built `sagan` command');
  try {
    return execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  } catch (error) {
    throw new Error(`sagan ${args.join(' ')} failed:\n${error.stderr ?? error}`);
  }
}

// A small checkpoint (conv_dim 16 unless another is asked for) from two training steps, turned up by hand: activations of the size that training leads to, biases and
// means that are not zero, strong colours, large γ and sharp maps, so that an error anywhere shows
// in every comparison.
export function fixture(convDim = 16) {
  const run = folder();
  sagan(
    'train', '--data', 'butterflies', '--size', '64', '--conv-dim', String(convDim),
    '--batch', '4', '--steps', '2', '--seed', '1', '--device', 'cpu', '--out', run,
  );
  return turnedUp(readFileSync(join(run, 'latest.safetensors')), 2);
}

// This checkpoint, with `layers` attention layers in its generator, turned up so.
export function turnedUp(checkpoint, layers) {
  let gammas = 0;
  const turned = changed(checkpoint, (tensor, value, index) => {
    if (tensor.endsWith('.norm.running_var')) return 0.1 * value;
    if (tensor.endsWith('.norm.running_mean')) return 0.1 * Math.cos(index);
    if (tensor.endsWith('bias')) return 0.2 * Math.sin(index + 1);
    if (tensor.endsWith('last_weight')) return 6 * value;
    if (/attention\.\d+\.gamma$/.test(tensor)) {
      gammas += 1;
      return 0.8;
    }
    if (/attention\.\d+\.(query|key)\.weight$/.test(tensor)) return 1.5 * value;
    return value;
  });
  if (gammas < layers) throw new Error('the checkpoint calls γ something else: the fixture is not turned up');
  return turned;
}

// A run before its first step.
export function untrained(convDim, zDim, batch) {
  const run = folder();
  const sizes = { 'conv-dim': convDim, 'z-dim': zDim, batch };
  sagan('train', ...Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)]), '--steps', '0', '--device', 'cpu', '--out', run);
  return readFileSync(join(run, 'latest.safetensors'));
}

// The networks of PyTorch's golden training steps as a run that has done no step yet.
export function goldenRun(batch, golden = 'c16') {
  const run = folder();
  const network = (file) => join(GOLDEN, golden, file);
  sagan(
    'train', '--generator', network('G.pth'), '--discriminator', network('D.pth'),
    '--batch', String(batch), '--steps', '0', '--device', 'cpu', '--out', run,
  );
  return readFileSync(join(run, 'latest.safetensors'));
}

// The smallest run with this attention energy; it has done no step yet.
export function smallRun(energy, ...options) {
  const run = folder();
  sagan(
    'train', '--size', '32', '--conv-dim', '8', '--batch', '2', '--energy', energy,
    '--steps', '0', '--device', 'cpu', '--out', run, ...options,
  );
  return readFileSync(join(run, 'latest.safetensors'));
}

// A run that `sagan train` does with these options on the CPU: its folder.
export function trained(...options) {
  const run = folder();
  sagan('train', '--device', 'cpu', '--out', run, ...options.map(String));
  return run;
}

// `sagan train --resume` on this file, up to step `steps`: the file that it leaves.
export function resumed(checkpoint, data, steps) {
  const run = folder();
  const file = join(run, 'latest.safetensors');
  writeFileSync(file, checkpoint);
  sagan('train', '--device', 'cpu', '--out', run, '--data', data, '--resume', '--steps', String(steps));
  return readFileSync(file);
}

// What a run logged: for each step that it tells of, its losses.
export function logged(run) {
  const [head, ...rows] = readFileSync(join(run, 'log.csv'), 'utf8').trim().split('\n').map((row) => row.split(','));
  const places = ['step', 'loss_d', 'loss_g'].map((name) => head.indexOf(name));
  return rows.map((row) => places.map((place) => Number(row[place])));
}

// What is published of a run: the generator that draws, in 16 bits.
export function published(checkpoint) {
  const path = (name) => join(folder(), name);
  const [run, file] = [path('run.safetensors'), path('published.safetensors')];
  writeFileSync(run, checkpoint);
  sagan('export', '--checkpoint', run, '--out', file, '--statistics', '1', '--device', 'cpu');
  return readFileSync(file);
}

// The two files that are published of a run: its generator's, and its discriminator's, which names the
// first by its hash.
export function publishedPair(checkpoint) {
  const out = folder();
  const [run, generator, discriminator] = ['run', 'one', 'one-discriminator'].map((name) => join(out, `${name}.safetensors`));
  writeFileSync(run, checkpoint);
  sagan(
    'export', '--checkpoint', run, '--out', generator, '--discriminator', discriminator, '--statistics', '1', '--device', 'cpu',
  );
  return { generator: readFileSync(generator), discriminator: readFileSync(discriminator) };
}

// What `sagan judge` says on the CPU of what a generator draws, with these further options; or of
// pictures, PNG files.
export function judge(discriminator, of, ...more) {
  const out = folder();
  const path = (name) => join(out, name);
  writeFileSync(path('discriminator.safetensors'), discriminator);
  const source = ['--data', path('pictures')];
  if (of.checkpoint) {
    writeFileSync(path('checkpoint.safetensors'), of.checkpoint);
    source.splice(0, 2, '--checkpoint', path('checkpoint.safetensors'), '--seed', String(of.seed));
  } else {
    mkdirSync(path('pictures'));
    of.pictures.forEach((png, index) => writeFileSync(join(path('pictures'), `${index}.png`), png));
  }
  sagan(
    'judge', '--discriminator', path('discriminator.safetensors'), ...source, '--raw', path('raw.safetensors'),
    '--device', 'cpu', ...more.map(String),
  );
  return tensors(readFileSync(path('raw.safetensors')));
}

// PyTorch's numbers: a golden file's tensors.
export function golden(file, folder = 'c16') {
  return tensors(readFileSync(join(GOLDEN, folder, file)));
}

// What `sagan generate` draws on the CPU, with these further options: for each picture its RGBA bytes, and the raw tensors.
export function generate(checkpoint, seed, count, ...more) {
  const out = folder();
  const file = join(out, 'checkpoint.safetensors');
  writeFileSync(file, checkpoint);
  const pictures = join(out, 'pictures');
  const raw = join(out, 'raw.safetensors');
  // A way between two samples is one picture.
  const counted = more.includes('--between') ? [] : ['--count', String(count)];
  sagan(
    'generate', '--checkpoint', file, '--seed', String(seed), ...counted,
    '--out', pictures, '--raw', raw, '--device', 'cpu', ...more,
  );
  return { pictures: readPictures(pictures, count), raw: tensors(readFileSync(raw)) };
}

// The numbered pictures in order, without the grid beside them.
function readPictures(path, count) {
  const names = readdirSync(path).filter((name) => /^sample-\d+\.png$/.test(name)).sort();
  if (names.length !== count) throw new Error(`${names.length} pictures instead of ${count} in ${path}`);
  return names.map((name) => PNG.sync.read(readFileSync(join(path, name))).data);
}

// Column `index` of map `layer` (1 or 2) of picture `sample`: how much each query looks there.
export function column(raw, layer, sample, index) {
  const { shape, values } = raw[`attention${layer}`];
  const [, queries, keys] = shape;
  const start = sample * queries * keys;
  return Float32Array.from({ length: queries }, (_, query) => values[start + query * keys + index]);
}

// The mean of all rows of map `layer` (1 or 2) of picture `sample`.
export function meanRow(raw, layer, sample) {
  const [, queries, keys] = raw[`attention${layer}`].shape;
  const sum = new Float64Array(keys);
  for (let query = 0; query < queries; query++) {
    for (const [key, weight] of row(raw, layer, sample, query).entries()) sum[key] += weight;
  }
  return sum.map((total) => total / queries);
}

// ‖γ·o‖/‖x‖ of each layer in the first pictures of a seed, as `sagan measure` has them.
export function shares(checkpoint, seed, count = 1) {
  const file = join(folder(), 'checkpoint.safetensors');
  writeFileSync(file, checkpoint);
  const out = join(folder(), 'measures.json');
  sagan('measure', '--checkpoint', file, '--seed', String(seed), '--count', String(count), '--device', 'cpu', '--json', out);
  const { generator } = JSON.parse(readFileSync(out, 'utf8'));
  if (generator.length !== 2) throw new Error(`${generator.length} layers`);
  return generator.map(({ share }) => share);
}

// How selective each layer of a run's networks is for partners, as `sagan measure` has it of a world
// that mirrors itself about its middle: the generator's from the coarsest, the discriminator's from
// the finest; null where none is far enough.
export function partners(run, { data, dataSeed, seed, count }) {
  const file = join(folder(), 'checkpoint.safetensors');
  writeFileSync(file, run);
  const out = join(folder(), 'measures.json');
  sagan(
    'measure', '--checkpoint', file, '--seed', String(seed), '--count', String(count), '--mirror', '0.5',
    '--data', data, '--data-seed', String(dataSeed), '--compare', '2', '--device', 'cpu', '--json', out,
  );
  const { generator, discriminator } = JSON.parse(readFileSync(out, 'utf8'));
  const selective = (layers) => layers.map(({ partner }) => partner.selectivity);
  return { generator: selective(generator), discriminator: selective(discriminator) };
}

// How far a run's pictures of seed 1 are from those of a world, and two sets of these from each other.
export function distances(run, { data, dataSeed, count }) {
  const file = join(folder(), 'checkpoint.safetensors');
  writeFileSync(file, run);
  const out = join(folder(), 'measures.json');
  sagan(
    'measure', '--checkpoint', file, '--seed', '1', '--count', '1', '--data', data, '--data-seed', String(dataSeed),
    '--compare', String(count), '--device', 'cpu', '--json', out,
  );
  const { real } = JSON.parse(readFileSync(out, 'utf8'));
  return [real.frechet, real.frechet_of_real];
}

// Row `index` of map `layer` (1 or 2) of picture `sample`: a Float32Array that sums to one.
export function row(raw, layer, sample, index) {
  const { shape, values } = raw[`attention${layer}`];
  const keys = shape[2];
  const start = (sample * shape[1] + index) * keys;
  return values.subarray(start, start + keys);
}
