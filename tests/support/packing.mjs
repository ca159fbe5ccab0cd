// Messages with typed arrays and 64-bit integers as text: only plain values pass quickly between a
// test and the page that it drives.

const encode = globalThis.Buffer
  ? (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  : (bytes) => bytes.toBase64();
const decode = globalThis.Buffer
  ? (text) => Uint8Array.from(Buffer.from(text, 'base64'))
  : (text) => Uint8Array.fromBase64(text);

// A message as JSON.
export function pack(message) {
  // Not an arrow: `this` holds the value itself, which a Buffer has already made plain.
  return JSON.stringify(message, function (key, plain) {
    const value = this[key];
    if (typeof value === 'bigint') return { $big: String(value) };
    if (value instanceof Float32Array) return { $floats: encode(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
    if (value instanceof Uint8Array) return { $bytes: encode(value) };
    if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
    return plain;
  });
}

// The message again.
export function unpack(text) {
  return JSON.parse(text, (_, value) => {
    if (value?.$big !== undefined) return BigInt(value.$big);
    if (value?.$floats !== undefined) return new Float32Array(decode(value.$floats).buffer);
    if (value?.$bytes !== undefined) return decode(value.$bytes);
    if (value?.$number !== undefined) return Number(value.$number);
    return value;
  });
}
