// Reading and changing safetensors files: 8 bytes of header length, a JSON header, then the data.

// The tensors of a file by name, what a run carries along aside: `{ shape, values }`, `values` a
// Float32Array on the file's own bytes.
export function tensors(file) {
  const { header, start } = parse(file);
  const found = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__' || /^(history|snapshots)\./.test(name)) continue;
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
