// Postcard, the encoding of the messages between page and engine (app/src/protocol.rs): integers as
// varints of seven bits a byte, floats as their own little-endian bytes, a length or a variant's
// number in front, fields in order.

export class Writer {
  parts = [];

  // u32, u64, a variant's number, a length.
  varint(value) {
    const bytes = [];
    for (let rest = BigInt(value); ; rest >>= 7n) {
      if (rest < 128n) {
        bytes.push(Number(rest));
        break;
      }
      bytes.push(Number(rest & 127n) | 128);
    }
    return this.raw(Buffer.from(bytes));
  }

  raw(bytes) {
    this.parts.push(Buffer.from(bytes));
    return this;
  }

  bytes(bytes) {
    return this.varint(bytes.length).raw(bytes);
  }

  string(text) {
    return this.bytes(Buffer.from(text, 'utf8'));
  }

  floats(values) {
    const array = Float32Array.from(values);
    return this.varint(array.length).raw(Buffer.from(array.buffer));
  }

  // `write(value)` where there is a value.
  option(value, write) {
    this.varint(value === undefined ? 0 : 1);
    if (value !== undefined) write(value);
    return this;
  }

  end() {
    return Buffer.concat(this.parts);
  }
}

export class Reader {
  at = 0;

  constructor(bytes) {
    this.data = bytes;
  }

  varint() {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.raw(1)[0];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
    }
  }

  raw(length) {
    if (this.at + length > this.data.length) throw new Error('the message ends early');
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }

  bytes() {
    return this.raw(this.varint());
  }

  string() {
    return this.bytes().toString('utf8');
  }

  floats() {
    return Float32Array.from({ length: this.varint() }, () => this.float());
  }

  float() {
    return this.raw(4).readFloatLE();
  }

  double() {
    return this.raw(8).readDoubleLE();
  }

  bool() {
    return this.raw(1)[0] === 1;
  }

  option(read) {
    return this.bool() ? read() : undefined;
  }

  list(read) {
    return Array.from({ length: this.varint() }, read);
  }

  // Everything must have been read.
  end(value) {
    if (this.at !== this.data.length) throw new Error(`${this.data.length - this.at} bytes of the message are left over`);
    return value;
  }
}
