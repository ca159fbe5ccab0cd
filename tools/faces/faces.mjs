// Draws portraits into a folder for `sagan train --data`.
//
//   node faces.mjs --style personas --count 8000 --out ../../runs/data/faces --sheet faces.png
//
// Picture i depends on the style, the seed and i alone. The style's licence is put beside the
// pictures: it asks that its designer be named wherever they, or what learned from them, are shown.

import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createAvatar } from '@dicebear/core';
import { Resvg } from '@resvg/resvg-js';
import { PNG } from 'pngjs';
import { light } from './background.mjs';
import { mirrorDifference } from './mirror.mjs';
import { styles } from './styles.mjs';

/** Drawn this many times larger, then averaged over areas. */
const OVERSAMPLE = 4;
/** A sheet shows the first pictures, this many a row. */
const SHEET = { columns: 16, rows: 8 };

const { values: given } = parseArgs({
  options: {
    style: { type: 'string', default: 'personas' },
    count: { type: 'string', default: '8000' },
    size: { type: 'string', default: '64' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
    sheet: { type: 'string' },
  },
});
const chosen = styles[given.style];
if (!chosen) fail(`There is no style ${given.style}: take one of ${Object.keys(styles).join(', ')}.`);
if (!given.out && !given.sheet) fail('Give --out FOLDER, --sheet FILE or both.');
const size = whole('size', 8, 512);
const count = whole('count', 1, 1_000_000);

const sheet = SHEET.columns * SHEET.rows;
const shown = [];
const differences = [];
if (given.out) {
  mkdirSync(given.out, { recursive: true });
  copyFileSync(licence(given.style), join(given.out, 'LICENSE'));
}
const made = given.out ? count : Math.min(count, sheet);
for (let index = 0; index < made; index += 1) {
  const pixels = portrait(index);
  if (given.out) writeFileSync(join(given.out, `${String(index).padStart(6, '0')}.png`), encode(pixels, size, size));
  if (shown.length < sheet) shown.push(pixels);
  if (index < 1000) differences.push(mirrorDifference(pixels, size));
  if ((index + 1) % 1000 === 0) console.log(`${index + 1} of ${made}`);
}
if (given.sheet) writeFileSync(given.sheet, contactSheet());

const mean = (shift) => differences.reduce((sum, at) => sum + at.get(shift), 0) / differences.length;
const shifts = [...differences[0].keys()];
const best = shifts.reduce((a, b) => (mean(b) < mean(a) ? b : a));
console.log(`${made} pictures of ${size}×${size}.`);
console.log(
  `Left and right agree best about the vertical line x = ${size / 2 + best} (edges at 0 and ${size}): ` +
    shifts.map((shift) => `${size / 2 + shift}: ${mean(shift).toFixed(4)}`).join(', ') +
    ' mean absolute difference of values in [-1, 1].',
);

/** RGBA bytes of portrait `index`. */
function portrait(index) {
  // DiceBear's own hash of a seed gives neighbours similar faces; this one does not.
  const seed = createHash('sha256').update(`${given.style} ${given.seed} ${index}`).digest();
  const avatar = createAvatar(chosen.style, {
    ...chosen.options,
    seed: seed.toString('hex'),
    backgroundColor: [light([0, 4, 8].map((at) => seed.readUInt32BE(at) / 2 ** 32))],
  });
  const svg = chosen
    .edit(avatar.toString())
    .replace(/viewBox="[^"]*"/, `viewBox="${frame().join(' ')}"`);
  const width = size * OVERSAMPLE;
  const drawn = new Resvg(svg, { fitTo: { mode: 'width', value: width }, font: { loadSystemFonts: false } }).render();
  if (drawn.width !== width || drawn.height !== width) fail(`${given.style} drew ${drawn.width}×${drawn.height}.`);
  return shrink(drawn.pixels, width);
}

function frame() {
  const [left, top, side] = chosen.frame;
  return [left, top, side, side];
}

/** Averages squares of OVERSAMPLE × OVERSAMPLE pixels. */
function shrink(pixels, width) {
  const out = Buffer.alloc(4 * size * size, 255);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        let sum = 0;
        for (let dy = 0; dy < OVERSAMPLE; dy += 1) {
          for (let dx = 0; dx < OVERSAMPLE; dx += 1) {
            sum += pixels[4 * ((y * OVERSAMPLE + dy) * width + x * OVERSAMPLE + dx) + channel];
          }
        }
        out[4 * (y * size + x) + channel] = Math.round(sum / OVERSAMPLE ** 2);
      }
    }
  }
  return out;
}

function encode(data, width, height) {
  const png = new PNG({ width, height });
  png.data = data;
  return PNG.sync.write(png, { colorType: 2 });
}

/** The first pictures, a pixel apart on white. */
function contactSheet() {
  const columns = Math.min(SHEET.columns, shown.length);
  const rows = Math.ceil(shown.length / columns);
  const [width, height] = [columns * (size + 1) - 1, rows * (size + 1) - 1];
  const data = Buffer.alloc(4 * width * height, 255);
  shown.forEach((pixels, place) => {
    const [left, top] = [(place % columns) * (size + 1), Math.floor(place / columns) * (size + 1)];
    for (let y = 0; y < size; y += 1) {
      pixels.copy(data, 4 * ((top + y) * width + left), 4 * y * size, 4 * (y + 1) * size);
    }
  });
  return encode(data, width, height);
}

function licence(style) {
  const entry = fileURLToPath(import.meta.resolve(`@dicebear/${style}`));
  return join(dirname(dirname(entry)), 'LICENSE');
}

function whole(name, least, most) {
  const value = Number(given[name]);
  if (!Number.isInteger(value) || value < least || value > most) {
    fail(`--${name} must be a whole number from ${least} to ${most}.`);
  }
  return value;
}

function fail(message) {
  console.error(`faces: ${message}`);
  process.exit(2);
}
