// Reading and changing safetensors files: 8 bytes of header length, a JSON header, then the data.

// What belongs to no network, but was read of a run.
const CARRIED = /^(history|snapshots)\./;

// The tensors of a file's networks by name: `{ shape, values }`, `values` a Float32Array on the file's
// own bytes.
export function tensors(file) {
  const { header, start } = parse(file);
  const found = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__' || CARRIED.test(name)) continue;
    if (entry.dtype !== 'F32') throw new Error(`${name} holds ${entry.dtype}, not F32`);
    const [from, to] = entry.data_offsets;
    const bytes = Buffer.from(file.subarray(start + from, start + to));
    const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    found[name] = { shape: entry.shape, values };
  }
  return found;
}

// The bytes of each tensor of a run by its name, without what was read of it while it went on.
export function weights(file) {
  const { header, start } = parse(file);
  const names = Object.keys(header).filter((name) => name !== '__metadata__' && !name.startsWith('history.'));
  return Object.fromEntries(names.sort().map((name) => {
    const [from, to] = header[name].data_offsets;
    return [name, file.subarray(start + from, start + to).toString('base64')];
  }));
}

// What a run's file holds beside its networks: `{ dtype, shape, bytes }` by name.
export function carried(file) {
  const { header, start } = parse(file);
  const found = {};
  for (const [name, entry] of Object.entries(header)) {
    if (!CARRIED.test(name)) continue;
    const { dtype, shape, data_offsets: [from, to] } = entry;
    found[name] = { dtype, shape, bytes: Buffer.from(file.subarray(start + from, start + to)) };
  }
  return found;
}

// The steps after which a run's file has snapshots.
export function snapshotSteps(file) {
  const { bytes } = carried(file)['snapshots.steps'];
  return Array.from({ length: bytes.length / 8 }, (_, at) => Number(bytes.readBigUInt64LE(8 * at)));
}

// The run's file as if its average were that of a snapshot: 16-bit numbers, one tensor after the other
// in the order of their names.
export function atSnapshot(file, step) {
  const place = snapshotSteps(file).indexOf(step);
  if (place < 0) throw new Error(`there is no snapshot of step ${step}`);
  const { shape: [, numbers], bytes } = carried(file)['snapshots.values'];
  const { header } = parse(file);
  const starts = {};
  let next = 0;
  for (const name of Object.keys(header).filter((name) => name.startsWith('average.')).sort()) {
    starts[name] = next;
    next += header[name].shape.reduce((all, side) => all * side, 1);
  }
  if (next !== numbers) throw new Error(`a snapshot has ${numbers} numbers, the average ${next}`);
  return changed(file, (name, value, index) =>
    name in starts ? half(bytes.readUInt16LE(2 * (place * numbers + starts[name] + index))) : value);
}

// A 16-bit floating-point number.
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

// What a file says of itself.
export function headerOf(file) {
  const [text] = Object.values(parse(file).header.__metadata__);
  return JSON.parse(text);
}

// What was read of a run while it went on, as its file carries it: `{ step, values }` a reading, of
// which the first four values are both losses and both scores.
export function history(file) {
  const { header, start } = parse(file);
  const bytes = (name) => {
    const [from, to] = header[name].data_offsets;
    return Buffer.from(file.subarray(start + from, start + to));
  };
  const [steps, values] = [bytes('history.steps'), bytes('history.values')];
  const columns = header['history.values'].shape[1];
  return Array.from({ length: steps.length / 8 }, (_, row) => ({
    step: Number(steps.readBigUInt64LE(8 * row)),
    values: Array.from({ length: columns }, (_, column) => values.readFloatLE(4 * (row * columns + column))),
  }));
}

// A copy of the file in which `change(name, value, index)` replaces every number.
export function changed(file, change) {
  const copy = Buffer.from(file);
  const { header, start } = parse(copy);
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__' || entry.dtype !== 'F32') continue;
    const [from, to] = entry.data_offsets;
    for (let at = 0; at < to - from; at += 4) {
      const place = start + from + at;
      copy.writeFloatLE(change(name, copy.readFloatLE(place), at / 4), place);
    }
  }
  return copy;
}

function parse(file) {
  const length = Number(file.readBigUInt64LE(0));
  return { header: JSON.parse(file.subarray(8, 8 + length).toString('utf8')), start: 8 + length };
}
