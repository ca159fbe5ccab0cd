// PNGs with a palette: a photograph of a page in a third of its bytes.

import zlib from 'node:zlib';

// RGB pixels (RGBA bytes, opaque) as a PNG of at most 256 colours: those that it has, or else the means
// of as many boxes of them (Heckbert's median cut), each pixel in the colour nearest to its own.
export function palettePng({ width, height, data }) {
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const colour = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = cut([...counts].map(([colour, count]) => ({ rgb: [colour >> 16, (colour >> 8) & 255, colour & 255], count })), 256);
  const places = new Map();
  const place = (colour) => {
    if (!places.has(colour)) places.set(colour, nearest(palette, [colour >> 16, (colour >> 8) & 255, colour & 255]));
    return places.get(colour);
  };
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      rows[y * (width + 1) + 1 + x] = place((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', zlib.deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

// At most `most` colours that stand for all: the box with the widest channel, weighed by how often its
// colours occur, is halved until there are so many.
function cut(colours, most) {
  const boxes = [colours];
  const widths = [widest(colours)];
  while (boxes.length < most) {
    const at = widths.reduce((best, { weight }, index) => (weight > widths[best].weight ? index : best), 0);
    if (widths[at].weight === 0) break;
    const { channel } = widths[at];
    const box = boxes[at].sort((a, b) => a.rgb[channel] - b.rgb[channel]);
    const half = box.reduce((sum, { count }) => sum + count, 0) / 2;
    let [end, sum] = [0, 0];
    while (end < box.length - 1 && (end === 0 || sum + box[end].count <= half)) sum += box[end++].count;
    const halves = [box.slice(0, end), box.slice(end)];
    boxes.splice(at, 1, ...halves);
    widths.splice(at, 1, ...halves.map(widest));
  }
  return boxes.map((box) => {
    const all = box.reduce((sum, { count }) => sum + count, 0);
    return [0, 1, 2].map((channel) => Math.round(box.reduce((sum, { rgb, count }) => sum + rgb[channel] * count, 0) / all));
  });
}

function widest(box) {
  const spans = [0, 1, 2].map((channel) => {
    let [least, greatest] = [255, 0];
    for (const { rgb } of box) [least, greatest] = [Math.min(least, rgb[channel]), Math.max(greatest, rgb[channel])];
    return greatest - least;
  });
  const channel = spans.indexOf(Math.max(...spans));
  const count = box.reduce((sum, { count }) => sum + count, 0);
  return { channel, weight: spans[channel] * Math.sqrt(count) };
}

function nearest(palette, rgb) {
  let [best, least] = [0, Infinity];
  for (const [index, colour] of palette.entries()) {
    const distance = colour.reduce((sum, value, channel) => sum + (value - rgb[channel]) ** 2, 0);
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function chunk(kind, data) {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(sum(named));
  return Buffer.concat([length, named, check]);
}

// Node has `crc32` from 22.2 on.
function sum(bytes) {
  if (zlib.crc32) return zlib.crc32(bytes);
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
}
